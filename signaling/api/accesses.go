package api

import (
	"net/http"

	"parley/signaling/problem"
	"parley/storage/audit"
)

// accesses lists who listened to a recording, the newest first.
func (s *Server) accesses(w http.ResponseWriter, r *http.Request) error {
	who, rec, err := s.aboutToRead(r)
	if err != nil {
		return err
	}
	if _, spoke := legOf(who, rec); !spoke && !overseer(who) {
		return problem.ErrForbidden
	}
	list, err := audit.Accesses(r.Context(), s.cfg.Store, rec.ID, who.Person)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]any{"accesses": list})
}
