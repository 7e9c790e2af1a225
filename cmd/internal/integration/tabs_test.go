package integration_test

import (
	"slices"
	"testing"
	"time"

	"parley/signaling/wire"
)

// TestTheOtherTabsStopRinging: a click in one of an expert's five tabs is shown by each of
// them. How soon is logged; docs/performance.md has what it was.
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
}
