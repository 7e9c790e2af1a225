package metatest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

func newEvent(n int, kind meta.EventType) meta.Event {
	at := after(time.Duration(n) * time.Second)
	return meta.Event{
		ID: id.NewEvent(at), At: stored(at), Type: kind, Call: id.NewCall(at), Recording: id.NewRecording(at),
		Member: "member-1", Expert: "expert-1", Body: json.RawMessage(fmt.Sprintf(`{"n":%d}`, n)),
	}
}

func appendEvents(t testing.TB, store meta.Store, events ...meta.Event) {
	t.Helper()
	must(t, "AppendEvents", store.AppendEvents(testContext(t), events))
}

func readEvents(t testing.TB, store meta.Store, after uint64, limit int, types ...meta.EventType) []meta.Event {
	t.Helper()
	events, err := store.EventsAfter(testContext(t), after, limit, types)
	must(t, "EventsAfter", err)
	return events
}

func wantRange(t testing.TB, store meta.Store, oldest, newest uint64) {
	t.Helper()
	got, err := store.EventRange(testContext(t))
	must(t, "EventRange", err)
	wantSame(t, "range of the feed", got, meta.EventRange{Oldest: oldest, Newest: newest})
}

func places(events []meta.Event) []uint64 {
	list := []uint64{}
	for _, e := range events {
		list = append(list, e.Seq)
	}
	return list
}

func events(t *testing.T, store meta.Store) {
	wantRange(t, store, 1, 0)
	if got := readEvents(t, store, 0, 0); len(got) != 0 {
		t.Errorf("events of an empty feed: got %+v, want none", got)
	}
	full := newEvent(1, meta.EventCallEnded)
	bare := meta.Event{ID: id.NewEvent(noon), At: stored(noon), Type: meta.EventFeedGap, Body: json.RawMessage(`{}`)}
	appendEvents(t, store, full, bare)
	full.Seq, bare.Seq = 1, 2 // in the order of the append, whatever their times
	wantSame(t, "events as read", readEvents(t, store, 0, 0), []meta.Event{full, bare})
	wantRange(t, store, 1, 2)
	appendEvents(t, store)
	wantRange(t, store, 1, 2)
}

func eventsByFilter(t *testing.T, store meta.Store) {
	for n := range 10 {
		appendEvents(t, store, newEvent(n, meta.EventTypes()[n%3]))
	}
	a, b := meta.EventTypes()[0], meta.EventTypes()[1]
	cases := []struct {
		name  string
		after uint64
		limit int
		types []meta.EventType
		want  []uint64
	}{
		{"all", 0, 0, nil, []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
		{"after", 8, 0, nil, []uint64{9, 10}},
		{"page", 3, 2, nil, []uint64{4, 5}},
		{"one type", 0, 0, []meta.EventType{a}, []uint64{1, 4, 7, 10}},
		{"two types, page", 1, 3, []meta.EventType{a, b}, []uint64{2, 4, 5}},
		{"a type of which there is none", 0, 0, []meta.EventType{meta.EventFeedGap}, []uint64{}},
		{"after the end", 10, 0, nil, []uint64{}},
		{"after everything there can be", ^uint64(0), 0, nil, []uint64{}},
	}
	for _, tc := range cases {
		if got := places(readEvents(t, store, tc.after, tc.limit, tc.types...)); !slices.Equal(got, tc.want) {
			t.Errorf("%s: got places %v, want %v", tc.name, got, tc.want)
		}
	}
	for _, limit := range []int{-1, meta.MaxLimit + 1} {
		_, err := store.EventsAfter(testContext(t), 0, limit, nil)
		wantError(t, "EventsAfter with a limit out of range", err, meta.ErrInvalid)
	}
}

func eventsAppendedAgain(t *testing.T, store meta.Store) {
	first, second, third := newEvent(1, meta.EventCallRinging), newEvent(2, meta.EventCallAccepted), newEvent(3, meta.EventCallEnded)
	appendEvents(t, store, first, second)
	appendEvents(t, store, first, second, third)
	got := readEvents(t, store, 0, 0)
	if len(got) != 3 || got[0].ID != first.ID || got[1].ID != second.ID || got[2].ID != third.ID {
		t.Errorf("after a repeated append: got %+v, want each event once", got)
	}
	if !slices.Equal(places(got), []uint64{1, 2, 3}) {
		t.Errorf("places after a repeated append: got %v, want no gap", places(got))
	}
}

func eventsRefused(t *testing.T, store meta.Store) {
	good := newEvent(1, meta.EventCallRinging)
	for name, spoil := range map[string]func(*meta.Event){
		"no id":                    func(e *meta.Event) { e.ID = "" },
		"id of another kind":       func(e *meta.Event) { e.ID = id.EventID(id.NewCall(noon)) },
		"no time":                  func(e *meta.Event) { e.At = time.Time{} },
		"unknown type":             func(e *meta.Event) { e.Type = "call.exploded" },
		"no body":                  func(e *meta.Event) { e.Body = nil },
		"a body that is no object": func(e *meta.Event) { e.Body = json.RawMessage(`[]`) },
		"a body that is no JSON":   func(e *meta.Event) { e.Body = json.RawMessage(`{"n":}`) },
		"a body that is too long": func(e *meta.Event) {
			e.Body = json.RawMessage(`{"n":"` + strings.Repeat("n", meta.MaxEventBody) + `"}`)
		},
		"a call that is none":      func(e *meta.Event) { e.Call = "call" },
		"a recording that is none": func(e *meta.Event) { e.Recording = "rec" },
		"a person that is none":    func(e *meta.Event) { e.Expert = "two words" },
	} {
		bad := good
		bad.ID = id.NewEvent(noon)
		spoil(&bad)
		err := store.AppendEvents(testContext(t), []meta.Event{good, bad})
		wantError(t, name, err, meta.ErrInvalid)
	}
	wantRange(t, store, 1, 0)
}

func eventsDeleted(t *testing.T, store meta.Store) {
	for n := range 5 {
		appendEvents(t, store, newEvent(n, meta.EventCallRinging))
	}
	remove := func(before time.Time, want int) {
		t.Helper()
		got, err := store.DeleteEventsBefore(testContext(t), before)
		must(t, "DeleteEventsBefore", err)
		if got != want {
			t.Errorf("events deleted: got %d, want %d", got, want)
		}
	}
	remove(after(0), 0)
	remove(after(2*time.Second), 2)
	wantRange(t, store, 3, 5)
	appendEvents(t, store, newEvent(0, meta.EventCallEnded)) // late: what comes before it in the feed is kept
	remove(after(3*time.Second), 1)
	wantRange(t, store, 4, 6)
	remove(after(time.Hour), 3)
	wantRange(t, store, 7, 6)
	appendEvents(t, store, newEvent(9, meta.EventCallEnded))
	wantRange(t, store, 7, 7) // no place is given twice
}

// racingEvents has many append at once, and a reader that goes on from what it
// saw last: it must see each event once, in order, without a gap.
func racingEvents(t *testing.T, store meta.Store) {
	const writers, each, perAppend = 8, 10, 3
	ctx, cancel := context.WithCancel(testContext(t))
	defer cancel()
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for n := range each {
				batch := make([]meta.Event, perAppend)
				for i := range batch {
					batch[i] = newEvent(n, meta.EventPresenceChanged)
				}
				if err := store.AppendEvents(ctx, batch); err != nil {
					t.Errorf("AppendEvents beside others: got %v, want no error", err)
					cancel()
				}
			}
		})
	}
	for last := uint64(0); last < writers*each*perAppend; {
		next, err := store.EventsAfter(ctx, last, 7, nil)
		if err != nil {
			t.Errorf("EventsAfter beside writers: got %v, want no error", err)
			break
		}
		for _, e := range next {
			if e.Seq != last+1 {
				t.Errorf("place after %d: got %d, want no gap", last, e.Seq)
			}
			last = e.Seq
		}
	}
	group.Wait()
	if got := len(readEvents(t, store, 0, meta.MaxLimit)); got != writers*each*perAppend {
		t.Errorf("events in all: got %d, want %d", got, writers*each*perAppend)
	}
}
