package check

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"parley/storage/id"
)

// fakeLine counts those that are open; it can refuse to make an offer.
type fakeLine struct {
	open   *atomic.Int32
	refuse error
}

func (l fakeLine) Offer(context.Context) (string, error) { return "offer", l.refuse }
func (l fakeLine) Answer(sdp string) error {
	if sdp != "answer" {
		return errors.New("no answer")
	}
	return nil
}
func (l fakeLine) Close() error { l.open.Add(-1); return nil }

func newDesk(open *atomic.Int32, refuse *error) *Desk {
	return NewDesk(func() (Line, error) {
		open.Add(1)
		return fakeLine{open, *refuse}, nil
	}, zerolog.Nop())
}

func TestACheckEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var open atomic.Int32
		var refuse error
		d := newDesk(&open, &refuse)
		g := d.Guest("maya")
		n, sdp, err := g.Begin(t.Context())
		if err != nil || sdp != "offer" {
			t.Fatalf("got %q and %v, want the offer", sdp, err)
		}
		if err := g.Answer(n, "answer"); err != nil {
			t.Errorf("answer: %v", err)
		}
		if err := g.Answer(n+1, "answer"); !errors.Is(err, ErrOver) {
			t.Errorf("answer to another: got %v, want %v", err, ErrOver)
		}
		time.Sleep(life - time.Second) // of the test's own clock
		if got := open.Load(); got != 1 {
			t.Errorf("before its time: got %d lines, want 1", got)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if got := open.Load(); got != 0 {
			t.Errorf("after its time: got %d lines, want none", got)
		}
		g.End(n) // once more
		m, _, err := g.Begin(t.Context())
		if err != nil || m == n {
			t.Errorf("the next: got number %d and %v, want another number", m, err)
		}
		g.End(m)
		if got := open.Load(); got != 0 {
			t.Errorf("after its end: got %d lines, want none", got)
		}
		refuse = errors.New("no network")
		if _, _, err := g.Begin(t.Context()); !errors.Is(err, refuse) || open.Load() != 0 {
			t.Errorf("an offer that fails: got %v and %d lines, want the error and none", err, open.Load())
		}
		refuse = nil
		g.Leave()
		if _, _, err := g.Begin(t.Context()); !errors.Is(err, ErrOver) {
			t.Errorf("after the socket: got %v, want %v", err, ErrOver)
		}
		if len(d.of) != 0 || len(d.guests) != 0 || d.all != 0 {
			t.Errorf("left: %d people, %d sockets, %d lines, want none", len(d.of), len(d.guests), d.all)
		}
	})
}

func TestChecksAreBounded(t *testing.T) {
	var open atomic.Int32
	var refuse error
	d := newDesk(&open, &refuse)
	two := []*Guest{d.Guest("maya"), d.Guest("maya")}
	for i := range mostOfOne {
		if _, _, err := two[i%2].Begin(t.Context()); err != nil {
			t.Fatalf("number %d: %v", i+1, err)
		}
	}
	for _, g := range two {
		if _, _, err := g.Begin(t.Context()); !errors.Is(err, ErrTooMany) {
			t.Errorf("one more of a person: got %v, want %v", err, ErrTooMany)
		}
	}
	for i := mostOfOne; i < mostOfAll; i++ {
		if _, _, err := d.Guest(id.PersonID(rune('a' + i))).Begin(t.Context()); err != nil {
			t.Fatalf("number %d: %v", i+1, err)
		}
	}
	late := d.Guest("noah")
	if _, _, err := late.Begin(t.Context()); !errors.Is(err, ErrTooMany) {
		t.Errorf("one more of all: got %v, want %v", err, ErrTooMany)
	}
	two[0].Leave()
	if _, _, err := late.Begin(t.Context()); err != nil {
		t.Errorf("after some have gone: %v", err)
	}
	d.Close()
	if got := open.Load(); got != 0 {
		t.Errorf("after Close: got %d lines, want none", got)
	}
	for _, g := range []*Guest{late, d.Guest("ada")} {
		if _, _, err := g.Begin(t.Context()); !errors.Is(err, ErrOver) {
			t.Errorf("after Close: got %v, want %v", err, ErrOver)
		}
	}
}
