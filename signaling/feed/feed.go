package feed

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"parley/storage/id"
	"parley/storage/meta"
)

const (
	// QueueLength is how many events wait for the store at most: minutes of a
	// busy node.
	QueueLength = 4096
	batchLength = 256

	storeTimeout = 5 * time.Second
	cleanEvery   = time.Hour
	firstRetry   = 50 * time.Millisecond
	lastRetry    = 5 * time.Second
)

// Store keeps the events.
type Store interface {
	AppendEvents(ctx context.Context, events []meta.Event) error
	EventsAfter(ctx context.Context, after uint64, limit int, types []meta.EventType) ([]meta.Event, error)
	EventRange(ctx context.Context) (meta.EventRange, error)
	DeleteEventsBefore(ctx context.Context, at time.Time) (int, error)
}

// Config holds the parts of a feed.
type Config struct {
	Store Store
	// Keep is how long events are kept, for ever if it is zero.
	Keep time.Duration
	Now  func() time.Time
	Log  zerolog.Logger
}

// Feed is the event feed of a node. Its methods are safe for concurrent use.
type Feed struct {
	cfg   Config
	queue chan meta.Event

	dropped   atomic.Uint64 // since the start
	unmarked  atomic.Uint64 // of these, not yet told by a feed.gap event
	published atomic.Uint64

	mu      sync.Mutex    // guards changed
	changed chan struct{} // closed and replaced after each append
}

// New makes a feed; Run does its work.
func New(cfg Config) *Feed {
	return &Feed{cfg: cfg, queue: make(chan meta.Event, QueueLength), changed: make(chan struct{})}
}

// Body is v as the body of an event. v must be what encoding/json makes an object
// of without fail, such as a struct of plain fields.
func Body(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic("feed: the body of an event is no JSON: " + err.Error())
	}
	return data
}

// Publish queues an event. A missing ID, time or body is filled in. It never
// waits: an event that finds the queue full, or is not valid, is dropped and
// counted.
func (f *Feed) Publish(e meta.Event) {
	if e.At.IsZero() {
		e.At = f.cfg.Now()
	}
	if e.ID == "" {
		e.ID = id.NewEvent(e.At)
	}
	if e.Body == nil {
		e.Body = json.RawMessage(`{}`)
	}
	e.At = e.At.UTC()
	if err := e.Validate(); err != nil {
		f.cfg.Log.Error().Err(err).Msg("event not valid, dropped")
		f.drop()
		return
	}
	select {
	case f.queue <- e:
		f.published.Add(1)
	default:
		f.drop()
	}
}

func (f *Feed) drop() {
	f.dropped.Add(1)
	if f.unmarked.Add(1) == 1 {
		f.cfg.Log.Error().Msg("events are being dropped: the feed has a gap")
	}
}

// Stats counts since the start; Waiting is how many events wait for the store.
type Stats struct {
	Published, Dropped uint64
	Waiting            int
}

// Stats returns the feed's counters.
func (f *Feed) Stats() Stats {
	return Stats{Published: f.published.Load(), Dropped: f.dropped.Load(), Waiting: len(f.queue)}
}

// Run appends what is published until ctx ends, and then what is queued.
func (f *Feed) Run(ctx context.Context) error {
	clean := time.NewTicker(cleanEvery)
	defer clean.Stop()
	f.clean(ctx)
	for {
		select {
		case <-ctx.Done():
			return f.drain()
		case <-clean.C:
			f.clean(ctx)
		case e := <-f.queue:
			f.append(ctx, f.gather(e))
		}
	}
}

// clean deletes what is kept no longer.
func (f *Feed) clean(ctx context.Context) {
	if f.cfg.Keep == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	n, err := f.cfg.Store.DeleteEventsBefore(ctx, f.cfg.Now().Add(-f.cfg.Keep))
	if err != nil && ctx.Err() == nil {
		f.cfg.Log.Error().Err(err).Msg("old events not deleted")
	}
	if n > 0 {
		f.cfg.Log.Info().Int("events", n).Msg("old events deleted")
	}
}

// drain appends what is left, without repeating: the process is about to end.
func (f *Feed) drain() error {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	for {
		select {
		case e := <-f.queue:
			if err := f.cfg.Store.AppendEvents(ctx, f.gather(e)); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// gather takes what is queued behind e, up to a batch. A mark of what was dropped
// goes behind what was queued before.
func (f *Feed) gather(e meta.Event) []meta.Event {
	batch := []meta.Event{e}
	for len(batch) < batchLength {
		select {
		case e := <-f.queue:
			batch = append(batch, e)
			continue
		default:
		}
		break
	}
	if n := f.unmarked.Swap(0); n > 0 {
		now := f.cfg.Now().UTC()
		batch = append(batch, meta.Event{ID: id.NewEvent(now), At: now, Type: meta.EventFeedGap, Body: Body(gap{n})})
	}
	return batch
}

// gap is the body of a feed.gap event.
type gap struct {
	Dropped uint64 `json:"dropped"`
}

// append repeats until the store has the batch or ctx ends; then it is tried once
// more, for the process may be told to stop while the store is well.
func (f *Feed) append(ctx context.Context, batch []meta.Event) {
	for wait := firstRetry; ; wait = min(2*wait, lastRetry) {
		err := f.appendOnce(batch)
		switch {
		case err == nil:
			f.Wake()
			return
		case errors.Is(err, meta.ErrInvalid): // cannot be: Publish looked
			f.cfg.Log.Error().Err(err).Msg("events refused by the store, dropped")
			f.dropped.Add(uint64(len(batch)))
			return
		case ctx.Err() != nil:
			f.cfg.Log.Error().Err(err).Int("events", len(batch)).Msg("events lost at the end of the process")
			return
		}
		f.cfg.Log.Error().Err(err).Dur("retry_in", wait).Int("waiting", len(f.queue)).Msg("events not written")
		pause := time.NewTimer(wait/2 + rand.N(wait/2))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
		}
	}
}

func (f *Feed) appendOnce(batch []meta.Event) error {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	return f.cfg.Store.AppendEvents(ctx, batch)
}
