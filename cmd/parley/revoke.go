package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"parley/cmd/internal/config"
	"parley/signaling/api"
	"parley/signaling/auth"
	"parley/signaling/revocation"
	"parley/storage/id"
	"parley/storage/meta"
)

// revokeCommand takes tokens back; running servers learn of it within seconds.
type revokeCommand struct {
	Data     string          `help:"Data folder." default:"data" env:"PARLEY_DATA" type:"path"`
	Database config.Secret   `help:"postgres:// URL of the metadata database; empty: the SQLite file in --data." env:"PARLEY_DATABASE"`
	Identity config.Identity `embed:""`

	Person  string `help:"Person all of whose tokens of now are taken back." xor:"whom" required:""`
	TokenID string `help:"Id (jti) of one token that is taken back." name:"token-id" xor:"whom" required:""`
}

// by is who the audit log says did it.
const byOperator = id.PersonID("operator")

// Run implements the command.
func (c revokeCommand) Run(ctx context.Context, s streams) (err error) {
	if _, err := id.ParsePerson(c.Person); c.Person != "" && err != nil {
		return fmt.Errorf("--person: %w", err)
	}
	if len(c.TokenID) > auth.MaxIDBytes {
		return fmt.Errorf("--token-id: at most %d bytes", auth.MaxIDBytes)
	}
	cfg := config.Serve{Data: c.Data, Database: c.Database}
	if err := refuseMissing(cfg); err != nil {
		return err
	}
	db, err := metadata(cfg)
	if err != nil {
		return err
	}
	store, err := db.OpenAsItIs(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	list, err := revocation.Open(ctx, revocation.Config{
		Store: store, Life: c.Identity.Life(), Ended: func() {}, Now: time.Now, Log: zerolog.Nop(),
	})
	if err != nil {
		return err
	}
	kind, subject := meta.RevokedToken, c.TokenID
	if c.Person != "" {
		kind, subject = meta.RevokedPerson, c.Person
	}
	if _, err := store.AppendChain(ctx, api.AuditChain, "token.revoke", subject, string(byOperator), map[string]string{"kind": kind}, time.Now()); err != nil {
		return err
	}
	if kind == meta.RevokedPerson {
		_, err = list.RevokePerson(ctx, id.PersonID(c.Person), time.Now(), byOperator)
	} else {
		_, err = list.RevokeToken(ctx, c.TokenID, time.Time{}, byOperator)
	}
	if err == nil {
		_, err = fmt.Fprintln(s.out, "Taken back. Running servers end what goes on by it within a few seconds.")
	}
	return err
}
