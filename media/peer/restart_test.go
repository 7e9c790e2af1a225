package peer

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/pion/rtp"

	"parley/media/bridge"
)

// attribute values of an SDP that a restart of ICE must change, or must not.
func valuesOf(sdp, attribute string) (out []string) {
	for line := range strings.Lines(sdp) {
		if value, found := strings.CutPrefix(strings.TrimSpace(line), "a="+attribute+":"); found {
			out = append(out, value)
		}
	}
	return out
}

// TestRestartKeepsTheConnection: a restart of ICE changes the credentials and
// nothing else: packets go on in both directions, by the same keys and streams.
func TestRestartKeepsTheConnection(t *testing.T) {
	s, b := connect(t, factory(t))
	until(t, s.seen, "a packet from the browser", func(n int) { b.speak(n, "before") }, func() bool { return len(s.seen.packets) > 0 })
	until(t, b.heard, "a packet from the server", func(n int) {
		_ = s.WriteRTP(&rtp.Header{Version: 2, SequenceNumber: uint16(n)}, []byte("before")) // may be early
	}, func() bool { return len(b.heard.packets) > 0 })

	n, offer, err := s.Restart(t.Context())
	if err != nil || n != 1 {
		t.Fatalf("got restart %d and %v, want the first", n, err)
	}
	again, same, err := s.Restart(t.Context())
	if err != nil || again != 1 || same != offer {
		t.Errorf("asked again before the answer: got restart %d, %v, the same offer %t; want the same once more", again, err, same == offer)
	}
	if slices.Equal(valuesOf(offer, "ice-ufrag"), valuesOf(s.offer, "ice-ufrag")) || slices.Equal(valuesOf(offer, "ice-pwd"), valuesOf(s.offer, "ice-pwd")) {
		t.Error("the restart has the ICE credentials of before")
	}
	for _, kept := range []string{"fingerprint", "mid", "ssrc", "candidate"} {
		if got, want := valuesOf(offer, kept), valuesOf(s.offer, kept); len(got) == 0 || (kept != "candidate" && !slices.Equal(got, want)) {
			t.Errorf("%s: got %v, want those of before, %v", kept, got, want)
		}
	}
	if s.remote.takes(udpCandidate("93.184.215.14", 9)) {
		t.Error("the server would send checks where the browser says, before it has heard from there")
	}
	answer := b.answer(t, offer)
	var refused *SDPError
	if err := s.Answer(0, answer); !errors.As(err, &refused) {
		t.Errorf("an answer to the first offer: got %v, want it refused", err)
	}
	if err := s.Answer(1, answer); err != nil {
		t.Fatal(err)
	}
	until(t, s.seen, "a packet from the browser after the restart", func(n int) { b.speak(1000+n, "after") }, func() bool {
		return slices.ContainsFunc(s.seen.packets, func(p rtp.Packet) bool { return string(p.Payload) == "after" })
	})
	until(t, b.heard, "a packet from the server after the restart", func(n int) {
		_ = s.WriteRTP(&rtp.Header{Version: 2, SequenceNumber: uint16(1000 + n)}, []byte("after")) // not before it is up
	}, func() bool {
		return slices.ContainsFunc(b.heard.packets, func(p rtp.Packet) bool { return string(p.Payload) == "after" })
	})
	s.seen.wait(t, "the connection", func() bool { return s.seen.last() == bridge.StateConnected })
	for _, one := range []*seen{s.seen, b.heard} {
		one.mu.Lock()
		ssrc := one.packets[0].SSRC
		for _, p := range one.packets {
			if p.SSRC != ssrc {
				t.Errorf("got a stream %d beside %d, want one over the restart", p.SSRC, ssrc)
			}
		}
		one.mu.Unlock()
	}
	if n, _, err := s.Restart(t.Context()); err != nil || n != 2 {
		t.Errorf("another one: got restart %d and %v, want the second", n, err)
	}
}

// TestRestartNeedsAConnection: there is nothing to restart before the first
// answer.
func TestRestartNeedsAConnection(t *testing.T) {
	if _, _, err := serve(t, factory(t)).Restart(t.Context()); !errors.Is(err, bridge.ErrRestart) {
		t.Errorf("got %v, want ErrRestart", err)
	}
}
