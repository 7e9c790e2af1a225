package hub

import (
	"context"
	"fmt"

	"parley/signaling/auth"
	"parley/signaling/wire"
)

// mayCheck lets people who speak in calls try their connection.
func (s *Session) mayCheck() {
	if s.hub.cfg.Checks != nil && (s.who.Role == auth.RoleMember || s.who.Role == auth.RoleExpert) {
		s.checks = s.hub.cfg.Checks.Guest(s.who.Person)
	}
}

// handleCheck carries out what a check of the connection asks for.
func (s *Session) handleCheck(ctx context.Context, m wire.ClientMessage) error {
	if m, is := m.(*wire.Ping); is {
		s.send(wire.Pong{Ref: m.Ref.Ref})
		return nil
	}
	if s.checks == nil {
		return ErrForbidden
	}
	switch m := m.(type) {
	case *wire.CheckStart:
		ctx, cancel := context.WithTimeout(ctx, ioTimeout)
		defer cancel()
		number, sdp, err := s.checks.Begin(ctx)
		if err != nil {
			return err
		}
		s.send(wire.CheckOffer{Ref: m.Ref.Ref, Check: number, SDP: sdp, ICEServers: s.hub.cfg.ICEServers(s.who)})
		return nil
	case *wire.CheckAnswer:
		return s.checks.Answer(m.Check, m.SDP)
	case *wire.CheckEnd:
		s.checks.End(m.Check)
		return nil
	}
	return fmt.Errorf("%w: %T", ErrForbidden, m)
}
