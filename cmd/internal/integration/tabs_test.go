package integration_test

import (
	"slices"
	"testing"
	"time"

	"parley/signaling/wire"
)

// TestTheOtherTabsStopRinging: from the click in one of an expert's five tabs until each
// of them shows that the call is taken, at most 200 ms in the middle of ten calls.
func TestTheOtherTabsStopRinging(t *testing.T) {
	s := serve(t, nil)
	member := s.phone(maya)
	tabs := []*phone{s.available(lee)}
	for range 4 {
		tabs = append(tabs, s.phone(lee))
	}
	var took []time.Duration
	for range 10 {
		call := ring(member, tabs[0])
		for _, tab := range tabs {
			tab.call("the ringing", func(c *wire.CallView) bool { return c.ID == call && c.State == "ringing" })
		}
		began := time.Now()
		tabs[2].send(&wire.CallAccept{Call: call})
		for _, tab := range tabs {
			tab.call("the accept", func(c *wire.CallView) bool { return c.ID == call && c.State != "ringing" })
		}
		took = append(took, time.Since(began))
		member.send(&wire.CallHangup{Call: call})
		for _, p := range append(tabs, member) {
			p.call("the end", func(c *wire.CallView) bool { return c.ID == call && c.State == "ended" })
		}
		for deadline := time.Now().Add(patience); s.hub.LiveCalls() > 0; <-time.After(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the call stays live")
			}
		}
	}
	slices.Sort(took)
	t.Logf("from the click until five tabs know: p50 %v, longest %v", took[len(took)/2], took[len(took)-1])
	if middle := took[len(took)/2]; middle > 200*time.Millisecond {
		t.Errorf("from the click until five tabs know: p50 %v, want at most 200 ms", middle)
	}
}
