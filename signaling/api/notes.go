package api

import (
	"net/http"
	"time"

	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/storage/id"
	"parley/storage/meta"
)

// maxNotes is how many notes an expert may make of one call.
const maxNotes = 20

// noteView is one note of an expert to themselves.
type noteView struct {
	ID   id.TextID `json:"id"`
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// noting is the caller as the expert of the call of the path.
func (s *Server) noting(r *http.Request) (party, error) {
	p, err := s.inCall(r)
	if err == nil && p.who.Role != auth.RoleExpert {
		err = problem.ErrForbidden
	}
	return p, err
}

// listNotes answers with what an expert has noted of a call, the oldest first.
// Nobody else reads it here.
func (s *Server) listNotes(w http.ResponseWriter, r *http.Request) error {
	p, err := s.noting(r)
	if err != nil {
		return err
	}
	texts, err := s.notesOf(r, p)
	if err != nil {
		return err
	}
	list := make([]noteView, 0, len(texts))
	for _, t := range texts {
		text, err := s.cfg.Vault.OpenSecret(t.SealName(), t.Sealed)
		if err != nil {
			return err
		}
		list = append(list, noteView{t.ID, t.At, string(text)})
	}
	return writeJSON(w, http.StatusOK, map[string]any{"notes": list})
}

// note keeps a note, sealed, for as long as the expert's voice is kept.
func (s *Server) note(w http.ResponseWriter, r *http.Request) error {
	p, err := s.noting(r)
	if err != nil {
		return err
	}
	var body struct {
		Text string `json:"text"`
	}
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	made, err := s.notesOf(r, p)
	switch {
	case err != nil:
		return err
	case len(made) >= maxNotes:
		return &problem.BadRequestError{Reason: "there are as many notes of this call as there may be"}
	}
	text, err := s.wrote(p, meta.TextNote, body.Text)
	switch {
	case err != nil:
		return err
	case text == nil:
		return &problem.BadRequestError{Reason: "a note has a text"}
	}
	if err := s.cfg.Store.InsertText(r.Context(), *text); err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, map[string]any{"note": text.ID})
}

func (s *Server) notesOf(r *http.Request, p party) ([]meta.Text, error) {
	return s.cfg.Store.Texts(r.Context(), meta.TextFilter{Call: p.call.ID, Kind: meta.TextNote, Author: p.who.Person, Limit: maxNotes})
}
