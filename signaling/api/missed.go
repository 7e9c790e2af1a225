package api

import (
	"net/http"
	"time"

	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/storage/id"
)

// missedReasons are the ends of calls that an expert may want to know of. Who was
// away, or has blocked the caller, is not told of it.
func missedReasons() []string {
	return []string{string(session.EndNoAnswer), string(session.EndCancelled), string(session.EndBusy)}
}

const missedPage = 50

// listMissed answers with the calls that an expert has missed, the newest first.
func (s *Server) listMissed(w http.ResponseWriter, r *http.Request) error {
	who, err := s.caller(r)
	switch {
	case err != nil:
		return err
	case who.Role != auth.RoleExpert:
		return problem.ErrForbidden
	}
	l := s.listOf(r, who)
	before, err := l.place(r.URL.Query().Get("before"))
	if err != nil {
		return err
	}
	calls, err := s.cfg.Store.MissedCalls(r.Context(), who.Person, missedReasons(), id.CallID(before), missedPage)
	if err != nil {
		return err
	}
	type view struct {
		Call   id.CallID   `json:"call"`
		Member wire.Person `json:"member"`
		At     time.Time   `json:"at"`
		Reason string      `json:"reason"`
	}
	missed := make([]view, 0, len(calls))
	for _, c := range calls {
		missed = append(missed, view{c.ID, wire.Person{ID: string(c.MemberID), Name: c.MemberName}, c.CreatedAt, c.EndReason})
	}
	next := ""
	if len(missed) == missedPage {
		next = l.next(string(missed[missedPage-1].Call))
	}
	return writeJSON(w, http.StatusOK, map[string]any{"missed": missed, "next": next})
}
