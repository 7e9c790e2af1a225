package api

import (
	"net/http"
	"time"

	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/signaling/vcon"
	"parley/storage/id"
	"parley/storage/meta"
)

// callView is the record of a call: who, when, why it ended and how it sounded. It
// has ids and no names.
type callView struct {
	Call        id.CallID                `json:"call"`
	Member      id.PersonID              `json:"member"`
	Expert      id.PersonID              `json:"expert"`
	CreatedAt   time.Time                `json:"created_at"`
	AcceptedAt  *time.Time               `json:"accepted_at"`
	ConnectedAt *time.Time               `json:"connected_at"`
	EndedAt     *time.Time               `json:"ended_at"`
	Reason      string                   `json:"reason"`
	Recording   *id.RecordingID          `json:"recording"`
	Sound       map[string]meta.LegSound `json:"sound"`
}

// oneCall answers with the record of a call, to the platform's backend, admins and
// the two who talked. These see how their own sound was: delay tells how far away
// somebody is. What rang in vain does not exist for them, as in listOwnCalls.
func (s *Server) oneCall(w http.ResponseWriter, r *http.Request) error {
	who, err := s.caller(r)
	if err != nil {
		return err
	}
	people := who.Role == auth.RoleMember || who.Role == auth.RoleExpert
	if !people && who.Role != auth.RoleService && who.Role != auth.RoleAdmin {
		return problem.ErrForbidden
	}
	callID, err := id.ParseCall(r.PathValue("id"))
	if err != nil {
		return problem.ErrNotFound
	}
	c, err := s.cfg.Store.Call(r.Context(), callID)
	switch {
	case err != nil:
		return err
	case people && (!spokeIn(who, c) || c.ConnectedAt == nil):
		return problem.ErrNotFound
	}
	sound := map[string]meta.LegSound{}
	for leg, role := range [2]auth.Role{auth.RoleMember, auth.RoleExpert} {
		if !people || who.Role == role {
			sound[[2]string{id.PartMember, id.PartExpert}[leg]] = c.Sound(leg)
		}
	}
	return writeJSON(w, http.StatusOK, callView{
		Call: c.ID, Member: c.MemberID, Expert: c.ExpertID,
		CreatedAt: c.CreatedAt, AcceptedAt: c.AcceptedAt, ConnectedAt: c.ConnectedAt, EndedAt: c.EndedAt,
		Reason: vcon.Reason(c), Recording: c.RecordingID, Sound: sound,
	})
}
