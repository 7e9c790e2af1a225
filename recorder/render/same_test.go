package render

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// TestSameBytes holds that the voices depend on what arrived when, and on
// nothing else: not on how often and where the render is told to go on, in any
// mode, whatever befell the packets.
func TestSameBytes(t *testing.T) {
	rows := map[string]func() call{
		"paused":               paused,
		"paused, left out":     func() call { c := paused(); c.pauses = PausesSkip; return c },
		"a browser with DTX":   func() call { return callOf(openTrace(t, "b_dtx")) },
		"a browser under loss": func() call { return callOf(openTrace(t, "c2_red_loss")) },
		"a browser with FEC":   func() call { return callOf(openTrace(t, "d_fec_loss")) },
		"two voices unalike": func() call {
			return newCall(11*time.Second, talking(1, 10*time.Second, -40, true), talking(2, 10*time.Second, -12, true))
		},
	}
	for name, made := range rows {
		for _, mode := range []string{ModeCopy, ModeAuto, ModeEncode} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				mustNotDependOnSteps(t, made(), mode, 2)
			})
		}
	}
	for _, r := range append(impairments, hostile...) {
		for _, mode := range []string{ModeCopy, ModeEncode} {
			t.Run(r.name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				member := r.scene()
				c := newCall(member[len(member)-1].spoken+3*time.Second, member, nil)
				c.reports[0] = member.reports()
				mustNotDependOnSteps(t, c, mode, 1)
			})
		}
	}
}

// mustNotDependOnSteps renders a call in one go, and in steps at random as
// often as is asked.
func mustNotDependOnSteps(t *testing.T, c call, mode string, often uint64) {
	t.Helper()
	want, wantErr := c.renderAs(t, mode, time.Hour, quick)
	for seed := range often {
		got, err := c.renderIn(t, mode, atRandom(seed), quick)
		mustEqual(t, want, got, wantErr, err)
	}
}

// atRandom are steps from none to two seconds.
func atRandom(seed uint64) func() time.Duration {
	r := rand.New(rand.NewPCG(seed, 99))
	return func() time.Duration {
		most := []time.Duration{time.Millisecond, 100 * time.Millisecond, 2 * time.Second}[r.IntN(3)]
		return time.Duration(r.Int64N(int64(most)))
	}
}

// mustEqual compares two renders of one call, or why they could not be made.
func mustEqual(t *testing.T, want, got *output, wantErr, err error) {
	t.Helper()
	if wantErr != nil || err != nil {
		var a, b *NotCopyableError
		if !errors.As(wantErr, &a) || !errors.As(err, &b) || a.Why != b.Why {
			t.Fatalf("got %v, want %v", err, wantErr)
		}
		return
	}
	for leg := range got.files {
		if !bytes.Equal(got.files[leg].Bytes(), want.files[leg].Bytes()) {
			t.Errorf("voice %d: the bytes differ", leg)
		}
	}
	if !reflect.DeepEqual(got.result, want.result) {
		t.Errorf("results:\ngot  %+v\nwant %+v", got.result.Voices, want.result.Voices)
	}
}
