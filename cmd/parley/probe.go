package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parley/cmd/internal/config"
	"parley/cmd/internal/probe"
)

// probeCommand is the operator's health check.
type probeCommand struct {
	Server   string        `help:"Base URL of the server." default:"http://127.0.0.1:8080"`
	APIKey   string        `help:"API key pair id:secret, for a server that is no demo." name:"api-key" env:"PARLEY_API_KEY"`
	Audience string        `help:"Audience of the tokens, where the server wants another one." name:"token-audience" default:"parley" env:"PARLEY_TOKEN_AUDIENCE"`
	JSON     bool          `help:"Print one JSON object and nothing else." name:"json"`
	Timeout  time.Duration `help:"How long the whole check may take." default:"60s"`
}

// Run implements the command.
func (c probeCommand) Run(ctx context.Context, s streams) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	cfg := probe.Config{Server: c.Server}
	if c.APIKey != "" {
		pairs, err := (config.Identity{APIKey: config.Secret(c.APIKey), Audience: c.Audience}).Pairs()
		if err != nil || len(pairs) == 0 {
			return errors.Join(errors.New("--api-key"), err)
		}
		cfg.Key = &pairs[0]
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
