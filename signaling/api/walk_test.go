package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/storage/id"
	"parley/storage/meta"
)

// TestWhoMayDoWhat walks every role through every route about a recording, for an own
// one, one of other people, one that is held and one that was erased. What is not
// listed as allowed must be refused.
func TestWhoMayDoWhat(t *testing.T) {
	until := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	people, staff, privacy := []auth.Role{auth.RoleMember, auth.RoleExpert}, []auth.Role{auth.RoleQA, auth.RoleQALead, auth.RolePrivacy}, []auth.Role{auth.RolePrivacy}
	oversee := []auth.Role{auth.RolePrivacy, auth.RoleAuditor}
	routes := []struct {
		method, path, body string
		own, foreign       []auth.Role // who is not refused
	}{
		{"GET", "", "", slices.Concat(people, staff, oversee), slices.Concat(staff, oversee)},
		{"POST", "/plays", `{"reason":"sample","case":"7"}`, slices.Concat(people, staff), staff},
		{"GET", "/accesses", "", slices.Concat(people, oversee), oversee},
		{"GET", "/erasures", "", slices.Concat(people, oversee), oversee},
		{"GET", "/holds", "", oversee, oversee},
		{"POST", "/holds", `{"case":"7","reason":"court","review_at":"` + until + `"}`, privacy, privacy},
		{"POST", "/holds/" + string(id.NewHold(time.Now())) + "/release", `{"reason":"over"}`, nil, nil}, // there is no such hold
		{"POST", "/erasures", `{"part":"call","note":"why"}`, privacy, privacy},
		{"POST", "/erasures", `{}`, people, nil},
	}
	roles := []auth.Role{auth.RoleMember, auth.RoleExpert, auth.RoleQA, auth.RoleQALead, auth.RolePrivacy, auth.RoleAdmin, auth.RoleAuditor, auth.RoleService, ""}
	for _, kind := range []string{"own", "foreign", "held", "erased"} {
		for _, route := range routes {
			h := newHouse(t)
			h.withEraser()
			rec := h.shelve()
			if kind == "foreign" {
				rec = h.shelveFor("maya", "lee")
			}
			for _, role := range roles {
				h.put(kind, rec.ID)
				token := ""
				if role != "" {
					token = h.token(role)
				}
				got := h.ask(route.method, "/api/v1/recordings/"+string(rec.ID)+route.path, token, route.body).StatusCode
				may := route.own
				if kind == "foreign" {
					may = route.foreign
				}
				checkWalk(t, kind+" "+route.method+" "+route.path+" "+route.body+" as "+string(role), role, slices.Contains(may, role), got)
				if kind == "erased" && strings.HasSuffix(route.path, "plays") && got == http.StatusCreated {
					t.Errorf("%s: something that was erased was opened", role)
				}
			}
		}
	}
}

// put brings a recording into the state that is tried.
func (h *house) put(kind string, rec id.RecordingID) {
	h.t.Helper()
	now := time.Now()
	switch kind {
	case "held":
		_ = h.store.PlaceHold(h.t.Context(), meta.Hold{ID: id.NewHold(now), Recording: rec, Case: "7", Reason: "court", ReviewAt: now, By: "pia", At: now})
	case "erased":
		for _, part := range id.Parts() {
			h.must(h.store.DestroyEnvelope(h.t.Context(), rec, part, now))
		}
	}
}

func checkWalk(t *testing.T, what string, role auth.Role, may bool, got int) {
	t.Helper()
	refused := got == http.StatusUnauthorized || got == http.StatusForbidden || got == http.StatusNotFound
	switch {
	case role == "" && got != http.StatusUnauthorized:
		t.Errorf("%s: got %d without a token, want 401", what, got)
	case may && refused:
		t.Errorf("%s: got %d, want it not refused", what, got)
	case !may && !refused && got != http.StatusBadRequest:
		t.Errorf("%s: got %d, want a refusal", what, got)
	case got >= http.StatusInternalServerError:
		t.Errorf("%s: got %d", what, got)
	}
}
