package integration_test

import (
	"net/http"
	"strings"
	"testing"

	"parley/cmd/internal/softphone"
	"parley/signaling/wire"
)

// TestBlocked: whoever is blocked is told that the expert is not available,
// sees them away in the list, and hears nothing of a block; once it is lifted the call rings.
func TestBlocked(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	if got := s.request("PUT", "/api/v1/blocks/maya", &lee, "", nil); got.status != http.StatusNoContent {
		t.Fatalf("block: got %d %s, want 204", got.status, got.body)
	}
	seen := func(want string) {
		t.Helper()
		member.wait("the expert to be "+want, func(st softphone.State) bool { return find(st.Experts, expert.name) == want })
	}
	seen(wire.StateAway)
	if again := s.phone(maya); find(again.wait("the directory", func(st softphone.State) bool { return len(st.Experts) > 0 }).Experts, expert.name) != wire.StateAway {
		t.Error("who signs in anew sees by the directory that there is a block")
	}
	other := s.phone(noah)
	other.wait("the expert as everybody sees them", func(st softphone.State) bool { return find(st.Experts, expert.name) == wire.StateAvailable })
	if got := s.request("GET", "/api/v1/blocks", &lee, "", nil); !strings.Contains(string(got.body), `"person":"maya"`) {
		t.Errorf("blocks of the expert: got %s, want maya in it", got.body)
	}
	if got := s.request("GET", "/api/v1/blocks", &maya, "", nil); strings.Contains(string(got.body), string(lee.Person)) {
		t.Errorf("blocks of the member: got %s, want nothing of the expert", got.body)
	}
	member.send(&wire.CallStart{Expert: expert.name})
	member.problem("expert-away")
	if got := s.request("DELETE", "/api/v1/blocks/maya", &lee, "", nil); got.status != http.StatusNoContent {
		t.Fatalf("unblock: got %d %s, want 204", got.status, got.body)
	}
	seen(wire.StateAvailable)
	ring(member, expert)
}

func TestBlockRefuses(t *testing.T) {
	s := serve(t, nil)
	s.request("PUT", "/api/v1/blocks/maya", nil, "", nil).problem(t, "nobody", 401, "unauthenticated")
	s.request("PUT", "/api/v1/blocks/maya", &maya, "", nil).problem(t, "oneself", 400, "bad-request")
	s.request("PUT", "/api/v1/blocks/maya", &robin, "", nil).problem(t, "a reviewer", 403, "forbidden")
	s.request("PUT", "/api/v1/blocks/%20", &lee, "", nil).problem(t, "no person", 400, "bad-request")
}
