package main

import (
	"context"
	"time"

	"parley/signaling/api"
	"parley/signaling/auth"
	"parley/signaling/staff"
)

// openStaff says where staff sign in; nil: nowhere.
func (n *node) openStaff(ctx context.Context) (*api.Staff, error) {
	cfg := n.cfg.OIDC
	if cfg.Issuer == "" {
		return nil, nil
	}
	roles, err := cfg.Mappings()
	if err != nil {
		return nil, err
	}
	key, err := n.stores.secret(ctx, "staff-sign-in")
	if err != nil {
		return nil, err
	}
	provider, err := staff.New(staff.Config{
		Issuer: cfg.Issuer, ClientID: cfg.ClientID, ClientSecret: auth.Secret(cfg.ClientSecret), Redirect: cfg.Redirect,
		Scopes: cfg.Scope, RoleClaim: cfg.RoleClaim, Roles: roles, Key: key, Now: time.Now,
	})
	if err != nil {
		return nil, err
	}
	return &api.Staff{
		SignIn: provider, Key: n.key, Cookie: auth.Cookie{Insecure: cfg.Local()}, Life: cfg.Session, Fresh: cfg.StepUp,
	}, nil
}
