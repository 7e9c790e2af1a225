package main

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"time"

	"parley/media/relay"
	"parley/signaling/auth"
	"parley/signaling/revocation"
	"parley/storage/id"
)

// openTokens says whose tokens are taken. A file of keys must be whole; an
// address may be out of reach for a while.
func (n *node) openTokens(ctx context.Context) error {
	keys, err := n.stores.apiKeys(ctx, n.cfg.Identity)
	if err != nil {
		return err
	}
	n.key = keys[0]
	if source := n.cfg.JWKS; source != "" {
		log := n.log.With().Str("component", "auth").Logger()
		n.platform, err = auth.NewPlatformKeys(auth.PlatformConfig{Source: source, Now: time.Now, Log: log})
		if err != nil {
			return err
		}
		if err := n.platform.Refresh(ctx); err != nil && !strings.Contains(source, "://") {
			return err
		}
	}
	n.revoked, err = revocation.Open(ctx, revocation.Config{
		Store: n.stores.meta, Life: n.cfg.Identity.Life(), Ended: n.endRevoked, Now: time.Now,
		Log: n.log.With().Str("component", "auth").Logger(),
	})
	if err != nil {
		return err
	}
	n.tokens, err = auth.NewVerifier(auth.Config{
		Now: time.Now, Keys: keys, Platform: n.platform,
		Audience: n.cfg.Audience, Leeway: n.cfg.Leeway, MaxLife: n.cfg.MaxLife, Revoked: n.revoked.Revoked,
	})
	return err
}

// endRevoked ends everything that goes on by tokens that were taken back. Calls
// come first, for who holds them is seen by their sockets.
func (n *node) endRevoked() {
	n.hub.EndRevoked()
	n.sockets.EndRevoked()
	n.api.EndRevoked()
	n.refuseRelay()
}

// refuseRelay has the TURN server carry nothing any more for tokens that were taken
// back.
func (n *node) refuseRelay() {
	tokens, people := n.revoked.Taken()
	var list []relay.Refusal
	for _, token := range tokens {
		list = append(list, relay.Refusal{Token: token})
	}
	for person, until := range people {
		list = append(list, relay.Refusal{Person: string(person), Until: until})
	}
	n.relay.Refuse(list)
}

// admit bounds how often relayed addresses are opened.
func (n *node) admit(user string, from netip.Addr) bool {
	return errors.Join(n.limits.TURN.Person(id.PersonID(user)), n.limits.TURN.Address(from)) == nil
}
