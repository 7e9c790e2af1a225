package pipeline

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/recorder/manifest"
	"parley/storage/id"
	"parley/storage/meta"
)

// reopen goes on with a recording in a new process, some time after the former one
// ended.
func (h *house) reopen(r id.RecordingID, after time.Duration) (*process, *Recording, string) {
	h.t.Helper()
	if err := os.Chtimes(h.path(r, journalSuffix), h.clock.now(), h.clock.now()); err != nil {
		h.t.Fatal(err)
	}
	h.clock.set(h.clock.now().Add(after))
	p := h.start()
	again, shut, err := p.pipeline.Reopen(h.t.Context(), r, Start{Call: h.call, OnStatus: func(bool) {}})
	if err != nil {
		h.t.Fatalf("Reopen: %v", err)
	}
	if n, err := p.pipeline.Recover(); n != 0 || err != nil {
		h.t.Fatalf("Recover: got %d, %v, want it to leave what was taken up alone", n, err)
	}
	return p, again, shut
}

func (h *house) path(r id.RecordingID, suffix string) string {
	return h.dir + "/" + string(r) + "." + suffix
}

func (p *process) openGate(r *Recording, n string) {
	p.t.Helper()
	if err := r.OpenGate(p.t.Context(), granted(p.t, p.call.ID), proof(n)); err != nil {
		p.t.Fatalf("OpenGate: %v", err)
	}
}

// mustHearPart checks that a stretch of both phrases is where it was spoken.
func (h *house) mustHearPart(got [2][]int16, from, to time.Duration) {
	h.t.Helper()
	a, b := int(from.Seconds()*48000), int(to.Seconds()*48000)
	for leg, pcm := range got {
		best, lag := likeness(h.t, phrases().pcm[leg][a:b], pcm[a:min(b, len(pcm))])
		if best < 0.8 || lag.Abs() > 20*time.Millisecond {
			h.t.Errorf("channel %d, %s to %s: got likeness %.3f at %v, want 0.8 and more within 20 ms", leg, from, to, best, lag)
		}
	}
}

func mustBeSilent(t *testing.T, got [2][]int16, from, to time.Duration) {
	t.Helper()
	for leg, pcm := range got {
		loud := slices.ContainsFunc(pcm[int(from.Seconds()*48000):int(to.Seconds()*48000)], func(s int16) bool { return s > 200 || s < -200 })
		if loud {
			t.Errorf("channel %d, %s to %s: got sound, want silence", leg, from, to)
		}
	}
}

func restarts(m manifest.Manifest) (at []float64) {
	for _, e := range m.Events {
		if e.Kind == "restart" {
			at = append(at, e.AtMs)
		}
	}
	return at
}

// TestGoesOnInAnotherProcess: both parts of a recording are at their places on one
// clock, and the gap is marked, however the process ended and however often.
func TestGoesOnInAnotherProcess(t *testing.T) {
	for name, end := range map[string]func(p *process, r *Recording){
		"killed": func(p *process, _ *Recording) { p.kill() },
		"killed in the midst of writing": func(p *process, r *Recording) {
			p.kill()
			f, err := os.OpenFile(p.journalOf(r), os.O_WRONLY|os.O_APPEND, 0)
			if err == nil {
				_, err = f.WriteString("PJF1\x01\x63\x00\x00\x00\x00\x00\x00\x00\xff\x00\x00\x00torn")
			}
			if err := errors.Join(err, f.Close()); err != nil {
				p.t.Fatal(err)
			}
		},
		"stopped": func(p *process, r *Recording) {
			r.Suspend()
			p.eventually("the journal is let go", func() bool { return p.node.Stats().Open == 0 })
			p.kill()
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			p := h.start()
			begun := p.clock.now()
			r := p.begin()
			p.speak(r, begun, 0, 2*time.Second)
			end(p, r)
			p, r, shut := h.reopen(r.ID(), time.Second)
			if want := map[bool]string{true: proof("1").Entry}[name == "stopped"]; shut != want {
				t.Errorf("the gate that was shut again: got %q, want %q", shut, want)
			}
			p.openGate(r, "2")
			p.speak(r, begun, 3*time.Second, 4*time.Second)
			p.kill()
			p, r, _ = h.reopen(r.ID(), 500*time.Millisecond)
			p.openGate(r, "3")
			p.speak(r, begun, 4500*time.Millisecond, talkTime)
			r.Finish()
			stored := p.stored()
			rec := h.open(r.ID())
			m := rec.Manifest
			if n := len(m.Spans); n != 3 || m.Spans[1].OpenMs != 3000 || m.Spans[2].OpenMs != 4500 || m.LengthMs != 6000 {
				t.Errorf("manifest: got the spans %+v of %v ms, want three from 0, 3000 and 4500 ms to 6000", m.Spans, m.LengthMs)
			}
			if m.Spans[0].CloseMs > 2000 || m.Spans[1].CloseMs > 4000 || m.Report.Clean {
				t.Errorf("manifest: got the spans %+v, clean %v; want none over its process", m.Spans, m.Report.Clean)
			}
			if got := restarts(m); len(got) != 2 || got[0] != 3000 || got[1] != 4500 {
				t.Errorf("events: got restarts at %v, want 3000 and 4500 ms", got)
			}
			if n := strings.Count(stored.Report, "the process ended during the call; the recording goes on at 0:0"); n != 2 {
				t.Errorf("report: got %s, want it to tell of two restarts", stored.Report)
			}
			if torn := strings.Contains(stored.Report, "the process ended while the last batch was being written"); torn != strings.Contains(name, "writing") {
				t.Errorf("report: got %s, want it to name what was cut off: %v", stored.Report, !torn)
			}
			got := heard(t, rec)
			h.mustHearPart(got, 0, 1900*time.Millisecond)
			mustBeSilent(t, got, 2200*time.Millisecond, 2900*time.Millisecond)
			h.mustHearPart(got, 3*time.Second, 3900*time.Millisecond)
			mustBeSilent(t, got, 4200*time.Millisecond, 4400*time.Millisecond)
			h.mustHearPart(got, 4500*time.Millisecond, talkTime)
			h.mustBeSealed(phrases().packets[0][10], phrases().packets[1][280])
		})
	}
}

// TestNobodyGoesOn: a recording that was taken up and never went on holds what it
// held, and the erasure that was asked for is carried out.
func TestNobodyGoesOn(t *testing.T) {
	h, r := killedCall(t)
	p, r, _ := h.reopen(r.ID(), time.Second)
	r.Finish()
	p.stored()
	rec := h.open(r.ID())
	if m := rec.Manifest; len(m.Spans) != 1 || m.LengthMs != 5980 || m.Report.Clean {
		t.Errorf("manifest: got %+v, want one span to the last packet at 5980 ms, not clean", m)
	}
	h.mustHear(rec, talkTime-time.Second)

	h = newHouse(t)
	p = h.start()
	begun := p.clock.now()
	r = p.begin()
	p.speak(r, begun, 0, talkTime)
	if err := r.EraseUnlessKept(); err != nil {
		t.Fatal(err)
	}
	p.kill()
	p, r, _ = h.reopen(r.ID(), time.Second)
	r.Finish()
	p.eventually("the recording is erased", func() bool { return h.entry(r.ID()).State == meta.StateErased || len(p.local()) == 0 })
}

// TestCannotGoOn: what is finished, of another call, harmed, or on a clock that ran
// back is not gone on with.
func TestCannotGoOn(t *testing.T) {
	for name, harm := range map[string]func(h *house, r *Recording, s *Start){
		"finished":           func(h *house, r *Recording, _ *Start) { h.move(r, meta.StateDiscarded) },
		"another call's":     func(h *house, _ *Recording, s *Start) { s.Call.ID = id.NewCall(h.clock.now()) },
		"no journal":         func(h *house, r *Recording, _ *Start) { _ = os.Remove(h.journalOf(r)) },
		"the clock set back": func(h *house, _ *Recording, _ *Start) { h.clock.set(h.clock.now().Add(-time.Minute)) },
		"a journal that could not be written": func(h *house, r *Recording, _ *Start) {
			if err := writeFault(h.path(r.ID(), faultSuffix), "nothing was saved"); err != nil {
				h.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, r := killedCall(t)
			if err := os.Chtimes(h.journalOf(r), h.clock.now(), h.clock.now()); err != nil {
				t.Fatal(err)
			}
			s := Start{Call: h.call, OnStatus: func(bool) {}}
			harm(h, r, &s)
			p := h.start()
			if _, _, err := p.pipeline.Reopen(t.Context(), r.ID(), s); !errors.Is(err, ErrCannotGoOn) {
				t.Errorf("got %v, want %v", err, ErrCannotGoOn)
			}
		})
	}
}
