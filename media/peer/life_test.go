package peer

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// TestSignsOfLife: a connection over which nobody is heard still brings the
// browser reports and ICE checks, each more than once a second: a page that
// hears of nothing for a second looks for another way.
func TestSignsOfLife(t *testing.T) {
	s, b := connect(t, factory(t))
	until(t, s.seen, "a packet from the browser", func(n int) { b.speak(n, "hello") }, func() bool { return len(s.seen.packets) > 0 })
	before, begun := checksOf(b), time.Now()
	for reports := 0; reports < 6; {
		packets, _, err := b.pc.GetSenders()[0].ReadRTCP()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range packets {
			if _, is := p.(*rtcp.ReceiverReport); is {
				reports++
			}
		}
	}
	took := time.Since(begun)
	if took > 6*time.Second*3/4 {
		t.Errorf("six reports took %v, want more than one a second", took)
	}
	if checks := checksOf(b) - before; float64(checks) < 1.2*took.Seconds() {
		t.Errorf("%d ICE checks came in %v, want more than one a second", checks, took)
	}
}

// checksOf is how many ICE checks a browser has received.
func checksOf(b *browser) (n uint64) {
	for _, s := range b.pc.GetStats() {
		if pair, is := s.(webrtc.ICECandidatePairStats); is {
			n += pair.RequestsReceived
		}
	}
	return n
}
