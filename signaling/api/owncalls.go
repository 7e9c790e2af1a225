package api

import (
	"net/http"
	"time"

	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

const ownCallsPage = 100

// ownCall is a call as one of its two people sees it afterwards.
type ownCall struct {
	Call        id.CallID   `json:"call"`
	Peer        wire.Person `json:"peer"`
	ConnectedAt time.Time   `json:"connected_at"`
	EndedAt     *time.Time  `json:"ended_at"`
	Reason      string      `json:"reason"`
}

// listOwnCalls answers with the calls in which the caller talked, the oldest
// first. What rang in vain is not among them: who was away, or has blocked the
// caller, is not told of it, nor is the caller told why.
func (s *Server) listOwnCalls(w http.ResponseWriter, r *http.Request) error {
	who, err := s.caller(r)
	switch {
	case err != nil:
		return err
	case who.Role != auth.RoleMember && who.Role != auth.RoleExpert:
		return problem.ErrForbidden
	}
	l := s.listOf(r, who, r.URL.Query().Get("from"))
	f, err := ownCallsWanted(r, who.Person, l)
	if err != nil {
		return err
	}
	calls, err := s.cfg.Store.ListCalls(r.Context(), f)
	if err != nil {
		return err
	}
	own := make([]ownCall, 0, len(calls))
	for _, c := range calls {
		if c.ConnectedAt == nil || !spokeIn(who, c) {
			continue
		}
		peer := wire.Person{ID: string(c.MemberID), Name: c.MemberName}
		if who.Role == auth.RoleMember {
			peer = wire.Person{ID: string(c.ExpertID), Name: c.ExpertName}
		}
		own = append(own, ownCall{c.ID, peer, *c.ConnectedAt, c.EndedAt, c.EndReason})
	}
	next := ""
	if len(calls) == f.Limit {
		next = l.next(string(calls[len(calls)-1].ID))
	}
	return writeJSON(w, http.StatusOK, map[string]any{"calls": own, "next": next})
}

func ownCallsWanted(r *http.Request, person id.PersonID, l list) (meta.CallFilter, error) {
	f := meta.CallFilter{Participant: person, Limit: ownCallsPage}
	query := r.URL.Query()
	var err error
	if text := query.Get("from"); text != "" {
		if f.From, err = time.Parse(time.RFC3339, text); err != nil {
			return f, &problem.BadRequestError{Reason: "from is a time as in RFC 3339"}
		}
	}
	after, err := l.place(query.Get("after"))
	f.After = id.CallID(after)
	return f, err
}
