package hub

import (
	"errors"
	"sync"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/signaling/session"
	"parley/signaling/wire"
)

// TestTwoCallOneExpertAtOnce: one of them rings, the other hears that the expert is
// busy, whoever is first. Double clicks of the one, and late messages of both,
// change nothing.
func TestTwoCallOneExpertAtOnce(t *testing.T) {
	h := newHouseIn(t, "DE", 0, false)
	callers := []*actor{h.member, h.enter("noah", auth.RoleMember, "US-NY")}
	for range 5 {
		errs := make([]error, len(callers))
		var work sync.WaitGroup
		for i, caller := range callers {
			work.Go(func() { errs[i] = caller.Handle(t.Context(), &wire.CallStart{Expert: "lee"}) })
		}
		work.Wait()
		winner := 0
		if errs[0] != nil {
			winner = 1
		}
		if errs[winner] != nil || !errors.Is(errs[1-winner], ErrBusy) {
			t.Fatalf("two at once: got %v, want one call and %v", errs, ErrBusy)
		}
		h.must(callers[winner].Handle(t.Context(), &wire.CallStart{Expert: "lee"})) // a second click
		call := callers[winner].until(t, "the ringing", ringing).ID
		for range 2 {
			h.must(callers[winner].Handle(t.Context(), &wire.CallCancel{Call: call}))
		}
		callers[winner].ended(t, session.EndCancelled)
		h.must(h.expert.Handle(t.Context(), &wire.CallAccept{Call: call})) // too late
		for deadline := time.Now().Add(patience); h.hub.LiveCalls() > 0; <-time.After(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the call stays live")
			}
		}
	}
}
