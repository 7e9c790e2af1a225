package pipeline

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/storage/blob"
	"parley/storage/id"
	"parley/storage/meta"
)

// outage is a store that is away until it is back.
type outage struct {
	blob.Store
	mu   sync.Mutex
	away bool
	put  []id.RecordingID // whose objects were stored, in order, each once
}

func (o *outage) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	rec := id.RecordingID(strings.Split(key, "/")[1])
	o.mu.Lock()
	away := o.away
	if !away && !slices.Contains(o.put, rec) {
		o.put = append(o.put, rec)
	}
	o.mu.Unlock()
	if away {
		return errAway
	}
	return o.Store.Put(ctx, key, r, size)
}

func (o *outage) back() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.away = false
}

// TestAnOutageDuringCalls: recordings that end while the store is away wait, in a
// process that is killed too, raise an alarm, and go there oldest first. Until then
// nothing of them goes.
func TestAnOutageDuringCalls(t *testing.T) {
	h := newHouse(t)
	store := &outage{Store: h.objects, away: true}
	h.objects = store
	alarms := 0
	alarmed := make(chan struct{}, 10)
	p := h.start(func(c *Config) { c.OnUploadsWait = func() { alarmed <- struct{}{} } })
	var recordings []id.RecordingID
	for range 3 {
		r := p.wholeCall()
		recordings = append(recordings, r.ID())
		p.eventually("the recording waits for the store", func() bool { return p.entry(r.ID()).State == meta.StateUploading })
	}
	p.clock.set(p.clock.now().Add(10 * time.Minute))
	select {
	case <-alarmed:
		alarms++
	case <-time.After(patience):
		t.Fatal("nobody was told that the store is away")
	}
	if got := p.pipeline.Stats(); got.Uploading != 3 || got.OldestUpload.IsZero() {
		t.Errorf("queue: got %+v, want three", got)
	}
	if got := len(p.local()); got != 18 {
		t.Errorf("local files: got %q, want all six of each recording", p.local())
	}
	p.kill()
	if alarms += len(alarmed); alarms != 1 {
		t.Errorf("alarms: got %d, want one", alarms)
	}

	q := h.start()
	if n, err := q.pipeline.Recover(); n != 3 || err != nil {
		t.Fatalf("Recover: got %d and %v, want 3", n, err)
	}
	q.eventually("all wait for the store again", func() bool { return q.pipeline.Stats().Uploading == 3 })
	store.back()
	for range 3 {
		q.stored()
	}
	// One asks for all while the store fails; once it answers, the rest go at once.
	slices.Sort(recordings)
	if put := slices.Sorted(slices.Values(store.put)); store.put[0] != recordings[0] || !slices.Equal(put, recordings) {
		t.Errorf("order: got %q, want all of %q, the oldest first", store.put, recordings)
	}
	q.eventually("nothing is left on the disk", func() bool { return len(q.local()) == 0 })
}

func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w turns
		if pause, alarm := w.failed(time.Now()); pause != firstRetry || alarm {
			t.Errorf("first failure: got %v and %t, want %v and no alarm", pause, alarm, firstRetry)
		}
		if err := w.enter(t.Context(), "rec-b"); err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var order []id.RecordingID
		var waiting sync.WaitGroup
		for _, rec := range []id.RecordingID{"rec-d", "rec-a", "rec-c"} {
			waiting.Go(func() {
				if err := w.enter(t.Context(), rec); err != nil {
					t.Error(err)
				}
				mu.Lock()
				order = append(order, rec)
				mu.Unlock()
				w.leave()
			})
		}
		synctest.Wait()
		mu.Lock()
		if len(order) != 0 {
			t.Errorf("while the store fails and one asks it: got %q at the same time", order)
		}
		mu.Unlock()
		if err := w.again(t.Context(), "rec-b"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // rec-a has gone before rec-b, and the others wait for it
		mu.Lock()
		if !slices.Equal(order, []id.RecordingID{"rec-a"}) {
			t.Errorf("before the next oldest: got %q, want the oldest alone", order)
		}
		mu.Unlock()
		w.leave()
		waiting.Wait()
		if !slices.Equal(order, []id.RecordingID{"rec-a", "rec-c", "rec-d"}) {
			t.Errorf("order: got %q, want the oldest first", order)
		}
	})
}

func TestTurnsEndWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w turns
		w.failed(time.Now())
		if err := w.enter(t.Context(), "rec-a"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- w.enter(ctx, "rec-b") }()
		synctest.Wait()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
		w.leave()
		if w.active != 0 || len(w.waiting) != 0 {
			t.Errorf("left: got %d active and %d waiting, want none", w.active, len(w.waiting))
		}
	})
}

func TestPausesOfAFailingStore(t *testing.T) {
	var w turns
	now := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	longest, alarms := time.Duration(0), 0
	for range 100 {
		pause, alarm := w.failed(now)
		longest = max(longest, pause)
		if alarm {
			alarms++
		}
		now = now.Add(pause)
	}
	if longest != lastRetry || alarms != 1 {
		t.Errorf("100 failures: got pauses up to %v and %d alarms, want %v and one", longest, alarms, lastRetry)
	}
	w.worked()
	if pause, _ := w.failed(now); pause != firstRetry {
		t.Errorf("after it had worked: got %v, want %v", pause, firstRetry)
	}
}
