package hub

import (
	"sync/atomic"
	"testing"

	"parley/recorder/consent"
	"parley/signaling/session"
)

// shutter is a recording of which only the gate matters.
type shutter struct {
	Recording
	shut atomic.Int32
}

func (s *shutter) CloseGate() { s.shut.Add(1) }

// TestANoShutsTheGateOfABusyCall: the call hears of nothing for now, and its
// mailbox is full, as when a database hangs.
func TestANoShutsTheGateOfABusyCall(t *testing.T) {
	for name, no := range map[string]session.Event{
		"withdrawn": session.Withdrew{Side: session.Member},
		"answered":  session.Answered{Side: session.Expert, Answer: consent.AnswerDeclined},
	} {
		t.Run(name, func(t *testing.T) {
			s := &shutter{}
			var rec Recording = s
			c := &call{mailbox: make(chan letter, 1), done: make(chan struct{})}
			c.live.Store(&rec)
			c.mailbox <- letter{}
			answered := make(chan error)
			go func() { answered <- c.ask(no) }()
			<-c.mailbox // what was there before
			l := <-c.mailbox
			if got := s.shut.Load(); got != 1 {
				t.Errorf("before the call hears of it: the gate was shut %d times, want once", got)
			}
			if !c.noWaits() {
				t.Error("the call may open the gate, want it to hear the no first")
			}
			l.reply <- nil
			if err := <-answered; err != nil {
				t.Errorf("got %v, want no refusal", err)
			}
		})
	}
	full := &call{mailbox: make(chan letter), done: make(chan struct{})}
	if err := full.ask(session.Answered{Answer: consent.AnswerExpress}); err != ErrOverload {
		t.Errorf("a yes to a busy call: got %v, want ErrOverload", err)
	}
}
