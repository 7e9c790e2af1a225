package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/cmd/internal/probe"
)

// patience bounds every wait; the machine may be busy.
const patience = time.Minute

// transcript is what a command writes while others read it.
type transcript struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (o *transcript) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *transcript) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// program runs a command to its end.
func program(t testing.TB, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var out, errs transcript
	code = run(ctx, args, streams{&out, &errs})
	return out.String(), errs.String(), code
}

// running is `parley serve`, in this process.
type running struct {
	url  string
	log  *transcript
	stop func() // ends it, and waits until it has
}

// serveDemo runs a demo server on a data folder until the test ends. It makes no
// spoken lines, the most of a start, unless args ask for them.
func serveDemo(t testing.TB, dir string, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var out transcript
	s, done, code := &running{log: &transcript{}}, make(chan struct{}), 0
	go func() {
		defer close(done)
		code = run(ctx, append([]string{"serve", "--demo", "--listen", "127.0.0.1:0", "--data", dir, "--spoken-notice=off"}, args...), streams{&out, s.log})
	}()
	s.stop = sync.OnceFunc(func() {
		cancel()
		<-done
		if code != 0 {
			t.Errorf("the server ended with %d and said:\n%s", code, s.log)
		}
	})
	t.Cleanup(s.stop)
	deadline := time.After(patience)
	for tick := time.NewTicker(20 * time.Millisecond); s.url == ""; {
		select {
		case <-tick.C:
			s.url = listening(s.log.String())
		case <-done:
			t.Fatalf("the server did not start:\n%s", s.log)
		case <-deadline:
			t.Fatalf("the server did not say where it listens:\n%s", s.log)
		}
	}
	return s
}

// listening finds the address in a server's log.
func listening(log string) string {
	for line := range strings.Lines(log) {
		var said struct{ Listen string }
		if json.Unmarshal([]byte(line), &said) == nil && said.Listen != "" {
			return "http://" + said.Listen
		}
	}
	return ""
}

// call makes a real call that is recorded, stored and played, and returns the
// recording.
func (s *running) call(t testing.TB) string {
	t.Helper()
	stdout, _, code := program(t, "probe", "--json", "--server", s.url)
	var res probe.Result
	if err := json.Unmarshal([]byte(stdout), &res); err != nil {
		t.Fatalf("probe: not one JSON object: %v\n%s", err, stdout)
	}
	if !res.OK || code != 0 || res.RecordingID == "" {
		t.Fatalf("probe: got exit code %d and %s, want a call that was recorded and played\n%s", code, stdout, s.log)
	}
	return res.RecordingID
}
