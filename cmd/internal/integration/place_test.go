package integration_test

import (
	"context"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"parley/cmd/internal/softphone"
)

// TestPlaces: what the address tells and what a person says of their place
// count beside the token's claim, and can only make the rule stricter.
func TestPlaces(t *testing.T) {
	why := func(t *testing.T, s *server, member *phone) string {
		t.Helper()
		call := ring(member, s.available(ortiz))
		view := member.State().Call
		if view == nil || view.ID != call {
			t.Fatalf("got %+v, want the ringing call", view)
		}
		return strings.Join(view.Consent.Question.Why, " ")
	}
	t.Run("token alone", func(t *testing.T) {
		s := serve(t, nil)
		if got := why(t, s, s.phone(noah)); !strings.Contains(got, "You are in Texas") || !strings.Contains(got, "one of you must agree") {
			t.Errorf("got %q", got)
		}
	})
	t.Run("address", func(t *testing.T) {
		s := serve(t, nil)
		var asked atomic.Int32
		s.sockets.Locate = func(a netip.Addr) (string, bool) {
			if !a.IsLoopback() {
				t.Errorf("asked for %s, want the address of the connection", a)
			}
			asked.Add(1)
			return "DE", false
		}
		if got := why(t, s, s.phone(noah)); !strings.Contains(got, "Germany or Texas") || !strings.Contains(got, "everybody must agree") {
			t.Errorf("got %q", got)
		}
		if asked.Load() != 2 {
			t.Errorf("%d look-ups for 2 connections", asked.Load())
		}
	})
	t.Run("hidden address alone", func(t *testing.T) {
		s := serve(t, nil)
		s.sockets.Locate = func(netip.Addr) (string, bool) { return "US-TX", true }
		nowhere := noah
		nowhere.Places = nil
		if got := why(t, s, s.phone(nowhere)); !strings.Contains(got, "a place that we do not know") || !strings.Contains(got, "everybody must agree") {
			t.Errorf("got %q", got)
		}
	})
	t.Run("own statement", func(t *testing.T) {
		s := serve(t, nil)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		p, err := softphone.Dial(ctx, softphone.Config{Server: s.http.URL, Token: s.token(noah), Place: "FR", HTTP: s.http.Client()})
		if err != nil {
			t.Fatal(err)
		}
		member := &phone{Phone: p, t: t, ctx: ctx, name: "noah"}
		defer member.close()
		if got := why(t, s, member); !strings.Contains(got, "France or Texas") {
			t.Errorf("got %q", got)
		}
	})
}
