package pipeline

import (
	"slices"
	"testing"
	"time"

	"parley/recorder/journal"
	"parley/recorder/manifest"
	"parley/recorder/render"
)

// TestPausesLeftOut: with the option, the time in which the gate was shut is
// not in the recording; its manifest maps what is left to the clock.
func TestPausesLeftOut(t *testing.T) {
	for _, mode := range []string{render.ModeCopy, render.ModeEncode} {
		t.Run(mode, func(t *testing.T) {
			p := newHouse(t).start(func(c *Config) { c.Pauses, c.Mode = render.PausesSkip, mode })
			begun := p.clock.now()
			r := p.begin()
			p.speak(r, begun, 0, 2*time.Second)
			r.CloseGate()
			r.Mark(journal.EventPause, journal.WholeCall, p.clock.now())
			p.speak(r, begun, 2*time.Second, 4*time.Second)
			if err := r.OpenGate(t.Context(), granted(t, p.call.ID), proof("2")); err != nil {
				t.Fatalf("OpenGate: %v", err)
			}
			p.speak(r, begun, 4*time.Second, talkTime)
			r.Mark(journal.EventMute, journal.LegExpert, begun.Add(5*time.Second))
			r.Finish()
			entry := p.stored()
			rec := p.open(r.ID())
			m := rec.Manifest
			if len(m.Spans) != 2 || m.Spans[0].ClockMs != 0 || m.Spans[1].ClockMs != 4000 || !m.Report.Clean {
				t.Fatalf("manifest: got spans %+v, report %+v; want two from 0 and 4000 on, clean", m.Spans, m.Report)
			}
			cut := m.Spans[1].ClockMs - m.Spans[1].OpenMs
			if gap := m.Spans[1].OpenMs - m.Spans[0].CloseMs; gap < 0 || gap > 50 {
				t.Errorf("the gap is still %.1f ms long, want at most 50", gap)
			}
			if m.LengthMs != 6000-cut || entry.LengthMs != int64(m.LengthMs) || m.Report.ActualMs != m.LengthMs || m.Report.ExpectedMs != m.LengthMs {
				t.Errorf("length: got %.1f ms, entry %d, report %+v; want %.1f", m.LengthMs, entry.LengthMs, m.Report, 6000-cut)
			}
			want := []manifest.Event{{AtMs: 2000, ClockMs: 2000, Kind: "pause"}, {AtMs: 5000 - cut, ClockMs: 5000, Kind: "mute", Leg: "expert"}}
			if !slices.Equal(m.Events, want) {
				t.Errorf("events: got %+v, want %+v", m.Events, want)
			}
			d := p.peaks(r.ID())
			if got, want := d.Waveform.Length(), int(m.LengthMs/20+0.99); got != want {
				t.Errorf("peaks: got %d pixels, want %d", got, want)
			}
			for voice := range 2 {
				if got := loudness(d, voice, m.Spans[1].OpenMs/1000, m.LengthMs/1000-0.1); got < 2 {
					t.Errorf("peaks of voice %d: the second span is %.1f high, want it drawn", voice, got)
				}
			}
			for leg, got := range heard(t, rec) {
				if want := int(m.LengthMs * 48); len(got) != want {
					t.Fatalf("channel %d: got %d samples, want %d", leg, len(got), want)
				}
				at := time.Duration(m.Spans[1].OpenMs * float64(time.Millisecond))
				last := phrases().pcm[leg][4*48000:]
				if best, lag := likeness(t, last, got); best < 0.7 || (lag-at).Abs() > 20*time.Millisecond {
					t.Errorf("channel %d: got the second span with likeness %.3f at %v, want it at %v", leg, best, lag, at)
				}
			}
		})
	}
}

// TestTimeline: what happens while the time is left out happens at the end of
// the span before.
func TestTimeline(t *testing.T) {
	line := newTimeline(rendered{
		spans: []journalSpan{{open: 0, close: 1000}, {open: 50_000, close: 60_000}, {open: 60_500, close: 70_000}},
		result: render.Result{Spans: []render.Span{
			{}, {Clock: 2400, Open: 2400 - 1920}, {Clock: 2904, Open: 2904 - 1920},
		}},
	})
	for at, want := range map[int64]int64{0: 0, 900: 900, 1000: 1000, 30_000: 1000, 50_000: 10_000, 60_000: 20_000, 60_200: 20_200, 61_000: 21_000, 80_000: 40_000} {
		if got := line.place(at); got != want {
			t.Errorf("%d µs: got %d, want %d", at, got, want)
		}
	}
	if got := line.stretches([]stretch{{51_000, 59_000}}); !slices.Equal(got, []stretch{{11_000, 19_000}}) {
		t.Errorf("stretches: got %v", got)
	}
}
