package render

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/media/opus"
	"parley/recorder/journal"
)

// TestPausesLeftOut: with PausesSkip the time between two spans is gone, and
// what is in a span lies within 20 ms of where the result says.
func TestPausesLeftOut(t *testing.T) {
	for _, mode := range []string{ModeCopy, ModeEncode} {
		t.Run(mode, func(t *testing.T) {
			c := paused()
			c.pauses = PausesSkip
			out, err := c.renderAs(t, mode, 500*time.Millisecond, opus.Config{})
			if err != nil {
				t.Fatal(err)
			}
			spans := out.result.Spans
			if len(spans) != 2 || spans[0] != (Span{Close: samples(3500 * time.Millisecond)}) || spans[1].Clock != samples(6500*time.Millisecond) {
				t.Fatalf("spans: got %+v", spans)
			}
			if gap := spans[1].Open - spans[0].Close; gap < 0 || gap > sampleRate/20 {
				t.Errorf("the gap is still %.1f ms long, want at most 50", float64(gap)/48)
			}
			length := time.Duration(spans[1].Close) * time.Second / sampleRate
			for leg := range 2 {
				pcm := out.voice(t, leg, length+time.Nanosecond*21)
				var want []int64
				for _, s := range []int64{1, 2, 3, 7, 8, 9} {
					at := s*sampleRate + samples(baseDelay) + opus.Lookahead48k
					if s > 4 {
						at -= spans[1].Clock - spans[1].Open
					}
					want = append(want, at)
				}
				mustClick(t, "voice", pcm, want)
				if got := out.result.Voices[leg]; got.SilentMs > 200 || got.Gaps != 0 {
					t.Errorf("voice %d: got %.0f ms of silence and %d gaps, want next to none", leg, got.SilentMs, got.Gaps)
				}
			}
		})
	}
}

// TestHeardInTheVoice: whoever draws the voices is told where packets lie in
// them, whatever was left out.
func TestHeardInTheVoice(t *testing.T) {
	for _, pauses := range []string{PausesSilence, PausesSkip} {
		c := paused()
		var heard []Heard
		r, err := New(Config{Voices: discard, Pauses: pauses, Encoder: quick, Heard: func(leg int, h Heard) uint8 {
			if leg == 0 {
				heard = append(heard, h)
			}
			return h.Level
		}})
		if err != nil {
			t.Fatal(err)
		}
		for lane, records := range c.flush(t, 0, time.Hour) {
			mustAdd(t, r, lane, records)
		}
		res, err := r.Finish(c.length)
		if err != nil {
			t.Fatal(err)
		}
		first, last := heard[0], heard[len(heard)-1]
		if len(heard) != len(c.legs[0]) || first.Place != samples(baseDelay) || last.Place != res.Spans[1].Close-frame {
			t.Errorf("%s: got %d packets from %d to %d, want %d from %d to %d", pauses,
				len(heard), first.Place, last.Place, len(c.legs[0]), samples(baseDelay), res.Spans[1].Close-frame)
		}
	}
}

// TestShutGateIsSilent: a sender that pauses (DTX) when the gate is shut leaves
// no noise of the decoder in its time.
func TestShutGateIsSilent(t *testing.T) {
	c := paused()
	for i := range c.legs[0] {
		if p := &c.legs[0][i]; p.Arrival > 3300*time.Millisecond && p.Arrival < 3500*time.Millisecond {
			p.Payload = p.Payload[:1] // 20 ms of which nothing is sent
		}
	}
	out, err := c.renderAs(t, ModeCopy, 500*time.Millisecond, opus.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for n, p := range packetsOf(t, out.files[0].Bytes()) {
		if at := time.Duration(n) * frameTime; at > 3520*time.Millisecond && at < 6480*time.Millisecond && string(p) != string(silentFrame) {
			t.Fatalf("the packet at %v is not silence", at)
		}
	}
}

// TestNothingToLeaveOut: recordings without a pause, or without anything, are
// the same either way.
func TestNothingToLeaveOut(t *testing.T) {
	for _, c := range []call{
		newCall(5*time.Second, clean(1), clean(2)), newCall(0, nil, nil), {},
		{length: time.Second, events: []journal.Event{{Kind: journal.EventGateOpen}, {Kind: journal.EventGateClose}}},
	} {
		want := c.render(t, time.Second, quick)
		c.pauses = PausesSkip
		got := c.render(t, time.Second, quick)
		mustEqual(t, want, got, nil, nil)
	}
}

// TestSpansArePlaced: wherever the gate opens and shuts, spans keep their
// order and length in the voices, hardly anything is between them, and the
// frames that are kept are as many as they need.
func TestSpansArePlaced(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var g gate
		at := int64(0)
		for range rapid.IntRange(1, 6).Draw(t, "spans") {
			at += rapid.Int64Range(0, 4000).Draw(t, "shut")
			g.opened(at)
			at += rapid.Int64Range(0, 4000).Draw(t, "open")
			g.closed(at)
		}
		end := int64(0)
		for i, s := range g.placed(true) {
			if s.Close-s.Open != g.spans[i].close-g.spans[i].open || s.Clock != g.spans[i].open || (s.Clock-s.Open)%frame != 0 {
				t.Fatalf("span %d: got %+v of %+v", i, s, g.spans[i])
			}
			if gap := s.Open - end; gap < 0 || gap > sampleRate/20 {
				t.Fatalf("span %d: begins %d samples after the end of the last", i, gap)
			}
			end = s.Close
		}
		kept := int64(0)
		for n := range (at+opus.Lookahead48k)/frame + 2 {
			if g.keeps(n) {
				kept++
			}
		}
		if need := int64(math.Ceil(float64(end+opus.Lookahead48k) / frame)); kept < need || kept > need+1 {
			t.Fatalf("%d frames are kept for %d samples, want %d", kept, end, need)
		}
	})
}

func TestPausesAreChecked(t *testing.T) {
	if _, err := New(Config{Pauses: "shorten"}); err == nil {
		t.Error("got no error for pauses that are none")
	}
}
