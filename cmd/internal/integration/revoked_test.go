package integration_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"parley/signaling/auth"
	"parley/signaling/wire"
)

// billing is a platform's backend.
var billing = auth.Identity{Person: "billing", Role: auth.RoleService, Name: "Billing"}

// TestRevocationEndsEverything: sockets close with 4001, a call under way and
// one that rings end, and the tokens sign nobody in any more.
func TestRevocationEndsEverything(t *testing.T) {
	for _, tt := range []struct {
		name    string
		whom    auth.Identity
		ringing bool
	}{
		{"a member who talks", maya, false},
		{"an expert who talks", lee, false},
		{"a member who calls", maya, true},
		{"an expert who is called", lee, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, nil)
			member, expert := s.phone(maya), s.available(lee)
			gone, other := member, expert
			if tt.whom.Person == lee.Person {
				gone, other = expert, member
			}
			tab := s.dialRaw(tt.whom)
			if tt.ringing {
				ring(member, expert)
			} else {
				talk(member, expert, "yes")
			}
			old := s.token(tt.whom)
			gone.closed = true // its socket is closed by the server
			t.Cleanup(func() { _ = gone.Close() })
			got := s.request("POST", "/api/v1/revocations", &billing, fmt.Sprintf(`{"person":%q}`, tt.whom.Person), nil)
			if got.status != http.StatusCreated {
				t.Fatalf("got %d %s, want 201", got.status, got.body)
			}
			tab.closedWith(signedOut)
			other.ended("revoked")
			again := s.open()
			again.text(websocket.MessageText, fmt.Sprintf(`{"type":"hello","token":%q}`, old))
			again.refused("", "token-revoked")
			again.closedWith(signedOut)
		})
	}
	serve(t, nil).request("POST", "/api/v1/revocations", &lee, `{"person":"maya"}`, nil).problem(t, "an expert", 403, "forbidden")
}

// TestOneTokenIsRevoked: the person's other tab stays.
func TestOneTokenIsRevoked(t *testing.T) {
	s := serve(t, nil)
	other := s.phone(maya)
	who := maya
	who.Token = "stolen"
	tab := s.dialRaw(who)
	if got := s.request("POST", "/api/v1/revocations", &billing, `{"token_id":"stolen"}`, nil); got.status != http.StatusCreated {
		t.Fatalf("got %d %s, want 201", got.status, got.body)
	}
	tab.closedWith(signedOut)
	ring(other, s.available(lee))
}

// TestOneAccountOfAHuman: a second account of an expert in one cluster is
// refused, until the platform releases the first.
func TestOneAccountOfAHuman(t *testing.T) {
	s := serve(t, nil)
	first, second := lee, ortiz
	first.Human, first.Cluster = "h-7", "tax"
	second.Human, second.Cluster = "h-7", "tax"
	s.phone(first)
	s.phone(first) // another tab
	hello := fmt.Sprintf(`{"type":"hello","token":%q}`, s.token(second))
	r := s.open()
	r.text(websocket.MessageText, hello)
	if p := r.refused("", "second-account"); strings.Contains(fmt.Sprint(p), string(first.Person)) {
		t.Errorf("the refusal tells of the other account: %+v", p)
	}
	r.closedWith(rules)

	elsewhere := second
	elsewhere.Cluster = "law"
	s.phone(elsewhere)
	if got := s.request("DELETE", "/api/v1/accounts/h-7?cluster=tax", &billing, "", nil); got.status != http.StatusNoContent {
		t.Fatalf("release: got %d %s, want 204", got.status, got.body)
	}
	r = s.open()
	r.text(websocket.MessageText, hello)
	r.wait("the welcome", func(m wire.ServerMessage) bool { _, ok := m.(wire.Welcome); return ok })
}
