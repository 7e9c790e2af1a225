package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"parley/cmd/internal/probe"
)

// run runs the program and returns what it printed and its exit code.
func run(t *testing.T, env []string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), bin, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// TestProbe: the health check passes on a demo and, with an API key, on a
// server that is none; each time with one JSON object and nothing else.
func TestProbe(t *testing.T) {
	demo := startServer(t, t.TempDir())
	real := startServerWith(t, t.TempDir(), nil, "PARLEY_API_KEY="+benchKey.ID+":"+string(benchKey.Secret))
	for name, args := range map[string][]string{
		"demo":         {"--server", demo.url},
		"with API key": {"--server", real.url, "--api-key", benchKey.ID + ":" + string(benchKey.Secret)},
	} {
		t.Run(name, func(t *testing.T) {
			stdout, _, code := run(t, nil, append([]string{"probe", "--json"}, args...)...)
			var res probe.Result
			if err := json.Unmarshal([]byte(stdout), &res); err != nil {
				t.Fatalf("not one JSON object: %v\n%s", err, stdout)
			}
			if !res.OK || code != 0 || res.RecordingID == "" || res.ReadyMs <= 0 || res.ReadyMs > 2000 {
				t.Errorf("got exit code %d and %s, want a healthy call that is ready within 2 s", code, stdout)
			}
		})
	}
}

// TestProbeFails: what is off is named, and the exit code says so.
func TestProbeFails(t *testing.T) {
	real := startServerWith(t, t.TempDir(), nil)
	for name, url := range map[string]string{"nobody listens": "http://127.0.0.1:9", "no demo and no key": real.url} {
		stdout, _, code := run(t, nil, "probe", "--json", "--timeout", "10s", "--server", url)
		var res probe.Result
		if err := json.Unmarshal([]byte(stdout), &res); err != nil {
			t.Fatalf("%s: not one JSON object: %v\n%s", name, err, stdout)
		}
		if res.OK || code == 0 || len(res.Failed) == 0 {
			t.Errorf("%s: got exit code %d and %s, want a failure with its reason", name, code, stdout)
		}
	}
}

func TestPortTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { must(t, l.Close()) }()
	_, stderr, code := run(t, nil, "serve", "--demo", "--listen", l.Addr().String(), "--data", t.TempDir())
	if code == 0 || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "--listen") {
		t.Errorf("got exit code %d and %q, want one sentence that says what to do", code, stderr)
	}
}

func TestBadSettings(t *testing.T) {
	_, stderr, code := run(t, nil, "serve", "--retention-days", "0", "--media-port", "99999", "--public-ip", "here", "--turn-credential-life", "9s")
	for _, want := range []string{"--retention-days", "--media-port", "--public-ip", "--turn-credential-life"} {
		if code == 0 || !strings.Contains(stderr, want) {
			t.Errorf("got exit code %d and %q, want a fault about %s", code, stderr, want)
		}
	}
}

func TestSmallCommands(t *testing.T) {
	s := startServer(t, t.TempDir())
	listen := strings.TrimPrefix(s.url, "http://")
	if _, stderr, code := run(t, nil, "health", "--listen", listen); code != 0 {
		t.Errorf("health of a ready server: got exit code %d and %q, want 0", code, stderr)
	}
	if _, _, code := run(t, nil, "health", "--listen", "127.0.0.1:9"); code == 0 {
		t.Error("health of nobody: got exit code 0, want a failure")
	}
	if stdout, _, code := run(t, nil, "version"); code != 0 || !strings.HasPrefix(stdout, "parley ") {
		t.Errorf("version: got exit code %d and %q", code, stdout)
	}
	dir := t.TempDir()
	first, _, code := run(t, nil, "apikey", "--data", dir)
	again, _, _ := run(t, nil, "apikey", "--data", dir)
	if code != 0 || first != again || len(first) < 40 {
		t.Errorf("apikey: got exit code %d, %d and %d bytes, want the same key twice", code, len(first), len(again))
	}
}
