package peer

import (
	"testing"

	"github.com/pion/rtp"

	"parley/media/bridge"
)

// TestEndlessSources: a browser that makes up a new source for each packet loses
// its connection, instead of holding more and more of the server's memory.
func TestEndlessSources(t *testing.T) {
	s, b := connect(t, factory(t))
	ssrc := uint32(0)
	until(t, s.seen, "the end of the connection", func(int) {
		for range 20 {
			ssrc++
			b.out.write(rtp.Header{Version: 2, PayloadType: 111, SequenceNumber: 1, SSRC: ssrc}, "one")
		}
	}, func() bool { return s.seen.last() == bridge.StateLost })
	if ssrc < maxSources/4 {
		t.Errorf("it ended with %d sources, want some to be let pass", ssrc)
	}
}
