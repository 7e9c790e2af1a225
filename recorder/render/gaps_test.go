package render

import (
	"math"
	"slices"
	"testing"
	"time"

	"parley/recorder/journal"
)

// TestGaps: what a report calls a gap is open gate without sound that the
// sender did not mean to leave out.
func TestGaps(t *testing.T) {
	const tail = time.Second // from the last packet's end to the call's
	for _, r := range []struct {
		name      string
		call      func() call
		gaps      int
		ms, most  float64
		lostAbout float64
	}{
		{name: "clean", call: func() call { return endingAfter(clean(1), 100*time.Millisecond) }},
		{name: "sender stalls for five seconds", gaps: 1, ms: 5000, most: 5000,
			call: func() call { return endingAfter(clean(1).later(225, 5*time.Second), 0) }},
		{name: "sender stalls for less than a gap",
			call: func() call { return endingAfter(clean(1).later(225, 400*time.Millisecond), 0) }},
		{name: "late start and early end", gaps: 2, ms: 4000, most: 3000,
			call: func() call { return endingAfter(clean(1).later(0, 3*time.Second-baseDelay), tail) }},
		{name: "long loss", gaps: 1, ms: 3500, most: 3500, lostAbout: 3500,
			call: func() call {
				return endingAfter(clean(1).lose(func(i int) bool { return i >= 200 && i < 375 }), 0)
			}},
		{name: "loss in bursts", lostAbout: 600, call: func() call {
			return endingAfter(clean(1).lose(func(i int) bool { return i%150 >= 60 && i%150 < 70 }), 0)
		}},
		{name: "the sender sends no silence", call: func() call { return endingAfter(clean(1).pause(110, 400), 0) }},
		{name: "the gate was shut", call: func() call { return paused() }},
		{name: "the gate was shut for a part of it", gaps: 2, ms: 1800, most: 1000, call: func() call {
			c := paused()
			c.legs[0] = without(c.legs[0], 2700*time.Millisecond, 7500*time.Millisecond)
			return c
		}},
		{name: "nothing came", gaps: 1, ms: 7000, most: 7000, call: func() call { return newCall(7*time.Second, nil, nil) }},
	} {
		for _, mode := range []string{ModeCopy, ModeEncode} {
			t.Run(r.name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				out, err := r.call().renderAs(t, mode, time.Hour, quick)
				if err != nil {
					t.Fatal(err)
				}
				got := out.result.Voices[0]
				if got.Gaps != r.gaps || math.Abs(got.GapMs-r.ms) > 40 || math.Abs(got.LongestGapMs-r.most) > 40 {
					t.Errorf("got %d gaps, %.0f ms, the longest of %.0f ms; want %d, %.0f, %.0f within 40",
						got.Gaps, got.GapMs, got.LongestGapMs, r.gaps, r.ms, r.most)
				}
				if got.LostMs != r.lostAbout {
					t.Errorf("lost: got %.0f ms, want %.0f", got.LostMs, r.lostAbout)
				}
			})
		}
	}
}

// endingAfter is a call of one voice that ends so long after its last packet.
func endingAfter(s scene, after time.Duration) call {
	last := s[len(s)-1]
	return newCall(last.spoken+baseDelay+frameTime+after, s, nil)
}

// TestDriftIsMeasured: the report tells by how much a sender's clock was off,
// whatever the network did and whether the sender stalled.
func TestDriftIsMeasured(t *testing.T) {
	for _, r := range []struct {
		name   string
		scene  func(ppm int) scene
		within float64
	}{
		{"clean", func(ppm int) scene { return looped(1, 1, ppm) }, 2},
		{"jitter and loss", func(ppm int) scene { return looped(1, 2, ppm).jitter(40 * time.Millisecond).loseRandomly(0.05) }, 20},
		{"stalls", func(ppm int) scene {
			return looped(1, 2, ppm).later(1000, 300*time.Millisecond).later(3000, 5*time.Second).jitter(10 * time.Millisecond)
		}, 20},
		{"network slower for a while", func(ppm int) scene {
			return looped(1, 2, ppm).slow(30*time.Second, 50*time.Second, 60*time.Millisecond).jitter(10 * time.Millisecond)
		}, 20},
	} {
		for _, ppm := range []int{-300, -20, 0, 300} {
			member := r.scene(ppm)
			out, err := endingAfter(member, time.Second).renderAs(t, ModeCopy, time.Hour, quick)
			if err != nil {
				t.Fatal(err)
			}
			if got := out.result.Voices[0].DriftPPM; math.Abs(got-float64(ppm)) > r.within {
				t.Errorf("%s, clock off by %d ppm: got %.1f, want it within %.0f", r.name, ppm, got, r.within)
			}
		}
	}
}

func TestNoDriftOfAShortVoice(t *testing.T) {
	out := endingAfter(clean(1), 0).render(t, time.Hour, quick)
	if got := out.result.Voices[0].DriftPPM; got != 0 {
		t.Errorf("got %.1f ppm of ten seconds, want 0", got)
	}
}

func TestGate(t *testing.T) {
	var g gate
	g.closed(5) // nothing was open
	g.opened(10)
	g.opened(15)
	g.closed(20)
	g.closed(30)
	g.opened(12) // events out of order never make spans overlap
	if !g.isOpen() || g.length() != 20 {
		t.Errorf("got open %v, length %d, want true and 20", g.isOpen(), g.length())
	}
	g.closed(40)
	if want := []span{{10, 20}, {20, 40}}; !slices.Equal(g.spans, want) || g.isOpen() || g.length() != 40 {
		t.Errorf("got %v, want %v, shut at 40", g.spans, want)
	}
	var got []span
	g.within(15, 35, func(from, to int64) { got = append(got, span{from, to}) })
	slices.Reverse(got)
	if want := []span{{15, 20}, {20, 35}}; !slices.Equal(got, want) {
		t.Errorf("within 15 to 35: got %v, want %v", got, want)
	}
}

// TestUnbelievableEventIsNoEvent: an event beyond any call changes nothing.
func TestUnbelievableEventIsNoEvent(t *testing.T) {
	c := newCall(5*time.Second, nil, nil)
	c.events = append(c.events[:1], journal.Event{At: 1 << 60, Kind: journal.EventGateClose}, c.events[1])
	out := c.render(t, time.Hour, quick)
	out.voice(t, 0, c.length)
}
