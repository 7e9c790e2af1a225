package pipeline

import (
	"context"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/storage/meta"
)

// slowEntry is metadata that takes its time to enter a recording.
type slowEntry struct {
	Metadata
	clock *clock
	takes time.Duration
}

func (s slowEntry) InsertRecording(ctx context.Context, r meta.Recording, envelopes map[string][]byte) error {
	s.clock.set(s.clock.now().Add(s.takes))
	return s.Metadata.InsertRecording(ctx, r, envelopes)
}

// TestStartedAtIsSampleZero: however long it takes until the gate can open, the
// stated start is the time of the first sample, in all three places alike.
func TestStartedAtIsSampleZero(t *testing.T) {
	h := newHouse(t)
	h.clock.set(h.clock.now().Add(123456789)) // finer than metadata keeps
	begun := wholeMicros(h.clock.now())
	p := h.start(func(c *Config) { c.Meta = slowEntry{h.meta, h.clock, 300 * time.Millisecond} })
	r := p.begin()
	header, err := readHeader(p.pipeline.path(r.ID(), journalSuffix))
	if err != nil {
		t.Fatal(err)
	}
	p.speak(r, begun, 300*time.Millisecond, talkTime)
	r.Finish()
	stored := p.stored()
	rec := p.open(r.ID())
	for where, got := range map[string]time.Time{"manifest": rec.Manifest.Started, "metadata": stored.StartedAt, "journal": header.Started} {
		if !got.Equal(begun) {
			t.Errorf("%s: started %s, want %s", where, got, begun)
		}
	}
	if got := rec.Manifest.Spans[0].OpenMs; got < 300 || got > 301 || !rec.Manifest.Report.Clean {
		t.Errorf("manifest: the gate opened at %v ms, report %+v; want 300 and clean", got, rec.Manifest.Report)
	}
	p.mustHear(rec, talkTime)
}

// TestFaultSurvivesAKill: why nothing was saved any more is told by the next
// process as well.
func TestFaultSurvivesAKill(t *testing.T) {
	h := newHouse(t)
	p := h.start()
	begun := p.clock.now()
	r := p.begin()
	p.speak(r, begun, 0, 3*time.Second)
	path := p.pipeline.path(r.ID(), faultSuffix)
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	r.saved.Store(2500 * 1000)
	r.Lost(&os.PathError{Op: "write", Err: syscall.ENOSPC})
	p.eventually("the fault is on disk", func() bool { note, err := readFault(path); return err == nil && note != "" })
	if after, err := os.Stat(path); err != nil || after.Size() != before.Size() {
		t.Errorf("fault file: got %v, %v, want the %d bytes it had", after.Size(), err, before.Size())
	}
	p.kill()
	q := recovered(t, h)
	const want = "nothing was saved from 0:02 on: the disk was full"
	if got := q.stored(); !strings.Contains(got.Report, want) || !strings.Contains(got.Report, `"clean":false`) {
		t.Errorf("report: got %s, want %q in it", got.Report, want)
	}
}
