package integration_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/coder/websocket"

	"parley/signaling/limit"
	"parley/signaling/wire"
)

func perHour(n int) limit.Rates { return limit.Rates{Person: limit.Rate{Count: n, Per: time.Hour}} }

// TestTooManyCalls: a member who calls too often is refused, may still hang up,
// and others may call.
func TestTooManyCalls(t *testing.T) {
	s := serve(t, nil)
	s.sockets.Limits = limit.New(limit.Config{Calls: perHour(2), Now: time.Now})
	member, expert := s.phone(maya), s.available(lee)
	for range 2 {
		member.send(&wire.CallCancel{Call: ring(member, expert)})
		member.ended("cancelled")
		expert.ended("cancelled")
	}
	member.send(&wire.CallStart{Expert: expert.name})
	member.problem("too-many-requests")
	ring(s.phone(noah), expert)
}

// TestTooManyMessages: what is too much is refused, a flood ends the socket, and
// hanging up always goes.
func TestTooManyMessages(t *testing.T) {
	s := serve(t, nil)
	s.sockets.Limits = limit.New(limit.Config{Messages: perHour(3), Now: time.Now})
	member, expert := s.phone(maya), s.available(lee) // the expert's first
	call := ring(member, expert)                      // the member's first
	for range 3 {
		member.send(&wire.MediaMute{Call: call, Muted: true})
	}
	member.problem("too-many-requests")
	member.send(&wire.CallHangup{Call: call})
	member.ended("cancelled")

	r := s.dialRaw(noah)
	for range 40 {
		// The write may fail: the server closes the socket before the last.
		_ = r.conn.Write(r.ctx, websocket.MessageText, []byte(`{"type":"media.join","call":"x"}`))
	}
	r.closedWith(rules)
}

// TestTooManySignIns: a person who signs in too often is refused.
func TestTooManySignIns(t *testing.T) {
	s := serve(t, nil)
	s.sockets.Limits = limit.New(limit.Config{SignIn: perHour(2), Now: time.Now})
	s.dialRaw(maya)
	s.dialRaw(maya)
	r := s.open()
	r.text(websocket.MessageText, fmt.Sprintf(`{"type":"hello","token":%q}`, s.token(maya)))
	r.refused("", "too-many-requests")
	r.closedWith(rules)
	s.dialRaw(noah)
}
