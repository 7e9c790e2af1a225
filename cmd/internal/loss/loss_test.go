package loss

import (
	"fmt"
	"testing"
	"time"

	"parley/media/vnettest"
)

// depth is the jitter buffer of the listener: what comes later than so long
// after the fastest packet is not heard. Browsers hold 40 to 120 ms where little
// is lost, and more where much is.
const depth = 120 * time.Millisecond

var (
	chromiumPair = [2]bool{true, true}
	mixedPair    = [2]bool{true, false} // the expert has no redundant audio
)

func conditions(loss float64) vnettest.Conditions {
	return vnettest.Conditions{Loss: loss, Delay: 20 * time.Millisecond, Seed: 7}
}

// TestCallsUnderLoss: what a listener has to guess at stays small, and the
// recording lacks less than a third of that, for it can wait.
func TestCallsUnderLoss(t *testing.T) {
	for _, pair := range []struct {
		name    string
		withRED [2]bool
	}{{"both with RED", chromiumPair}, {"one without RED", mixedPair}} {
		for _, loss := range []float64{0, 0.05, 0.10, 0.20} {
			t.Run(fmt.Sprintf("%s, %.0f %%", pair.name, 100*loss), func(t *testing.T) {
				voices, lost := hold(t, conditions(loss), pair.withRED)
				if lost < 0.8*loss || lost > 1.2*loss {
					t.Errorf("the network lost %.3f of all datagrams, want %.2f", lost, loss)
				}
				// Both together: the packets of one are too few for a share that varies little.
				guessed := (voices[0].listener(depth) + voices[1].listener(depth)).Seconds() / 2 / (talk - settle).Seconds()
				if loss <= 0.10 && guessed > 0.02 {
					t.Errorf("the listeners guessed at %.2f %%, want at most 2 %%", 100*guessed)
				}
				for leg, v := range voices {
					v.judge(t, leg, loss)
					if both := pair.withRED == chromiumPair; (v.redundant > 0) != both {
						t.Errorf("leg %d: the listener got %d packets of redundant audio, want some: %v", leg, v.redundant, both)
					}
				}
			})
		}
	}
}

// judge holds one voice against what is promised for a share of loss.
func (v outcome) judge(t *testing.T, leg int, loss float64) {
	t.Helper()
	live := v.listener(depth)
	share := live.Seconds() / (talk - settle).Seconds()
	recorded := time.Duration(v.recorded.ConcealedMs * float64(time.Millisecond))
	t.Logf("leg %d: the listener guessed at %v (%.2f %%), the recording at %v; %.0f ms came late, %.0f ms as copies",
		leg, live, 100*share, recorded, v.recorded.LateMs, v.recorded.RecoveredMs)
	if loss == 0 && (live != 0 || recorded != 0) {
		t.Errorf("leg %d: the listener guessed at %v and the recording at %v, want nothing: no packet was lost", leg, live, recorded)
	}
	if loss == 0.20 && (live == 0 || recorded >= live/3) {
		t.Errorf("leg %d: the recording guessed at %v, want less than a third of the listener's %v", leg, recorded, live)
	}
	if loss > 0 && v.recorded.LateMs+v.recorded.RecoveredMs == 0 {
		t.Errorf("leg %d: nothing came late or as a copy, want what was lost", leg)
	}
}
