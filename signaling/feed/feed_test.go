package feed_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"parley/signaling/feed"
	"parley/storage/meta"
	"parley/storage/meta/sqlite"
	"parley/storage/storetest"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// shop is a real store that can be away.
type shop struct {
	*sqlite.Store
	away atomic.Bool
}

var errAway = errors.New("the store is away")

func (s *shop) AppendEvents(ctx context.Context, events []meta.Event) error {
	if s.away.Load() {
		return errAway
	}
	return s.Store.AppendEvents(ctx, events)
}

func newShop(t testing.TB) *shop {
	t.Helper()
	store := storetest.Database(t)
	return &shop{Store: store}
}

// start runs a feed; stop ends it and waits.
func start(t testing.TB, s *shop) (f *feed.Feed, stop func()) {
	t.Helper()
	f = feed.New(feed.Config{Store: s, Now: func() time.Time { return noon }, Log: zerolog.Nop()})
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() {
		if err := f.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	stop = sync.OnceFunc(func() { cancel(); run.Wait() })
	t.Cleanup(stop)
	return f, stop
}

func presence(n int) meta.Event {
	return meta.Event{Type: meta.EventPresenceChanged, Expert: "expert-1", Body: feed.Body(map[string]int{"n": n})}
}

// readAll reads until n events have come.
func readAll(t testing.TB, f *feed.Feed, n int) (events []meta.Event) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for q := (feed.Query{}); len(events) < n; {
		page, err := f.Next(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Events) == 0 {
			t.Fatalf("got %d events, want %d", len(events), n)
		}
		events = append(events, page.Events...)
		q.After = page.Next
	}
	return events
}

func number(t testing.TB, e meta.Event) int {
	t.Helper()
	var body struct {
		N int `json:"n"`
	}
	if err := json.Unmarshal(e.Body, &body); err != nil {
		t.Fatal(err)
	}
	return body.N
}

func TestEventsComeInOrder(t *testing.T) {
	const n = 1000
	f, _ := start(t, newShop(t))
	var publisher sync.WaitGroup
	defer publisher.Wait()
	publisher.Go(func() {
		for i := range n {
			f.Publish(presence(i))
		}
	})
	for i, e := range readAll(t, f, n) {
		if number(t, e) != i || e.Seq != uint64(i+1) || !e.At.Equal(noon) {
			t.Fatalf("event %d: got %+v", i, e)
		}
	}
}

func TestWhatIsQueuedIsKeptAtTheEnd(t *testing.T) {
	s := newShop(t)
	f, stop := start(t, s)
	for i := range 600 {
		f.Publish(presence(i))
	}
	stop()
	kept, err := s.EventRange(t.Context())
	if err != nil || kept.Newest != 600 {
		t.Errorf("after the end: got %d events and %v, want 600", kept.Newest, err)
	}
}

// TestAStoreThatIsAway: nobody waits, what fits is kept, the rest is counted and
// marked where it is missing.
func TestAStoreThatIsAway(t *testing.T) {
	s := newShop(t)
	s.away.Store(true)
	f, _ := start(t, s)
	const more = 100
	published := feed.QueueLength + 300 + more
	for i := range published {
		f.Publish(presence(i))
	}
	lost := f.Stats().Dropped
	if lost < more {
		t.Fatalf("dropped: got %d, want at least %d", lost, more)
	}
	s.away.Store(false)
	events := readAll(t, f, published-int(lost)+1)
	next, marked := 0, false
	for _, e := range events {
		if e.Type == meta.EventFeedGap {
			marked = true
			if want := string(feed.Body(map[string]uint64{"dropped": lost})); string(e.Body) != want {
				t.Errorf("mark: got %s, want %s", e.Body, want)
			}
			continue
		}
		if n := number(t, e); n != next {
			t.Fatalf("event: got %d, want %d", n, next)
		}
		next++
	}
	if !marked {
		t.Error("the gap is not marked")
	}
}

func TestOldEventsAreDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &bin{before: make(chan time.Time, 10)}
		f := feed.New(feed.Config{Store: s, Keep: 48 * time.Hour, Now: time.Now, Log: zerolog.Nop()})
		ctx, cancel := context.WithCancel(t.Context())
		var run sync.WaitGroup
		run.Go(func() {
			if err := f.Run(ctx); err != nil {
				t.Errorf("Run: %v", err)
			}
		})
		began := time.Now()
		for i := range 3 { // at the start, and each hour
			want := began.Add(time.Duration(i)*time.Hour - 48*time.Hour)
			if got := <-s.before; !got.Equal(want) {
				t.Errorf("cleaning %d: got what is before %s, want %s", i, got, want)
			}
		}
		cancel()
		run.Wait()
	})
}

// bin is a store of which only the deleting counts.
type bin struct {
	feed.Store
	before chan time.Time
}

func (b *bin) DeleteEventsBefore(_ context.Context, at time.Time) (int, error) {
	b.before <- at
	return 1, nil
}

func TestAnEventThatIsNotValidIsCounted(t *testing.T) {
	f, _ := start(t, newShop(t))
	f.Publish(meta.Event{Type: "call.exploded"})
	f.Publish(presence(1))
	events := readAll(t, f, 2)
	if events[0].Type != meta.EventPresenceChanged || events[1].Type != meta.EventFeedGap || f.Stats().Dropped != 1 {
		t.Errorf("got %+v and %+v", events, f.Stats())
	}
}

func TestReadersWaitAndAreWoken(t *testing.T) {
	f, _ := start(t, newShop(t))
	const readers = 20
	var group sync.WaitGroup
	for range readers {
		group.Go(func() { readAll(t, f, 1) })
	}
	f.Publish(presence(1))
	group.Wait()
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	f, _ := start(t, newShop(t))
	f.Publish(presence(1))
	readAll(t, f, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	page, err := f.Next(ctx, feed.Query{Types: []meta.EventType{meta.EventCallEnded}})
	if err != nil || len(page.Events) != 0 || page.Next != feed.At(1) {
		t.Errorf("got %+v and %v, want an empty page whose cursor has passed what was not chosen", page, err)
	}
}

func TestCursorsThatTheFeedCannotServe(t *testing.T) {
	s := newShop(t)
	f, _ := start(t, s)
	for i := range 5 {
		f.Publish(presence(i))
	}
	readAll(t, f, 5)
	for i, e := range []struct {
		after uint64
		want  error
	}{{5, nil}, {6, feed.ErrCursor}, {0, nil}, {2, nil}} {
		if _, err := f.Read(t.Context(), feed.Query{After: feed.At(e.after)}); !errors.Is(err, e.want) {
			t.Errorf("%d: after %d: got %v, want %v", i, e.after, err, e.want)
		}
	}
	f.Publish(meta.Event{Type: meta.EventPresenceChanged, At: noon.Add(time.Hour)})
	readAll(t, f, 6)
	if _, err := s.DeleteEventsBefore(t.Context(), noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	for after, want := range map[uint64]error{0: nil, 4: feed.ErrExpired, 5: nil, 6: nil} {
		if _, err := f.Read(t.Context(), feed.Query{After: feed.At(after)}); !errors.Is(err, want) {
			t.Errorf("after %d, with the first 5 deleted: got %v, want %v", after, err, want)
		}
	}
}
