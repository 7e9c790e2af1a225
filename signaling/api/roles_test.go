package api

import (
	"net/http"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/storage/id"
)

// TestRolesByRoute has every route for which a token is needed: what is not
// allowed here must be refused.
func TestRolesByRoute(t *testing.T) {
	h := newHouse(t)
	now := time.Now()
	rec, call, play := string(id.NewRecording(now)), string(id.NewCall(now)), string(id.NewPlay(now))
	hook := string(id.NewWebhook(now))
	const (
		forbidden = http.StatusForbidden
		missing   = http.StatusNotFound // also for what others may have
		ok        = http.StatusOK
		done      = http.StatusNoContent
	)
	roles := []auth.Role{auth.RoleMember, auth.RoleExpert, auth.RoleQA, auth.RoleService, auth.RoleAdmin, auth.RoleAuditor, ""}
	for _, route := range []struct {
		method, path, body string
		want               [7]int // by role, the last without a token
	}{
		{"GET", "/api/v1/events", "", [7]int{forbidden, forbidden, forbidden, ok, forbidden, forbidden, 401}},
		{"GET", "/api/v1/webhooks", "", [7]int{forbidden, forbidden, forbidden, ok, forbidden, forbidden, 401}},
		{"POST", "/api/v1/webhooks", `{"url":"http://10.0.0.1"}`, [7]int{forbidden, forbidden, forbidden, 422, forbidden, forbidden, 401}},
		{"DELETE", "/api/v1/webhooks/" + hook, "", [7]int{forbidden, forbidden, forbidden, missing, forbidden, forbidden, 401}},
		{"POST", "/api/v1/webhooks/" + hook + "/replay", `{"after":""}`, [7]int{forbidden, forbidden, forbidden, missing, forbidden, forbidden, 401}},
		{"GET", "/api/v1/webhooks/" + hook + "/deliveries", "", [7]int{forbidden, forbidden, forbidden, missing, forbidden, forbidden, 401}},
		{"POST", "/api/v1/revocations", `{"person":"nobody"}`, [7]int{forbidden, forbidden, forbidden, 201, 201, forbidden, 401}},
		{"DELETE", "/api/v1/accounts/h-7?cluster=tax", "", [7]int{forbidden, forbidden, forbidden, done, done, forbidden, 401}},
		{"GET", "/api/v1/recordings", "", [7]int{ok, ok, ok, forbidden, forbidden, ok, 401}},
		{"GET", "/api/v1/recordings/" + rec, "", [7]int{missing, missing, missing, missing, missing, missing, 401}},
		{"POST", "/api/v1/recordings/" + rec + "/plays", `{"reason":"why"}`, [7]int{missing, missing, missing, missing, missing, missing, 401}},
		{"GET", "/api/v1/plays/" + play + "/audio.opus", "", [7]int{401, 401, 401, 401, 401, 401, 401}},
		{"GET", "/api/v1/plays/" + play + "/peaks.json", "", [7]int{401, 401, 401, 401, 401, 401, 401}},
		{"GET", "/api/v1/calls/" + call, "", [7]int{missing, missing, forbidden, missing, missing, forbidden, 401}},
		{"GET", "/api/v1/calls/" + call + "/vcon", "", [7]int{forbidden, forbidden, forbidden, missing, forbidden, forbidden, 401}},
		{"GET", "/api/v1/calls/" + call + "/receipt", "", [7]int{missing, missing, missing, missing, missing, missing, 401}},
		{"GET", "/api/v1/blocks", "", [7]int{ok, ok, forbidden, forbidden, forbidden, forbidden, 401}},
		{"PUT", "/api/v1/blocks/somebody", "", [7]int{done, done, forbidden, forbidden, forbidden, forbidden, 401}},
		{"DELETE", "/api/v1/blocks/somebody", "", [7]int{done, done, forbidden, forbidden, forbidden, forbidden, 401}},
	} {
		for i, role := range roles {
			token := ""
			if role != "" {
				token = h.token(role)
			}
			if got := h.ask(route.method, route.path, token, route.body).StatusCode; got != route.want[i] {
				t.Errorf("%s %s as %q: got %d, want %d", route.method, route.path, role, got, route.want[i])
			}
		}
	}
}
