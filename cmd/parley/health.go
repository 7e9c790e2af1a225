package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// healthCommand asks a running server whether it is ready, for container
// health checks where no other HTTP client is at hand.
type healthCommand struct {
	Listen string `help:"Address that the server listens on." default:"127.0.0.1:8080" env:"PARLEY_LISTEN"`
}

// Run implements the command.
func (c healthCommand) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	addr := strings.Replace(c.Listen, "0.0.0.0", "127.0.0.1", 1)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	_ = resp.Body.Close() // only the status counts
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready: %s", resp.Status)
	}
	return nil
}
