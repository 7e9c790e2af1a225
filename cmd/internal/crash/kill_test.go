package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

const (
	// maxLoss is what a kill may cost.
	maxLoss = time.Second
	// roundTimeout bounds a round; the machine may be busy.
	roundTimeout = 90 * time.Second
)

// worst keeps the greatest loss of many calls.
type worst struct {
	mu    sync.Mutex // guards what follows
	loss  time.Duration
	calls int
}

func (w *worst) add(loss time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.loss, w.calls = max(w.loss, loss), w.calls+1
}

// TestKill kills a server with calls in every phase, again and again.
func TestKill(t *testing.T) {
	r := chance(t)
	kills := number(t, "PARLEY_KILLS", 10)
	w := &worst{}
	t.Run("kill", func(t *testing.T) {
		for i := range kills {
			plan := newPlan(r, i)
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				plan.run(t, w)
			})
		}
	})
	t.Logf("%d kills of %d recorded calls, the worst loss was %s", kills, w.calls, w.loss)
}

// plan is one round.
type plan struct {
	calls int
	// early kills count from the start of the calls, so that they meet the
	// ringing, the questions and the beginning of the recording; others count
	// from when all lights are on.
	early bool
	after time.Duration
}

func newPlan(r *rand.Rand, round int) plan {
	p := plan{calls: 1, early: round%5 == 4, after: between(r, 0, 4*time.Second)}
	if round%3 == 2 {
		p.calls = 2 + r.IntN(3)
	}
	if p.early {
		p.after = between(r, 0, 1500*time.Millisecond)
	}
	return p
}

func (p plan) run(t *testing.T, w *worst) {
	t.Logf("%d calls, early %v, kill after %s", p.calls, p.early, p.after)
	ctx, cancel := context.WithTimeout(t.Context(), roundTimeout)
	defer cancel()
	dir := t.TempDir()
	s := start(t, dir)
	calls := make([]*call, p.calls)
	for i := range calls {
		calls[i] = signIn(ctx, t, s, i)
	}
	killed := p.kill(ctx, t, s, calls)
	s = start(t, dir)
	byCall := s.settled(ctx, t)
	for _, c := range calls {
		if loss, heard := s.check(ctx, t, c, byCall[c.id()], killed); heard {
			w.add(loss)
		}
	}
	s.stop(t)
	noKeys(t, dir)
	proved(ctx, t, dir, byCall)
	said := reports(ctx, t, dir)
	for _, c := range calls {
		for _, e := range byCall[c.id()] {
			if e.State == "stored" && !says(said[e.ID], endedNote) {
				t.Errorf("report of %s: got %q, want a note that %s", e.ID, said[e.ID].Notes, endedNote)
			}
		}
	}
}

// kill makes the calls, kills the server at the planned moment, and lets the
// phones go.
func (p plan) kill(ctx context.Context, t *testing.T, s *server, calls []*call) (at time.Time) {
	t.Helper()
	failed := make([]error, len(calls))
	var work sync.WaitGroup
	for i, c := range calls {
		work.Go(func() { failed[i] = c.connect(ctx, i) })
	}
	if !p.early {
		work.Wait()
		for i, err := range failed {
			if err != nil {
				t.Fatalf("call %d: %v", i, err)
			}
		}
	}
	pass(p.after)
	at = s.kill(t)
	work.Wait() // a call that was being made ends with its sockets
	for _, c := range calls {
		c.close()
	}
	return at
}

// check holds what is left of a call against what was spoken until the server
// was killed or the call ended. It returns how much is missing at the end of
// the voice that lost more.
func (s *server) check(ctx context.Context, t *testing.T, c *call, entries []entry, end time.Time) (loss time.Duration, heard bool) {
	t.Helper()
	if !c.recorded() {
		if len(entries) > 1 {
			t.Errorf("call %s, whose light was not on yet: got %d recordings, want at most 1", c.id(), len(entries))
		}
		return 0, false
	}
	if len(entries) != 1 || entries[0].State != "stored" {
		t.Fatalf("call %s: got the recordings %+v, want one that is stored\n%s", c.id(), entries, s.said())
	}
	voices := s.play(ctx, t, entries[0].ID)
	for leg, talker := range c.talkers {
		loss = max(loss, missing(t, leg, talker.spoken(), voices[leg], end))
	}
	return loss, true
}

// standstill is how much later than due the speaker's own clock came round, at
// worst, in the time that a kill may cost.
func standstill(marks []mark, end time.Time) (worst time.Duration) {
	next := end
	for i := len(marks) - 1; i >= 0 && end.Sub(next) < maxLoss; i-- {
		worst = max(worst, next.Sub(marks[i].at)-markEvery)
		next = marks[i].at
	}
	return worst
}

// missing checks that what was spoken up to maxLoss before the end is in the
// voice, and returns how long before the end the last mark is that is there.
//
// One mark alone may be missing in the middle: on a busy machine a phone stalls
// and its next packets do not fit where they belong. A batch of the journal
// holds about five marks, so that whatever a crash can take is seen. A machine
// that stands still delays the phones and the server's clock alike; for as long
// as it did, the loss is not the server's.
func missing(t *testing.T, leg int, marks []mark, voice []int16, end time.Time) time.Duration {
	t.Helper()
	for len(marks) > 0 && marks[len(marks)-1].at.After(end) {
		marks = marks[:len(marks)-1]
	}
	if len(marks) == 0 {
		return 0 // ended before a word was said
	}
	heard := listen(t, leg, voice)
	offset, found := place(marks, heard)
	last, limit := lastOf(found), maxLoss+standstill(marks, end)
	run, lost := 0, []time.Duration{}
	for i, m := range marks {
		before := end.Sub(m.at)
		if found[i] || before < limit {
			run = 0
			continue
		}
		if run++; run > 1 || i > last {
			lost = append(lost, before)
		}
	}
	if len(lost) > 0 {
		t.Errorf("leg %d: what was spoken %s before the end is missing, want all up to %s before it\n%s",
			leg, lost, limit, picture(marks, offset, heard))
	}
	return end.Sub(marks[max(last, 0)].at)
}
