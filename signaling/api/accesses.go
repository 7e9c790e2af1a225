package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/storage/chain"
	"parley/storage/id"
	"parley/storage/meta"
)

// accessView is one access to a recording as the people who spoke may see it:
// never by whom.
type accessView struct {
	At time.Time `json:"at"`
	// What is play, export or copy.
	What string `json:"what"`
	Role string `json:"role"`
	// Reason is the class of the reason, without the note to it.
	Reason string `json:"reason"`
	// You tells that it was the caller.
	You bool `json:"you"`
}

// accessKind is what an audit entry of a kind tells of, empty if it is no access to
// what was said.
func accessKind(kind string) string {
	switch kind {
	case "play.start":
		return "play"
	case "export", "copy":
		return kind
	}
	return ""
}

// accesses lists who listened to a recording, the newest first.
func (s *Server) accesses(w http.ResponseWriter, r *http.Request) error {
	who, rec, err := s.about(r)
	if err != nil {
		return err
	}
	if _, spoke := legOf(who, rec); !spoke && who.Role != auth.RolePrivacy {
		return problem.ErrForbidden
	}
	list, err := s.accessesOf(r.Context(), who, rec.ID)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]any{"accesses": list})
}

func (s *Server) accessesOf(ctx context.Context, who auth.Identity, rec id.RecordingID) ([]accessView, error) {
	list := []accessView{}
	after := uint64(0)
	for {
		page, err := s.cfg.Store.ChainEntries(ctx, AuditChain, string(rec), after, meta.MaxLimit)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			if a, ok := accessOf(e, who.Person); ok {
				list = append([]accessView{a}, list...)
			}
			after = e.Seq
		}
		if len(page) < meta.MaxLimit {
			return list, nil
		}
	}
}

// accessOf is what an audit entry tells of an access, if it is one.
func accessOf(e chain.Entry, caller id.PersonID) (accessView, bool) {
	what := accessKind(e.Kind)
	var body struct{ Role, Reason, Case string }
	if what == "" || json.Unmarshal(e.Body, &body) != nil {
		return accessView{}, false
	}
	a := accessView{At: e.At, What: what, Role: body.Role, You: e.Actor == string(caller)}
	if a.Role == "" {
		a.Role = e.Actor // the operator's command line
	}
	a.Reason, _, _ = strings.Cut(body.Reason, ":")
	if body.Case != "" {
		a.Reason = "Case"
	}
	return a, true
}
