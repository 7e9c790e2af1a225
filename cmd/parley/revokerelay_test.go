package main

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v3"

	"parley/cmd/internal/softphone"
	"parley/signaling/client"
	"parley/signaling/wire"
)

// relayed opens a relayed address with what a welcome gave.
func relayed(t *testing.T, with wire.ICEServer) (*turn.Client, error) {
	t.Helper()
	address, _, _ := strings.Cut(strings.TrimPrefix(with.URLs[0], "turn:"), "?")
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: address, Username: with.Username, Password: with.Credential, Conn: conn,
		LoggerFactory: &logging.DefaultLoggerFactory{Writer: io.Discard},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		_ = conn.Close()
	})
	if err := c.Listen(); err != nil {
		t.Fatal(err)
	}
	_, err = c.Allocate()
	return c, err
}

// TestRevocationEndsWhatIsRelayed: once the answer is there, the person's relayed
// address is gone, and their credentials open no other.
func TestRevocationEndsWhatIsRelayed(t *testing.T) {
	dir := t.TempDir()
	s := serveDemo(t, dir, "--metrics-listen", "127.0.0.1:0")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	phone, err := softphone.Dial(ctx, softphone.Config{Server: s.url, Token: mintedBy(t, "member", "mallory", "--data", dir)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = phone.Close() }) // the server has closed it
	if err := phone.Wait(ctx, "the welcome", func(st softphone.State) bool { return st.Welcome != nil }); err != nil {
		t.Fatal(err)
	}
	with := phone.State().Welcome.ICEServers[0]
	if _, err := relayed(t, with); err != nil {
		t.Fatalf("before: %v", err)
	}
	backend, err := client.New(client.Config{Server: s.url, Token: func(context.Context) (string, error) { return mintedBy(t, "service", "billing", "--data", dir), nil }})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(s.scrape(t), "\nparley_turn_allocations 1\n") {
		t.Error("before: want one relayed address in the metrics")
	}
	if _, err := backend.Revoke(ctx, client.Revocation{Person: "mallory"}); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); !strings.Contains(s.scrape(t), "\nparley_turn_allocations 0\n"); <-time.After(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the relayed address is still there")
		}
	}
	if _, err := relayed(t, with); err == nil {
		t.Error("after: the credentials open another relayed address")
	}
	if metrics := s.scrape(t); strings.Contains(metrics, `parley_turn_refused_total{reason="revoked"} 0`) {
		t.Error("after: no refusal is counted as revoked")
	}
}
