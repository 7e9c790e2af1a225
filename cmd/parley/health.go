package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"strings"
	"time"

	"parley/cmd/internal/config"
)

// healthCommand asks a running server whether it is ready, for container
// health checks where no other HTTP client is at hand.
type healthCommand struct {
	Listen string `help:"Address that the server listens on." default:"127.0.0.1:8080" env:"PARLEY_LISTEN"`
	TLS    string `help:"How the server speaks TLS, as for serve." default:"off" env:"PARLEY_TLS" name:"tls"`
}

// Run implements the command.
func (c healthCommand) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	addr := strings.Replace(c.Listen, "0.0.0.0", "127.0.0.1", 1)
	// Nothing secret is sent, and the certificate is for another name than this.
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer client.CloseIdleConnections()
	scheme := "https"
	if c.TLS == config.TLSOff {
		scheme = "http"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+addr+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	_ = resp.Body.Close() // only the status counts
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready: %s", resp.Status)
	}
	return nil
}
