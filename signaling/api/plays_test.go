package api

import (
	"errors"
	"testing"
	"time"

	"parley/recorder/playback"
	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/storage/id"
)

// shelf is a set of plays with a clock that the test moves.
type shelf struct {
	*plays
	at time.Time
}

func newShelf() *shelf {
	s := &shelf{at: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	s.plays = newPlays(func() time.Time { return s.at })
	return s
}

// put opens a play; let tells whether its recording was let go.
func (s *shelf) put() (x *play, let func() bool) {
	gone := false
	x = &play{
		id: id.NewPlay(s.at), ticket: newTicket(), opened: &playback.Recording{},
		cancel: func() { gone = true }, who: auth.Identity{Expires: s.at.Add(time.Hour)},
	}
	s.add(x)
	return x, func() bool { return gone }
}

func TestTickets(t *testing.T) {
	s := newShelf()
	x, _ := s.put()
	y, _ := s.put()
	if x.ticket == y.ticket || len(x.ticket) != 43 {
		t.Fatalf("tickets: got %d characters, equal %v, want 43 that differ", len(x.ticket), x.ticket == y.ticket)
	}
	tests := []struct {
		name   string
		play   id.PlayID
		ticket string
		want   error
	}{
		{"its own", x.id, x.ticket, nil},
		{"none", x.id, "", problem.ErrNotFound},
		{"cut short", x.id, x.ticket[:42], problem.ErrNotFound},
		{"that of another play", x.id, y.ticket, problem.ErrNotFound},
		{"for no play", id.NewPlay(s.at.Add(time.Second)), x.ticket, problem.ErrNotFound},
	}
	for _, tt := range tests {
		got, err := s.use(tt.play, tt.ticket)
		if !errors.Is(err, tt.want) || (err == nil) != (got == x) {
			t.Errorf("%s: got %v and %v, want %v", tt.name, got, err, tt.want)
		}
		if err == nil {
			s.release(got)
		}
	}
}

func TestPlaysEnd(t *testing.T) {
	t.Run("untouched for too long", func(t *testing.T) {
		s := newShelf()
		x, let := s.put()
		s.at = s.at.Add(playLife + time.Second)
		if _, err := s.use(x.id, x.ticket); !errors.Is(err, problem.ErrNotFound) || !let() {
			t.Errorf("got %v, let go %v, want ErrNotFound and the recording let go", err, let())
		}
	})
	t.Run("touched in between", func(t *testing.T) {
		s := newShelf()
		x, let := s.put()
		for range 2 {
			s.at = s.at.Add(playLife - time.Minute)
			if _, err := s.use(x.id, x.ticket); err != nil || let() {
				t.Errorf("got %v, let go %v, want it to live on", err, let())
			}
		}
	})
	t.Run("with the token", func(t *testing.T) {
		s := newShelf()
		x, let := s.put()
		x.who.Expires = s.at.Add(time.Minute)
		s.at = s.at.Add(time.Minute)
		if _, err := s.use(x.id, x.ticket); !errors.Is(err, auth.ErrExpired) || !let() {
			t.Errorf("got %v, let go %v, want ErrExpired and the recording let go", err, let())
		}
	})
	t.Run("when a new one comes", func(t *testing.T) {
		s := newShelf()
		_, let := s.put()
		s.at = s.at.Add(playLife + time.Second)
		s.put()
		if !let() {
			t.Error("a forgotten play was not let go")
		}
	})
	t.Run("only when nobody reads", func(t *testing.T) {
		s := newShelf()
		x, let := s.put()
		if _, err := s.use(x.id, x.ticket); err != nil {
			t.Fatal(err)
		}
		s.close()
		if let() {
			t.Error("the recording was let go under a reader")
		}
		s.release(x)
		if !let() {
			t.Error("the recording was not let go after its last reader")
		}
	})
}

func TestPlaysAreBounded(t *testing.T) {
	s := newShelf()
	_, oldest := s.put()
	for range maxPlays - 1 {
		s.at = s.at.Add(time.Second)
		s.put()
	}
	if oldest() {
		t.Fatalf("the oldest of %d plays was let go", maxPlays)
	}
	s.at = s.at.Add(time.Second)
	last, let := s.put()
	if !oldest() || let() || len(s.open) != maxPlays {
		t.Errorf("got the oldest let go %v, the newest %v, %d open, want true, false and %d", oldest(), let(), len(s.open), maxPlays)
	}
	if _, err := s.use(last.id, last.ticket); err != nil {
		t.Errorf("the newest: %v", err)
	}
}
