package main

import (
	"context"
	"strings"
	"time"

	"parley/signaling/auth"
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
	n.tokens, err = auth.NewVerifier(auth.Config{
		Now: time.Now, Keys: keys, Platform: n.platform,
		Audience: n.cfg.Audience, Leeway: n.cfg.Leeway, MaxLife: n.cfg.MaxLife,
	})
	return err
}
