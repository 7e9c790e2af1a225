package pipeline

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"parley/storage/blob"
	"parley/storage/id"
)

const (
	// uploadsAtOnce bounds the recordings that are uploaded at once.
	uploadsAtOnce = 8
	// uploadAlarm is for how long the store must have failed for an alarm.
	uploadAlarm = 5 * time.Minute
)

// turns let recordings go to the object store, the oldest first. While the store
// fails, one at a time asks it, ever more rarely; when it is back, all that wait
// go on in their order. Its zero value is ready.
type turns struct {
	mu       sync.Mutex // guards what follows
	active   int
	waiting  map[id.RecordingID]chan struct{} // closed when it may go
	failures int                              // in a row
	failing  time.Time                        // since when; zero: it does not
	told     bool
}

// enter waits for a recording's turn, until ctx ends.
func (t *turns) enter(ctx context.Context, rec id.RecordingID) error {
	t.mu.Lock()
	granted := t.queueLocked(rec)
	t.grantLocked()
	t.mu.Unlock()
	return t.wait(ctx, rec, granted)
}

// again gives a turn back and waits for another one.
func (t *turns) again(ctx context.Context, rec id.RecordingID) error {
	t.mu.Lock()
	t.active--
	granted := t.queueLocked(rec)
	t.grantLocked()
	t.mu.Unlock()
	return t.wait(ctx, rec, granted)
}

// leave gives a turn back.
func (t *turns) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.active--
	t.grantLocked()
}

func (t *turns) wait(ctx context.Context, rec id.RecordingID, granted chan struct{}) error {
	select {
	case <-granted:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, waits := t.waiting[rec]; waits {
		delete(t.waiting, rec)
	} else { // it came at the same moment
		t.active--
		t.grantLocked()
	}
	return ctx.Err()
}

func (t *turns) queueLocked(rec id.RecordingID) chan struct{} {
	if t.waiting == nil {
		t.waiting = map[id.RecordingID]chan struct{}{}
	}
	granted := make(chan struct{})
	t.waiting[rec] = granted
	return granted
}

// grantLocked lets the oldest go for whom there is room. Ids sort by time.
func (t *turns) grantLocked() {
	room := uploadsAtOnce
	if t.failures > 0 {
		room = 1
	}
	for t.active < room && len(t.waiting) > 0 {
		var oldest id.RecordingID
		for rec := range t.waiting {
			if oldest == "" || rec < oldest {
				oldest = rec
			}
		}
		close(t.waiting[oldest])
		delete(t.waiting, oldest)
		t.active++
	}
}

// worked notes that the store does its work.
func (t *turns) worked() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failures, t.failing, t.told = 0, time.Time{}, false
}

// failed notes that it does not, and returns how long to leave it alone, and
// whether it is time for an alarm.
func (t *turns) failed(now time.Time) (pause time.Duration, alarm bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	pause = min(firstRetry<<min(t.failures, 20), lastRetry)
	t.failures++
	return pause, t.alarmLocked(now)
}

// refused notes that the store takes none of one recording, which leaves the turn
// to others, and returns whether it is time for an alarm.
func (t *turns) refused(now time.Time) (alarm bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.alarmLocked(now)
}

func (t *turns) alarmLocked(now time.Time) bool {
	if t.failing.IsZero() {
		t.failing = now
	}
	alarm := !t.told && now.Sub(t.failing) >= uploadAlarm
	t.told = t.told || alarm
	return alarm
}

// storeFault tells whether it is the store that failed, and not something about
// one recording.
func storeFault(err error) bool {
	var e *blob.Error
	return errors.As(err, &e)
}

// uploadInTurn uploads when it is this recording's turn, for as often as the store
// fails. What the store refuses for good is an error: the caller may try again,
// behind the others.
func (j *job) uploadInTurn() error {
	t, ctx := &j.p.turns, j.p.ctx
	if err := t.enter(ctx, j.rec.ID); err != nil {
		return err
	}
	for {
		err := j.upload()
		if err == nil {
			t.worked()
		}
		if err == nil || !storeFault(err) || ctx.Err() != nil {
			t.leave()
			return err
		}
		if !blob.IsTransient(err) {
			j.alarm(t.refused(j.p.cfg.Now()))
			t.leave() // to those behind, which it may well take
			return err
		}
		pause, alarm := t.failed(j.p.cfg.Now())
		j.p.cfg.Log.Error().Err(err).Str("recording_id", string(j.rec.ID)).Dur("retry_in", pause).Msg("recording not finished yet: the object store fails")
		j.alarm(alarm)
		if err := rest(ctx, pause); err != nil {
			t.leave()
			return err
		}
		if err := t.again(ctx, j.rec.ID); err != nil {
			return err
		}
	}
}

func (j *job) alarm(due bool) {
	if due && j.p.cfg.OnUploadsWait != nil {
		j.p.cfg.OnUploadsWait()
	}
}

// rest waits for a random part of a pause, half at least.
func rest(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause/2 + rand.N(pause/2))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
