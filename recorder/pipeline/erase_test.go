package pipeline

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// mustBeErased holds that nothing is left of a recording but the word that it
// was erased.
func mustBeErased(t *testing.T, p *process, rec id.RecordingID) {
	t.Helper()
	p.eventually("the recording to be erased", func() bool {
		r, err := p.meta.Recording(t.Context(), rec)
		return err == nil && r.State == meta.StateDiscarded && strings.Contains(r.Report, "consent") && len(p.local()) == 0
	})
	for _, part := range id.Parts() {
		if _, err := p.meta.Envelope(t.Context(), rec, part); !errors.Is(err, meta.ErrNotExist) {
			t.Errorf("the %s key: got %v, want it destroyed", part, err)
		}
	}
	if got := p.keys(); len(got) != 0 {
		t.Errorf("objects: got %q, want none", got)
	}
}

func (p *process) beginAndSpeak() *Recording {
	p.t.Helper()
	begun := p.clock.now()
	r := p.begin()
	p.speak(r, begun, 0, 2*time.Second)
	r.CloseGate()
	if err := r.EraseUnlessKept(); err != nil {
		p.t.Fatal(err)
	}
	return r
}

func TestErasedUnlessKept(t *testing.T) {
	p := newHouse(t).start()
	r := p.beginAndSpeak()
	r.Finish()
	mustBeErased(t, p, r.ID())
}

func TestKeptAfterAll(t *testing.T) {
	p := newHouse(t).start()
	r := p.beginAndSpeak()
	if err := r.Keep(); err != nil {
		t.Fatal(err)
	}
	r.Finish()
	if got := p.stored(); got.ID != r.ID() || got.State != meta.StateStored {
		t.Errorf("got %+v, want it stored", got)
	}
}

// TestAKillBeforeTheChoiceErases: nobody said that it is to be kept.
func TestAKillBeforeTheChoiceErases(t *testing.T) {
	h := newHouse(t)
	first := h.start()
	r := first.beginAndSpeak()
	first.kill()
	second := h.start()
	if n, err := second.pipeline.Recover(); err != nil || n != 1 {
		t.Fatalf("Recover: got %d and %v, want one journal", n, err)
	}
	mustBeErased(t, second, r.ID())
}
