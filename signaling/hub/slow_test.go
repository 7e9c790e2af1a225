package hub

import (
	"context"
	"sync"
	"testing"
	"time"

	"parley/signaling/wire"
	"parley/storage/chain"
)

// slowLedger takes no entry until it is let go.
type slowLedger struct {
	Store
	mu   sync.Mutex // guards wait
	wait chan struct{}
}

func (s *slowLedger) AppendChain(ctx context.Context, name, kind, subject, actor string, body any, at time.Time) (chain.Entry, error) {
	s.mu.Lock()
	wait := s.wait
	s.mu.Unlock()
	if wait != nil {
		select {
		case <-wait:
		case <-ctx.Done():
			return chain.Entry{}, ctx.Err()
		}
	}
	return s.Store.AppendChain(ctx, name, kind, subject, actor, body, at)
}

// stand lets entries wait; the function lets them go.
func (s *slowLedger) stand() (letGo func()) {
	wait := make(chan struct{})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wait = wait
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.wait = nil
		close(wait)
	})
}

// TestSoundDoesNotWaitForTheLedger: hold and hang-up cut the sound while the entry
// that the gate was closed cannot be written yet.
func TestSoundDoesNotWaitForTheLedger(t *testing.T) {
	for name, act := range map[string]struct {
		do   func(h *house, call string)
		done func(t *testing.T, h *house) // what can be seen of it
	}{
		"hold": {
			func(h *house, call string) { h.hold(h.member, call, true) },
			func(t *testing.T, h *house) {
				for _, who := range []*actor{h.member, h.expert} {
					who.until(t, "the hold", func(v wire.CallView) bool { return v.Hold != (wire.HoldView{}) })
				}
			},
		},
		"hang-up": {
			func(h *house, call string) { h.hangUp(h.member, call) },
			func(t *testing.T, h *house) {
				for _, l := range h.lines {
					select {
					case <-l.stop:
					case <-time.After(patience):
						t.Fatal("a connection is still there")
					}
				}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			ledger := &slowLedger{}
			h := newHouseIn(t, "DE", 0, false, func(c *Config) { ledger.Store, c.Store = c.Store, ledger })
			call := h.talk()
			h.answer(h.member, "yes")
			h.answer(h.expert, "yes")
			h.member.until(t, "the recording", func(v wire.CallView) bool { return v.Recording.State == "recording" })
			h.flow()
			letGo := ledger.stand()
			defer letGo()
			acted := make(chan struct{})
			go func() {
				defer close(acted)
				act.do(h, call)
			}()
			act.done(t, h)
			select {
			case <-acted:
				t.Error("it was carried out before the ledger was written")
			default:
			}
			before := h.forwarded()
			h.flow()
			if got := h.forwarded(); got != before {
				t.Errorf("while the ledger waits: %d packets were forwarded, want none", got-before)
			}
			letGo()
			<-acted
		})
	}
}

// forwarded is how many packets both people were sent.
func (s *stage) forwarded() (n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.lines {
		n += l.sent.Load()
	}
	return n
}
