package hub

import (
	"context"
	"errors"

	"parley/signaling/auth"
	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// revoked tells whether somebody's token was taken back.
func (h *Hub) revoked(who auth.Identity) bool { return h.cfg.Revoked != nil && h.cfg.Revoked(who) }

// EndRevoked ends the calls of everybody whose token was taken back. Their
// sockets are the business of whoever has them.
//
// A call that begins meanwhile looks by itself once it is known: either it is
// found here, or it finds the token revoked.
func (h *Hub) EndRevoked() {
	h.mu.Lock()
	live := make([]*call, 0, len(h.byID))
	for _, c := range h.byID {
		live = append(live, c)
	}
	h.mu.Unlock()
	for _, c := range live {
		c.endIfRevoked()
	}
}

// endIfRevoked ends the call of a side whose token was taken back.
func (c *call) endIfRevoked() {
	for _, side := range []session.Side{session.Member, session.Expert} {
		if c.sideRevoked(side) {
			c.log.Info().Msg("call ends: a token was revoked")
			c.news.post(session.Revoked{Side: side})
			return
		}
	}
}

// sideRevoked asks for the token by which a side takes part; while an expert has
// taken no part yet, for those of all tabs.
func (c *call) sideRevoked(side session.Side) bool {
	if who := c.holder(side); who.Person != "" {
		return c.hub.revoked(who)
	}
	tabs := c.hub.tabs(c.people[side])
	for _, s := range tabs {
		if !c.hub.revoked(s.who) {
			return false
		}
	}
	return len(tabs) > 0
}

// holder is by whose token a side takes part; nobody's before it does.
func (c *call) holder(side session.Side) auth.Identity {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.holders[side]
}

// hold notes the token by which the side of a tab takes part from now on.
func (s *Session) hold(m wire.ClientMessage) {
	switch m.(type) {
	case *wire.CallAccept, *wire.MediaJoin:
	default:
		return
	}
	s.hub.mu.Lock()
	c := s.hub.byPerson[s.who.Person]
	s.hub.mu.Unlock()
	if c == nil {
		return
	}
	c.mu.Lock()
	c.holders[c.sideOf(s.who.Person)] = s.who
	c.mu.Unlock()
	c.endIfRevoked()
}

// oneAccount refuses an expert whose human has another account in the cluster,
// where the platform tells.
func (h *Hub) oneAccount(ctx context.Context, who auth.Identity) error {
	if who.Role != auth.RoleExpert || who.Human == "" {
		return nil
	}
	err := h.cfg.Store.ClaimAccount(ctx, meta.Account{Human: who.Human, Cluster: who.Cluster, Person: id.PersonID(who.Person), At: h.cfg.Now()})
	if errors.Is(err, meta.ErrConflict) {
		return ErrSecondAccount
	}
	return err
}
