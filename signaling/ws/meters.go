package ws

import (
	"errors"
	"net/netip"

	"parley/signaling/limit"
	"parley/signaling/wire"
	"parley/storage/id"
)

// meters bound what one socket may send.
type meters struct {
	limit.Meters
	who  id.PersonID
	from netip.Addr
}

// send counts a message; its error is for the client.
func (m meters) send(message wire.ClientMessage) error {
	if neverRefused(message) {
		return nil
	}
	err := errors.Join(m.Messages.Person(m.who), m.Messages.Address(m.from))
	if _, call := message.(*wire.CallStart); call && err == nil {
		err = errors.Join(m.Calls.Person(m.who), m.Calls.Address(m.from))
	}
	if _, start := message.(*wire.CheckStart); start && err == nil {
		err = errors.Join(m.Checks.Person(m.who), m.Checks.Address(m.from))
	}
	return err
}

// neverRefused tells whether a message ends something: a call, or what is
// recorded. Whoever wants out gets out.
func neverRefused(message wire.ClientMessage) bool {
	switch m := message.(type) {
	case *wire.CallHangup, *wire.CallCancel, *wire.CallDecline, *wire.ConsentWithdraw, *wire.RecordingPause:
		return true
	case *wire.ConsentAnswer:
		return m.Answer == wire.AnswerNo
	}
	return false
}
