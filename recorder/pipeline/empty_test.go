package pipeline

import (
	"testing"
)

// TestKilledBeforeTheFirstFlush: a journal without a batch holds no audio, and no
// opening of a gate that would have to be proved.
func TestKilledBeforeTheFirstFlush(t *testing.T) {
	h := newHouse(t)
	p := h.start()
	p.stopNode() // so that nothing is flushed any more
	r := p.begin()
	p.kill()
	p = recovered(t, h)
	got := p.stored()
	m := h.open(r.ID()).Manifest
	if len(m.Spans) != 0 || m.Layout.TotalSamples != 0 || got.LengthMs != 0 {
		t.Errorf("manifest: got %d spans and %d samples, entry %d ms, want nothing of each", len(m.Spans), m.Layout.TotalSamples, got.LengthMs)
	}
}
