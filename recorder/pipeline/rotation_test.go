package pipeline

import (
	"path/filepath"
	"testing"
	"time"

	"parley/storage/envelope"
	"parley/storage/rotation"
)

// TestMasterKeyChangedWhileAJournalWaits: the journal's own envelopes are for a
// key that is gone, and those in metadata were sealed anew.
func TestMasterKeyChangedWhileAJournalWaits(t *testing.T) {
	h := newHouse(t)
	p := h.start(func(c *Config) { c.Opener = nil })
	r := p.begin()
	p.speak(r, p.clock.now(), 0, time.Second)
	r.behind.Store(true)
	r.Finish()
	p.kill()

	path := filepath.Join(t.TempDir(), "newer.key")
	newer, err := envelope.OpenMasterFile(path)
	if err != nil {
		t.Fatal(err)
	}
	both, err := envelope.NewMaster(newer.Recipients(), envelope.MasterKeys(h.master.Keys()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rotation.Run(t.Context(), h.meta, both, nil); err != nil {
		t.Fatal(err)
	}
	h.master = newer
	q := h.start()
	if n, err := q.pipeline.Recover(); n != 1 || err != nil {
		t.Fatalf("Recover: got %d, %v, want 1", n, err)
	}
	if got := q.stored(); got.ID != r.ID() {
		t.Errorf("ready: got %s, want %s", got.ID, r.ID())
	}
	q.open(r.ID())
}
