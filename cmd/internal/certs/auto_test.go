package certs

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"parley/cmd/internal/doorway"
)

const patience = time.Minute

// authority is Pebble, the small ACME server of Let's Encrypt.
type authority struct {
	directory string // URL
	roots     string // file that vouches for it
}

func pebble(t *testing.T) string {
	t.Helper()
	cache := os.Getenv("CACHE")
	if cache == "" {
		dir, err := os.UserCacheDir()
		must(t, err)
		cache = filepath.Join(dir, "parley", "bin")
	}
	return filepath.Join(cache, "pebble")
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { must(t, l.Close()) }()
	return l.Addr().(*net.TCPAddr).Port
}

// startAuthority runs an authority that looks for challenges on a port.
func startAuthority(t *testing.T, tlsPort int) authority {
	t.Helper()
	dir := t.TempDir()
	cert, key := makeFiles(t, dir, "localhost")
	port := freePort(t)
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": fmt.Sprintf("127.0.0.1:%d", port), "managementListenAddress": fmt.Sprintf("127.0.0.1:%d", freePort(t)),
		"certificate": cert, "privateKey": key, "httpPort": freePort(t), "tlsPort": tlsPort,
	}})
	must(t, err)
	file := filepath.Join(dir, "pebble.json")
	must(t, os.WriteFile(file, config, 0o600))
	cmd := exec.Command(pebble(t), "-config", file)
	cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it keeps nothing
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("the authority said:\n%s", &out)
		}
	})
	a := authority{directory: fmt.Sprintf("https://localhost:%d/dir", port), roots: cert}
	roots, err := readRoots(cert)
	must(t, err)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}}
	wait(t, "the authority", func() bool {
		resp, err := client.Get(a.directory)
		if err == nil {
			_ = resp.Body.Close() // only that it answers counts
		}
		return err == nil
	})
	return a
}

func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("waited %s for %s", patience, what)
		}
	}
}

// TestAutoGetsACertificate: a server that had none gets one from an authority
// that proves the domain on the very port that is served, and after a restart it
// has it still.
func TestAutoGetsACertificate(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	a := startAuthority(t, port)
	cfg := AutoConfig{Domains: []string{"localhost"}, Directory: a.directory, Roots: a.roots, Dir: t.TempDir(), Port: port, Log: zerolog.New(zerolog.NewTestWriter(t))}
	first := serveAuto(t, cfg, l)
	l, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	must(t, err)
	if again := serveAuto(t, cfg, l); again != first {
		t.Errorf("after a restart: got certificate %s, want that of before, %s", again, first)
	}
}

// serveAuto serves until there is a certificate and returns its number.
func serveAuto(t *testing.T, cfg AutoConfig, l net.Listener) (serial string) {
	t.Helper()
	s, err := Auto(cfg)
	must(t, err)
	door := doorway.Open(l, s.Config())
	ctx, cancel := context.WithCancel(t.Context())
	var work sync.WaitGroup
	for _, run := range []func(context.Context) error{s.Run, door.Run} {
		work.Go(func() {
			if err := run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	defer work.Wait()
	defer cancel()
	wait(t, "a certificate", func() bool {
		// Who vouches for a test's authority is not known beforehand.
		conn, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{ServerName: "localhost", InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
		if err != nil {
			return false
		}
		leaf := conn.ConnectionState().PeerCertificates[0]
		if err := leaf.VerifyHostname("localhost"); err != nil {
			t.Error(err)
		}
		serial = leaf.SerialNumber.String()
		return conn.Close() == nil
	})
	return serial
}
