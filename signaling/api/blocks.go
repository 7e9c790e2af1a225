package api

import (
	"net/http"
	"time"

	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/storage/id"
	"parley/storage/meta"
)

// blocker is somebody who takes part in calls and so may block.
func (s *Server) blocker(r *http.Request) (auth.Identity, error) {
	who, err := s.caller(r)
	if err == nil && who.Role != auth.RoleMember && who.Role != auth.RoleExpert {
		err = problem.ErrForbidden
	}
	return who, err
}

// block keeps two people from meeting in a call. The other one is not told:
// to them the caller is not available.
func (s *Server) block(w http.ResponseWriter, r *http.Request) error {
	who, err := s.blocker(r)
	if err != nil {
		return err
	}
	whom, err := id.ParsePerson(r.PathValue("person"))
	if err != nil || whom == who.Person {
		return &problem.BadRequestError{Reason: "name another person to block"}
	}
	if err := s.cfg.Store.PutBlock(r.Context(), meta.Block{By: who.Person, Whom: whom, At: s.cfg.Now()}); err != nil {
		return err
	}
	s.blockChanged(r, who.Person, whom)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) blockChanged(r *http.Request, people ...id.PersonID) {
	if s.cfg.BlockChanged != nil {
		s.cfg.BlockChanged(r.Context(), people...)
	}
}

func (s *Server) unblock(w http.ResponseWriter, r *http.Request) error {
	who, err := s.blocker(r)
	if err != nil {
		return err
	}
	whom := id.PersonID(r.PathValue("person"))
	if err := s.cfg.Store.DeleteBlock(r.Context(), who.Person, whom); err != nil {
		return err
	}
	s.blockChanged(r, who.Person, whom)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) listBlocks(w http.ResponseWriter, r *http.Request) error {
	who, err := s.blocker(r)
	if err != nil {
		return err
	}
	blocks, err := s.cfg.Store.BlocksBy(r.Context(), who.Person)
	if err != nil {
		return err
	}
	type view struct {
		Person id.PersonID `json:"person"`
		Name   string      `json:"name"` // empty where nobody of that id has signed in
		At     time.Time   `json:"at"`
	}
	list := make([]view, 0, len(blocks))
	for _, b := range blocks {
		p, err := s.cfg.Store.Person(r.Context(), b.Whom)
		if err != nil && !none(err) {
			return err
		}
		list = append(list, view{b.Whom, p.Name, b.At})
	}
	return writeJSON(w, http.StatusOK, map[string]any{"blocks": list})
}
