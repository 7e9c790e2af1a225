package hub

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"parley/media/bridge"
	"parley/signaling/auth"
	"parley/signaling/wire"
)

// offered waits until a tab has got so many offers and returns the last one.
func (a *actor) offered(t *testing.T, n int) wire.MediaOffer {
	t.Helper()
	for deadline := time.Now().Add(patience); ; <-time.After(time.Millisecond) {
		a.mu.Lock()
		offers := slices.Clone(a.offers)
		a.mu.Unlock()
		if len(offers) == n {
			return offers[n-1]
		}
		if len(offers) > n || time.Now().After(deadline) {
			t.Fatalf("got the offers %+v, want %d", offers, n)
		}
	}
}

// warmed asks for a connection in a tab and answers the offer.
func (s *stage) warmed(a *actor, call string) wire.MediaOffer {
	s.t.Helper()
	s.must(a.Handle(s.t.Context(), &wire.MediaWarm{Call: call}))
	offer := a.offered(s.t, 1)
	s.must(a.Handle(s.t.Context(), &wire.MediaAnswer{Call: call, Generation: offer.Generation, SDP: "answer"}))
	return offer
}

// line is the connection that was made as number n, from 0.
func (s *stage) line(n int) *line {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lines[n]
}

// closes waits until a connection is closed.
func (l *line) closes(t *testing.T, what string) {
	t.Helper()
	select {
	case <-l.stop:
	case <-time.After(patience):
		t.Fatalf("%s stays open", what)
	}
}

// TestTheConnectionIsWarmWhenTheExpertAccepts: two tabs that ring have one each, over
// which nothing passes; the accept takes that of its tab and closes the other, and no
// further one is made.
func TestTheConnectionIsWarmWhenTheExpertAccepts(t *testing.T) {
	h := newHouse(t, 0, false)
	second, third := h.enter("lee", auth.RoleExpert, "DE"), h.enter("lee", auth.RoleExpert, "DE")
	call := h.ring()
	if err := h.member.Handle(t.Context(), &wire.MediaWarm{Call: call}); !errors.Is(err, ErrForbidden) {
		t.Errorf("the member warms a connection: got %v, want ErrForbidden", err)
	}
	for _, tab := range []*actor{h.expert, second} {
		if offer := h.warmed(tab, call); !offer.Warm || offer.Call != call {
			t.Errorf("got the offer %+v, want one that is marked as warm", offer)
		}
	}
	h.must(third.Handle(t.Context(), &wire.MediaWarm{Call: call})) // there are enough
	h.flow()
	if v := second.call(); v.Media.You != "none" || v.Here {
		t.Errorf("while it rings: media %q, here %t, want nothing of it", v.Media.You, v.Here)
	}
	other, taken := h.line(1), h.line(2)
	if other.sent.Load()+taken.sent.Load() != 0 {
		t.Error("something was sent to the expert while it rang")
	}
	if err := second.Handle(t.Context(), &wire.MediaAnswer{Call: call, Generation: h.expert.offered(t, 1).Generation, SDP: "x"}); !errors.Is(err, bridge.ErrGeneration) {
		t.Errorf("a tab answers the offer of another: got %v, want ErrGeneration", err)
	}
	h.must(second.Handle(t.Context(), &wire.CallAccept{Call: call}))
	h.member.until(t, "both connected", func(v wire.CallView) bool { return v.Media.You == "connected" && v.Media.Peer == "connected" })
	second.until(t, "the sound here", func(v wire.CallView) bool { return v.Here && v.Media.You == "connected" })
	other.closes(t, "the connection of the tab that lost")
	h.must(third.Handle(t.Context(), &wire.MediaWarm{Call: call}))                                                               // too late
	h.must(h.expert.Handle(t.Context(), &wire.MediaAnswer{Call: call, Generation: h.expert.offered(t, 1).Generation, SDP: "x"})) // late, not wrong
	h.answer(h.member, "no")
	h.answer(second, "no")
	h.member.until(t, "the talk", func(v wire.CallView) bool { return v.State == "active" })
	for deadline := time.Now().Add(patience); taken.sent.Load() == 0; <-time.After(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the expert hears nothing")
		}
	}
	if got := h.connections(); got != 3 {
		t.Errorf("%d connections were made, want the member's and two that were warmed", got)
	}
	second.offered(t, 1)
	h.hangUp(second, call)
}

// TestAnUnansweredWarmOfferIsReplaced: a client that asks and does not answer gets its
// connection at the accept, as one does that never asked.
func TestAnUnansweredWarmOfferIsReplaced(t *testing.T) {
	h := newHouse(t, 0, false)
	call := h.ring()
	h.must(h.expert.Handle(t.Context(), &wire.MediaWarm{Call: call}))
	warm := h.expert.offered(t, 1)
	h.take(call)
	if offer := h.expert.offered(t, 2); offer.Warm || offer.Generation <= warm.Generation {
		t.Errorf("got %+v behind %+v, want a newer one for the call", offer, warm)
	}
	h.line(1).closes(t, "what was warmed")
	h.hangUp(h.expert, call)
}

// TestWarmConnectionsEndWithTheRinging: however it ends.
func TestWarmConnectionsEndWithTheRinging(t *testing.T) {
	for name, end := range map[string]func(*house, string) error{
		"declined": func(h *house, call string) error {
			return h.expert.Handle(h.t.Context(), &wire.CallDecline{Call: call})
		},
		"cancelled": func(h *house, call string) error {
			return h.member.Handle(h.t.Context(), &wire.CallCancel{Call: call})
		},
		"no answer": func(*house, string) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouseIn(t, "DE", 0, false, func(c *Config) {
				if name == "no answer" {
					c.Env.Limits.Ring = 300 * time.Millisecond
				}
			})
			call := h.ring()
			h.must(h.expert.Handle(t.Context(), &wire.MediaWarm{Call: call}))
			for deadline := time.Now().Add(patience); h.connections() < 2; <-time.After(time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("no connection was warmed")
				}
			}
			h.must(end(h, call))
			h.expert.until(t, "the end", func(v wire.CallView) bool { return v.State == "ended" })
			h.line(0).closes(t, "the member's connection")
			h.line(1).closes(t, "what was warmed")
		})
	}
}

// TestATabWarmsAgain: a tab that comes back gets a new connection in place of the
// former, up to a bound; one that cannot be made hurts nobody.
func TestATabWarmsAgain(t *testing.T) {
	h := newHouse(t, 0, false)
	call := h.ring()
	for range maxWarmed + 3 {
		h.must(h.expert.Handle(t.Context(), &wire.MediaWarm{Call: call}))
	}
	h.take(call) // after all of them
	h.expert.offered(t, maxWarmed+1)
	for n := 1; n <= maxWarmed; n++ {
		h.line(n).closes(t, "a connection that was replaced")
	}
	h.hangUp(h.expert, call)
}

// TestAConnectionThatCannotBeWarmed: the call rings on, and is taken as ever.
func TestAConnectionThatCannotBeWarmed(t *testing.T) {
	var made atomic.Int32
	h := newHouseIn(t, "DE", 0, false, func(c *Config) {
		dial := c.Dial
		c.Dial = func(b bridge.Handler) (bridge.Transport, error) {
			if made.Add(1) == 2 {
				return nil, errors.New("no connection")
			}
			return dial(b)
		}
	})
	call := h.ring()
	h.must(h.expert.Handle(t.Context(), &wire.MediaWarm{Call: call}))
	h.take(call)
	if offer := h.expert.offered(t, 1); offer.Warm || made.Load() != 3 {
		t.Errorf("got %+v as connection %d, want one for the call behind the one that failed", offer, made.Load())
	}
	h.hangUp(h.expert, call)
}
