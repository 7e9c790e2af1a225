package main

import (
	"net/http"
	"testing"
	"time"
)

// TestRevokeBesideARunningServer: the server learns of it by itself, and knows
// it after a restart.
func TestRevokeBesideARunningServer(t *testing.T) {
	dir := t.TempDir()
	s := serveDemo(t, dir)
	token := mintedBy(t, "qa", "robin", "--data", dir)
	if got := status(t, s.url+"/api/v1/recordings", token); got != http.StatusOK {
		t.Fatalf("got %d, want the token taken", got)
	}
	for _, args := range [][]string{{}, {"--person", "ro bin"}, {"--person", "robin", "--token-id", "t"}} {
		if _, said, code := program(t, append([]string{"revoke", "--data", dir}, args...)...); code == 0 || said == "" {
			t.Errorf("revoke %v: got exit code %d and %q, want an error", args, code, said)
		}
	}
	if _, said, code := program(t, "revoke", "--data", dir, "--person", "robin"); code != 0 {
		t.Fatalf("got exit code %d and %q", code, said)
	}
	deadline := time.After(patience)
	for tick := time.NewTicker(50 * time.Millisecond); status(t, s.url+"/api/v1/recordings", token) != http.StatusUnauthorized; {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("the running server still takes the token")
		}
	}
	s.stop()
	if got := status(t, serveDemo(t, dir).url+"/api/v1/recordings", token); got != http.StatusUnauthorized {
		t.Errorf("after a restart: got %d, want 401", got)
	}
}
