package hub

import (
	"slices"
	"testing"

	"parley/signaling/auth"
	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/storage/id"
)

// ear is a socket that notes of which recordings it was told.
type ear struct{ heard []string }

// Send implements Socket.
func (e *ear) Send(m wire.ServerMessage) {
	if r, ok := m.(wire.RecordingReady); ok {
		e.heard = append(e.heard, r.Recording)
	}
}

// TestWhoLearnsOfARecording: everybody is told nothing who may not know of it.
func TestWhoLearnsOfARecording(t *testing.T) {
	for _, all := range []bool{false, true} {
		h := &Hub{cfg: Config{ReviewersLearnAll: all}, sockets: map[id.PersonID]map[session.SocketID]*Session{}}
		ears := map[string]*ear{}
		for i, who := range []auth.Identity{
			{Person: "maya", Role: auth.RoleMember}, {Person: "lee", Role: auth.RoleExpert}, {Person: "noah", Role: auth.RoleMember},
			{Person: "robin", Role: auth.RoleQA}, {Person: "quinn", Role: auth.RoleQALead}, {Person: "pia", Role: auth.RolePrivacy},
			{Person: "maya", Role: auth.RoleService},
		} {
			e := &ear{}
			ears[string(who.Person)+" "+string(who.Role)] = e
			if h.sockets[who.Person] == nil {
				h.sockets[who.Person] = map[session.SocketID]*Session{}
			}
			h.sockets[who.Person][session.SocketID(i)] = &Session{who: who, socket: e}
		}
		h.RecordingReady("rec", "call", "maya", "lee")
		want := []string{"maya member", "lee expert", "quinn qa-lead"}
		if all {
			want = append(want, "robin qa")
		}
		for name, e := range ears {
			if told := len(e.heard) == 1; told != slices.Contains(want, name) {
				t.Errorf("reviewers learn all %t: %s was told %q", all, name, e.heard)
			}
		}
	}
}
