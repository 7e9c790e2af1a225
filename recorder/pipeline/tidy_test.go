package pipeline

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"parley/storage/id"
	"parley/storage/meta"
)

// TestErasedOnAnotherNode: the journal of a damaged recording lies in this node's
// folder while another one erases a voice; it goes, also from a node that runs.
func TestErasedOnAnotherNode(t *testing.T) {
	h, r := killedCall(t)
	rec := h.entry(r.ID())
	rec.State = meta.StateDamaged
	if err := h.meta.UpdateRecording(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	aside := h.journalOf(r) + damagedSuffix
	if err := os.Rename(h.journalOf(r), aside); err != nil {
		t.Fatal(err)
	}
	p := h.start()
	if err := p.pipeline.RemoveErased(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(aside); err != nil {
		t.Fatalf("the journal of what was not erased: got %v, want it there", err)
	}
	if err := h.meta.DestroyEnvelope(t.Context(), r.ID(), id.PartMember, h.clock.now()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.pipeline.Tidy(ctx) }()
	p.eventually("the journal to go", func() bool {
		_, err := os.Stat(aside)
		return errors.Is(err, os.ErrNotExist)
	})
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Tidy: got %v", err)
	}
}

// TestAJournalOfWhatWasErased is not finished after a start: by metadata, or by the
// list of erasures where a database was put back.
func TestAJournalOfWhatWasErased(t *testing.T) {
	for name, erase := range map[string]func(h *house, r *Recording) func(*Config){
		"by metadata": func(h *house, r *Recording) func(*Config) {
			if err := h.meta.DestroyEnvelope(t.Context(), r.ID(), id.PartExpert, h.clock.now()); err != nil {
				t.Fatal(err)
			}
			return func(*Config) {}
		},
		"by the list": func(_ *house, r *Recording) func(*Config) {
			return func(c *Config) {
				c.Erased = func(_ context.Context, rec id.RecordingID) (bool, error) { return rec == r.ID(), nil }
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, r := killedCall(t)
			p := h.start(erase(h, r))
			if n, err := p.pipeline.Recover(); n != 1 || err != nil {
				t.Fatalf("Recover: got %d and %v, want one journal", n, err)
			}
			p.eventually("everything local to go", func() bool { return len(p.local()) == 0 })
			if got := h.entry(r.ID()); got.State != meta.StateDiscarded || !strings.Contains(got.Report, "erased") {
				t.Errorf("entry: got %s and %s, want it discarded as erased", got.State, got.Report)
			}
			if got := h.keys(); len(got) != 0 {
				t.Errorf("objects: got %q, want none published", got)
			}
		})
	}
}

// TestAListThatCannotBeRead lets a journal wait: nothing is published that may have
// been erased.
func TestAListThatCannotBeRead(t *testing.T) {
	h, r := killedCall(t)
	p := h.start(func(c *Config) {
		c.Erased = func(context.Context, id.RecordingID) (bool, error) { return false, errors.New("away") }
	})
	if n, err := p.pipeline.Recover(); n != 1 || err != nil {
		t.Fatalf("Recover: got %d and %v, want one journal", n, err)
	}
	p.eventually("it to wait", func() bool { return strings.Contains(p.log.String(), "not finished yet") })
	if got := h.entry(r.ID()); got.State != meta.StateCapturing || len(p.local()) == 0 {
		t.Errorf("got %s with %d files, want it untouched", got.State, len(p.local()))
	}
}
