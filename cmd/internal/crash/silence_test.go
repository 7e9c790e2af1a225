package crash

import (
	"context"
	"testing"
	"time"

	"parley/signaling/wire"
)

// TestVoiceGone: when the expert's packets stop, the member's light says within
// 5 s that something is wrong, and the report names the voice and the time.
func TestVoiceGone(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), roundTimeout)
	defer cancel()
	dir := t.TempDir()
	s := start(t, dir)
	c := connectAll(ctx, t, s, 1)[0]
	hearEachOther(ctx, t, c)

	c.talkers[1].stop()
	gone := time.Now()
	must(t, c.phones[1].Close())
	must(t, lit(ctx, c.phones[0], wire.RecordingProblem))
	if got := time.Since(gone); got > 5500*time.Millisecond {
		t.Errorf("from the last packet until the member is told: got %s, want about 5 s", got)
	}
	must(t, c.hangUp(ctx))
	left := s.settled(ctx, t)[c.id()]
	if len(left) != 1 || left[0].State != "stored" || left[0].Clean {
		t.Fatalf("recordings: got %+v, want one that is stored and not clean\n%s", left, s.said())
	}
	s.stop(t)
	if got := reports(ctx, t, dir)[left[0].ID]; !says(got, "no audio of the expert for ") {
		t.Errorf("report: got %q, want a note on the expert's silence", got.Notes)
	}
}
