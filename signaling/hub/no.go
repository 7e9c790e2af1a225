package hub

import (
	"parley/recorder/consent"
	"parley/signaling/session"
)

// saysNo tells whether an event takes consent away. Such an event is never
// refused by a call.
func saysNo(event any) bool {
	switch e := event.(type) {
	case session.Withdrew:
		return true
	case session.Answered:
		return e.Answer == consent.AnswerDeclined
	}
	return false
}

// shutNow shuts the gate before the call has even heard of the no: it may be
// waiting for a database, and nothing may be recorded meanwhile. It is called from
// the socket's goroutine.
func (c *call) shutNow() {
	c.noes.Add(1)
	if r := c.live.Load(); r != nil {
		(*r).CloseGate()
	}
}

// noWaits tells whether somebody has said no and the call has not heard it yet.
func (c *call) noWaits() bool { return c.noes.Load() != c.noesHeard }
