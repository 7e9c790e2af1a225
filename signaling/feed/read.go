package feed

import (
	"context"
	"fmt"

	"parley/storage/meta"
)

// Query chooses events.
type Query struct {
	After Cursor
	// Types chooses events of these types, all if there are none.
	Types []meta.EventType
	// Limit is 1 to meta.MaxLimit, meta.DefaultLimit for 0.
	Limit int
}

// Page is a part of the feed. Next is where to read on, also past events that the
// query did not choose.
type Page struct {
	Events []meta.Event
	Next   Cursor
}

// Wake wakes everybody who waits for events: some were appended, here or on
// another node.
func (f *Feed) Wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *Feed) signal() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.changed
}

// Read returns the next events, none if there are none yet. Errors match
// ErrCursor, ErrExpired or meta.ErrInvalid.
func (f *Feed) Read(ctx context.Context, q Query) (Page, error) {
	// Before the events are read, so that all up to Newest are among them.
	kept, err := f.cfg.Store.EventRange(ctx)
	if err != nil {
		return Page{}, fmt.Errorf("read the feed: %w", err)
	}
	after := q.After.seq
	switch {
	case after > kept.Newest:
		return Page{}, ErrCursor
	case after > 0 && after+1 < kept.Oldest:
		return Page{}, ErrExpired
	}
	limit, err := meta.EffectiveLimit(q.Limit)
	if err != nil {
		return Page{}, err
	}
	events, err := f.cfg.Store.EventsAfter(ctx, after, limit, q.Types)
	if err != nil {
		return Page{}, fmt.Errorf("read the feed: %w", err)
	}
	page := Page{Events: events, Next: q.After}
	if n := len(events); n > 0 {
		page.Next = At(events[n-1].Seq)
	}
	if len(events) < limit && page.Next.seq < kept.Newest {
		page.Next = At(kept.Newest)
	}
	return page, nil
}

// Next is Read, but waits until there is an event or ctx ends; the page is then
// empty.
func (f *Feed) Next(ctx context.Context, q Query) (Page, error) {
	for {
		changed := f.signal() // before the read, so that no append is missed
		page, err := f.Read(context.WithoutCancel(ctx), q)
		if err != nil || len(page.Events) > 0 {
			return page, err
		}
		q.After = page.Next
		select {
		case <-changed:
		case <-ctx.Done():
			return page, nil
		}
	}
}

// Newest is the cursor after the newest event: who reads on from it gets what
// happens from now on.
func (f *Feed) Newest(ctx context.Context) (Cursor, error) {
	kept, err := f.cfg.Store.EventRange(ctx)
	if err != nil {
		return Cursor{}, fmt.Errorf("read the feed: %w", err)
	}
	return At(kept.Newest), nil
}
