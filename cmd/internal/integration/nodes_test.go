package integration_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"

	"parley/signaling/auth"
	"parley/storage/meta/pgtest"
	"parley/storage/meta/postgres"
)

// otherNodeWithin is how soon what one node took back has ended on another: nodes look
// once a second.
const otherNodeWithin = 10 * time.Second

// nodes starts two servers on one PostgreSQL. Each has connections and lists of its own, and
// looks for what the other one took back.
func nodes(t *testing.T) (here, there *server) {
	t.Helper()
	url := pgtest.Start(t).Schema(t)
	node := func() *server {
		store, err := postgres.Open(t.Context(), postgres.Config{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		s := serveOn(t, store, nil)
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- s.revoked.Run(ctx) }()
		t.Cleanup(func() {
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
		return s
	}
	return node(), node()
}

// TestARevocationEndsWhatAnotherNodeHolds: sockets and the call of somebody whose tokens
// were taken back at one node end at the other, and nobody signs in there by them.
func TestARevocationEndsWhatAnotherNodeHolds(t *testing.T) {
	here, there := nodes(t)
	member, expert := there.phone(maya), there.available(lee)
	tab := there.dialRaw(maya)
	talk(member, expert, "yes")
	old, untouched := there.token(maya), there.phone(noah)
	member.closed = true // its socket is closed by the server
	t.Cleanup(func() { _ = member.Close() })

	began := time.Now()
	got := here.request("POST", "/api/v1/revocations", &billing, `{"person":"maya"}`, nil)
	if got.status != http.StatusCreated {
		t.Fatalf("got %d %s, want 201", got.status, got.body)
	}
	tab.closedWith(signedOut)
	expert.ended("revoked")
	if took := time.Since(began); took > otherNodeWithin {
		t.Errorf("it ended at the other node after %v, want %v at most", took, otherNodeWithin)
	}
	again := there.open()
	again.text(websocket.MessageText, fmt.Sprintf(`{"type":"hello","token":%q}`, old))
	again.refused("", "token-revoked")
	again.closedWith(signedOut)
	if got := there.request("GET", "/api/v1/blocks", &noah, "", nil); got.status != http.StatusOK {
		t.Errorf("somebody else at the other node: got %d, want 200", got.status)
	}
	untouched.close()
}

// TestOneAccountOfAHumanOnAllNodes: who is an expert at one node has no second account
// of the cluster at another.
func TestOneAccountOfAHumanOnAllNodes(t *testing.T) {
	here, there := nodes(t)
	first, second := lee, ortiz
	first.Human, first.Cluster = "h-7", "tax"
	second.Human, second.Cluster = "h-7", "tax"
	here.phone(first)
	there.phone(first) // another tab
	refused := func(s *server, who auth.Identity) {
		t.Helper()
		r := s.open()
		r.text(websocket.MessageText, fmt.Sprintf(`{"type":"hello","token":%q}`, s.token(who)))
		r.refused("", "second-account")
		r.closedWith(rules)
	}
	refused(there, second)
	refused(here, second)
	if got := there.request("DELETE", "/api/v1/accounts/h-7?cluster=tax", &billing, "", nil); got.status != http.StatusNoContent {
		t.Fatalf("release: got %d %s, want 204", got.status, got.body)
	}
	here.phone(second)
	refused(there, first)
}
