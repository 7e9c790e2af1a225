package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/storage/meta"
)

// TestRecordOfACall: the platform and admins see how both sides sounded, each of the
// two their own, and nobody learns of a block.
func TestRecordOfACall(t *testing.T) {
	h := newHouse(t)
	c := h.talked(time.Minute, "completed")
	c.Quality[0].Sent = &meta.WayQuality{Samples: 41, MOS: meta.Measure{Average: 4.1, Worst: 3}}
	c.Quality[1].Heard = &meta.WayQuality{Samples: 42, MOS: meta.Measure{Average: 4.2, Worst: 4}}
	c.Alarms[1] = meta.LegAlarms{Alarm: "silence", Silences: 1, Failures: 1}
	h.must(h.store.UpdateCall(t.Context(), c))
	path := "/calls/" + string(c.ID)
	const members, experts = `"sent":{"samples":41,"mos":{"average":4.1,"worst":3}`, `"heard":{"samples":42,"mos":{"average":4.2,"worst":4}`
	const faults = `"faults":{"silences":1,"relay_failures":1}`
	for role, sees := range map[auth.Role][2]bool{
		auth.RoleService: {true, true}, auth.RoleAdmin: {true, true}, auth.RoleMember: {true, false}, auth.RoleExpert: {false, true},
	} {
		text := h.wants(http.StatusOK, "GET", path, role, "")
		h.wantsIn(text, `"reason":"completed"`, `"member":"the-member"`)
		for part, want := range map[string]bool{members: sees[0], experts: sees[1], faults: sees[1], "Maya": false} {
			if strings.Contains(text, part) != want {
				t.Errorf("%s: that %s is in it should be %v: %s", role, part, want, text)
			}
		}
	}
	vain := h.talked(0, "blocked")
	path = "/calls/" + string(vain.ID)
	h.wantsIn(h.wants(http.StatusOK, "GET", path, auth.RoleService, ""), `"reason":"away"`, `"connected_at":null`)
	h.wants(http.StatusNotFound, "GET", path, auth.RoleMember, "")
	h.wants(http.StatusNotFound, "GET", path, auth.RoleExpert, "")
	h.wants(http.StatusNotFound, "GET", "/calls/nonsense", auth.RoleService, "")
	for _, role := range []auth.Role{auth.RoleQA, auth.RoleQALead, auth.RolePrivacy, auth.RoleAuditor} {
		h.wants(http.StatusForbidden, "GET", "/calls/"+string(c.ID), role, "")
	}
}
