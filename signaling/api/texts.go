package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/storage/id"
	"parley/storage/meta"
)

// maxText is the greatest length of a comment or report in characters.
const maxText = 2000

// party is one of the two people of a call, as the API sees them.
type party struct {
	who  auth.Identity
	call meta.Call
	part string
	peer id.PersonID
}

// inCall is the caller's place in the call of the path. A call of other people
// does not exist for them.
func (s *Server) inCall(r *http.Request) (party, error) {
	who, err := s.caller(r)
	if err != nil {
		return party{}, err
	}
	callID, err := id.ParseCall(r.PathValue("id"))
	if err != nil {
		return party{}, problem.ErrNotFound
	}
	call, err := s.cfg.Store.Call(r.Context(), callID)
	switch {
	case err != nil:
		return party{}, err
	case !spokeIn(who, call):
		return party{}, problem.ErrNotFound
	case who.Role == auth.RoleExpert:
		return party{who, call, id.PartExpert, call.MemberID}, nil
	}
	return party{who, call, id.PartMember, call.ExpertID}, nil
}

// wrote is a text of a person, sealed, or nil for one without a word.
func (s *Server) wrote(p party, kind, text string) (*meta.Text, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return nil, nil
	case utf8.RuneCountInString(text) > maxText:
		return nil, &problem.BadRequestError{Reason: fmt.Sprintf("a text has at most %d characters", maxText)}
	}
	now := s.cfg.Now()
	t := &meta.Text{ID: id.NewText(now), Call: p.call.ID, Kind: kind, Author: p.who.Person, Part: p.part, At: now}
	var err error
	t.Sealed, err = s.cfg.Vault.SealSecret(t.SealName(), []byte(text))
	return t, err
}

// messageView is one text of the transcript, as the two people see it.
type messageView struct {
	ID   id.TextID   `json:"id"`
	From id.PersonID `json:"from"`
	At   time.Time   `json:"at"`
	Text string      `json:"text"`
}

// listMessages answers with what the two wrote to each other during the call, the
// oldest first.
func (s *Server) listMessages(w http.ResponseWriter, r *http.Request) error {
	p, err := s.inCall(r)
	if err != nil {
		return err
	}
	list := []messageView{}
	err = s.transcript(r.Context(), p.call.ID, func(t meta.Text, text string) {
		list = append(list, messageView{t.ID, t.Author, t.At, text})
	})
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]any{"messages": list})
}

// transcript opens what the two wrote to each other during a call, the oldest first.
func (s *Server) transcript(ctx context.Context, call id.CallID, each func(t meta.Text, text string)) error {
	for f := (meta.TextFilter{Call: call, Kind: meta.TextMessage, Limit: meta.MaxLimit}); ; {
		page, err := s.cfg.Store.Texts(ctx, f)
		if err != nil {
			return err
		}
		for _, t := range page {
			text, err := s.cfg.Vault.OpenSecret(t.SealName(), t.Sealed)
			if err != nil {
				return err
			}
			each(t, string(text))
			f.After = t.ID
		}
		if len(page) < meta.MaxLimit {
			return nil
		}
	}
}

// text reads one text of a call; empty where it was erased.
func (s *Server) text(ctx context.Context, call id.CallID, kind string, which *id.TextID) (string, error) {
	if which == nil {
		return "", nil
	}
	texts, err := s.cfg.Store.Texts(ctx, meta.TextFilter{Call: call, Kind: kind, Limit: meta.MaxLimit})
	if err != nil {
		return "", err
	}
	for _, t := range texts {
		if t.ID == *which {
			plain, err := s.cfg.Vault.OpenSecret(t.SealName(), t.Sealed)
			return string(plain), err
		}
	}
	return "", nil
}

// none tells whether an error says that something is not stored.
func none(err error) bool { return errors.Is(err, meta.ErrNotExist) }
