package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"parley/cmd/internal/probe"
	"parley/signaling/auth"
)

// probeCommand is the operator's health check.
type probeCommand struct {
	Server  string        `help:"Base URL of the server." default:"http://127.0.0.1:8080"`
	APIKey  string        `help:"API key pair id:secret, for a server that is no demo." name:"api-key" env:"PARLEY_API_KEY"`
	JSON    bool          `help:"Print one JSON object and nothing else." name:"json"`
	Timeout time.Duration `help:"How long the whole check may take." default:"60s"`
}

// Run implements the command.
func (c probeCommand) Run(ctx context.Context, s streams) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	cfg := probe.Config{Server: c.Server}
	if c.APIKey != "" {
		keyID, secret, ok := strings.Cut(c.APIKey, ":")
		if !ok {
			return errors.New("--api-key must have the form id:secret")
		}
		cfg.Key = &auth.Key{ID: keyID, Secret: auth.Secret(secret)}
	}
	if !c.JSON {
		cfg.Progress = func(step string) { _, _ = fmt.Fprintln(s.err, step) }
	}
	res := probe.Run(ctx, cfg)
	if err := c.print(s, res); err != nil {
		return err
	}
	if !res.OK {
		return errSilent
	}
	return nil
}

func (c probeCommand) print(s streams, res probe.Result) error {
	enc := json.NewEncoder(s.out)
	if !c.JSON {
		enc.SetIndent("", "  ")
	}
	return enc.Encode(res)
}
