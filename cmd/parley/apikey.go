package main

import (
	"context"
	"fmt"

	"parley/cmd/internal/config"
)

// apiKeyCommand prints the key pair by which a platform signs its tokens.
type apiKeyCommand struct {
	Data     string        `help:"Data folder." default:"data" env:"PARLEY_DATA" type:"path"`
	Database config.Secret `help:"postgres:// URL of the metadata database; empty: the SQLite file in --data." env:"PARLEY_DATABASE"`
	Keys     config.Keys   `embed:""`
}

// Run implements the command.
func (c apiKeyCommand) Run(ctx context.Context, s streams) error {
	st, err := openStores(ctx, config.Serve{Data: c.Data, Database: c.Database, Keys: c.Keys})
	if err != nil {
		return err
	}
	own, err := st.apiKeys(ctx, config.Identity{})
	if err == nil {
		_, err = fmt.Fprintf(s.out, "%s:%s\n", own[0].ID, string(own[0].Secret))
	}
	if cErr := st.Close(); err == nil {
		err = cErr
	}
	return err
}
