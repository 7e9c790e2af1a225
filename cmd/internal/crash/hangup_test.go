package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// TestKillAfterHangUp kills a server while it renders, uploads, verifies and
// clears up: many calls end at once, and the kill comes within 300 ms. Each
// call must have exactly one recording that holds all of it.
func TestKillAfterHangUp(t *testing.T) {
	r := chance(t)
	for i := range number(t, "PARLEY_HANGUP_KILLS", 4) {
		after, again := between(r, 0, 300*time.Millisecond), r.Int64N(3)
		if i == 0 {
			again = 2
		}
		t.Run(fmt.Sprint(i), func(t *testing.T) { killAfterHangUp(t, r, after, int(again)) })
	}
}

const hangUpCalls = 6

// killAfterHangUp kills the server after the hang-up, and then as many times
// again while it finishes what was left.
func killAfterHangUp(t *testing.T, r *rand.Rand, after time.Duration, again int) {
	t.Logf("kill %s after the hang-up", after)
	ctx, cancel := context.WithTimeout(t.Context(), roundTimeout)
	defer cancel()
	dir := t.TempDir()
	s := start(t, dir)
	calls := connectAll(ctx, t, s, hangUpCalls)
	pass(between(r, 300*time.Millisecond, 1200*time.Millisecond))
	hangUpAll(ctx, t, calls)
	pass(after)
	killed := s.kill(t)
	t.Logf("%d of %d journals were left", len(journals(t, dir)), hangUpCalls)
	for range again {
		killRecovery(t, r, dir)
	}
	s = start(t, dir)
	byCall := s.settled(ctx, t)
	for _, c := range calls {
		s.check(ctx, t, c, byCall[c.id()], killed)
	}
	s.stop(t)
	noKeys(t, dir)
}

// killRecovery starts a server that finds work and kills it at that.
func killRecovery(t *testing.T, r *rand.Rand, dir string) {
	t.Helper()
	before := len(journals(t, dir))
	s := start(t, dir)
	after := between(r, 0, 150*time.Millisecond)
	pass(after)
	s.kill(t)
	t.Logf("killed %s after the start: %d journals before, %d after", after, before, len(journals(t, dir)))
}

// connectAll makes calls at once and waits until all lights are on.
func connectAll(ctx context.Context, t *testing.T, s *server, n int) []*call {
	t.Helper()
	calls, failed := make([]*call, n), make([]error, n)
	for i := range calls {
		calls[i] = signIn(ctx, t, s, i)
	}
	var work sync.WaitGroup
	for i, c := range calls {
		work.Go(func() { failed[i] = c.connect(ctx, i) })
	}
	work.Wait()
	for i, err := range failed {
		if err != nil {
			t.Fatalf("call %d: %v\n%s", i, err, s.said())
		}
	}
	return calls
}

// hangUpAll ends all calls at once.
func hangUpAll(ctx context.Context, t *testing.T, calls []*call) {
	t.Helper()
	failed := make([]error, len(calls))
	for _, c := range calls {
		c.hush()
	}
	var work sync.WaitGroup
	for i, c := range calls {
		work.Go(func() { failed[i] = c.hangUp(ctx) })
	}
	work.Wait()
	for i, err := range failed {
		if err != nil {
			t.Fatalf("hang up call %d: %v", i, err)
		}
	}
}
