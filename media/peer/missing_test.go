package peer

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// step is a packet that arrives, and what is then asked for.
type step struct {
	seq  uint16
	ms   int
	want []uint16
}

func TestMissing(t *testing.T) {
	for name, steps := range map[string][]step{
		"nothing lost":                  {{10, 0, nil}, {11, 20, nil}, {12, 40, nil}},
		"asked for at once":             {{10, 0, nil}, {12, 40, []uint16{11}}},
		"and again until it comes":      {{10, 0, nil}, {12, 40, []uint16{11}}, {13, 60, nil}, {14, 90, []uint16{11}}, {11, 100, nil}, {15, 200, nil}},
		"several at once":               {{10, 0, nil}, {13, 60, []uint16{11, 12}}, {12, 70, nil}, {14, 120, []uint16{11}}},
		"numbers wrap":                  {{65534, 0, nil}, {1, 60, []uint16{65535, 0}}},
		"a source that counts anew":     {{10, 0, nil}, {40000, 20, nil}, {40002, 60, []uint16{40001}}},
		"one that began long before":    {{1000, 0, nil}, {5, 20, nil}, {7, 60, []uint16{6}}},
		"a packet twice, or before all": {{10, 0, nil}, {10, 5, nil}, {9, 10, nil}, {11, 20, nil}},
	} {
		var m missing
		start := time.Now()
		for i, s := range steps {
			now := start.Add(time.Duration(s.ms) * time.Millisecond)
			m.arrived(s.seq, now)
			if got := m.due(now, nil); !slices.Equal(got, s.want) {
				t.Errorf("%s, packet %d: asks for %v, want %v", name, i, got, s.want)
			}
		}
	}
}

// TestMissingIsBounded: whatever comes, a packet is asked for ten times at most,
// none that is there, and the list stays short. A source that counts anew is
// followed from nothing: what came before says nothing of it.
func TestMissingIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m missing
		now, seq := time.Now(), rapid.Uint16().Draw(t, "first")
		asked, came := map[uint16]int{}, map[uint16]bool{}
		for range rapid.IntRange(1, 400).Draw(t, "packets") {
			seq += uint16(rapid.IntRange(-5, 9).Draw(t, "step"))
			now = now.Add(time.Duration(rapid.IntRange(0, 80).Draw(t, "ms")) * time.Millisecond)
			if behind := int(int16(m.newest - seq)); m.started && behind > askWindow {
				clear(asked)
				clear(came)
			}
			m.arrived(seq, now)
			came[seq] = true
			for _, n := range m.due(now, nil) {
				if asked[n]++; asked[n] > askLimit || came[n] {
					t.Fatalf("packet %d: asked for %d times, it came: %v", n, asked[n], came[n])
				}
			}
			if len(m.gaps) > askWindow {
				t.Fatalf("%d gaps are followed, want at most %d", len(m.gaps), askWindow)
			}
		}
	})
}

func TestMissingAllocatesNothing(t *testing.T) {
	var m missing
	var numbers []uint16
	now, seq := time.Now(), uint16(0)
	lossy := func() {
		for range 100 {
			seq += 2
			now = now.Add(20 * time.Millisecond)
			m.arrived(seq, now)
			numbers = m.due(now, numbers[:0])
		}
	}
	lossy()
	if got := testing.AllocsPerRun(20, lossy); got != 0 {
		t.Errorf("got %v allocations in 100 packets, want 0", got)
	}
}
