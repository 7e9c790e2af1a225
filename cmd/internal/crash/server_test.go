package crash

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/signaling/auth"
)

// root is the top of the tree, seen from this package.
const root = "../../.."

// bin is the program under test, built once by TestMain.
var bin string

// key signs the tokens of the tests' people.
var key = auth.Key{ID: "crash", Secret: auth.Secret(strings.Repeat("k", 32))}

// httpClient keeps no connection, for servers die here.
var httpClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "parley-crash")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	bin = filepath.Join(dir, "parley")
	build := exec.Command("go", "build", "-o", bin, "./cmd/parley")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build parley: %v\n%s", err, out)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir) // of the temporary folder
		os.Exit(code)
	}))
}

// server is one process of the program.
type server struct {
	url  string
	dir  string // data folder
	cmd  *exec.Cmd
	done chan struct{} // closed when its log has ended

	mu  sync.Mutex // guards log
	log bytes.Buffer
}

const startTimeout = 30 * time.Second

// command is `parley serve` on a data folder; args are added to it. Calls that it
// takes up wait for phones that never return in most tests, and so not for long.
// It makes no spoken lines, the most of a start, unless args ask for them.
func command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	args = append([]string{"serve", "--demo", "--listen", "127.0.0.1:0", "--data", dir, "--wrap-up", "0s", "--resume-calls", "2s", "--spoken-notice", "off"}, args...)
	cmd := exec.CommandContext(ctx, bin, args...)
	cmd.Env = append(os.Environ(), "PARLEY_API_KEY="+key.ID+":"+string(key.Secret))
	return cmd
}

// launch starts a process and returns before it is ready.
func launch(t testing.TB, dir string, args ...string) (s *server, address <-chan string) {
	t.Helper()
	s = &server{dir: dir, cmd: command(context.Background(), dir, args...), done: make(chan struct{})}
	logs, err := s.cmd.StderrPipe()
	must(t, err)
	must(t, s.cmd.Start())
	found := make(chan string, 1)
	go func() {
		defer close(s.done)
		lines := bufio.NewScanner(logs)
		for lines.Scan() {
			s.note(lines.Bytes())
			var line struct{ Listen string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Listen != "" {
				found <- line.Listen
			}
		}
	}()
	t.Cleanup(func() { s.kill(t) })
	return s, found
}

// start starts a process and waits until it serves.
func start(t testing.TB, dir string, args ...string) *server {
	t.Helper()
	s, address := launch(t, dir, args...)
	select {
	case a := <-address:
		s.url = "http://" + a
	case <-s.done:
		t.Fatalf("the server did not start:\n%s", s.said())
	case <-time.After(startTimeout):
		t.Fatalf("the server did not say where it listens within %s:\n%s", startTimeout, s.said())
	}
	return s
}

func (s *server) note(line []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log.Write(line)
	s.log.WriteByte('\n')
}

// said is the log so far.
func (s *server) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// kill ends the process as a power cut would end it and returns when it
// began to. A process that has ended already is left alone.
func (s *server) kill(t testing.TB) time.Time {
	t.Helper()
	at := time.Now()
	if s.cmd.ProcessState == nil {
		must(t, s.cmd.Process.Kill())
		<-s.done
		_ = s.cmd.Wait() // "signal: killed" is what was asked for
	}
	return at
}

// stop ends the process in the ordinary way.
func (s *server) stop(t testing.TB) {
	t.Helper()
	must(t, s.cmd.Process.Signal(syscall.SIGTERM))
	<-s.done
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v, want an ordinary end:\n%s", err, s.said())
	}
}

// rest makes a request with the token of a reviewer and decodes its JSON.
func (s *server) rest(ctx context.Context, t testing.TB, method, path, body string, into any) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(body))
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+token(t, auth.RoleQA, "reviewer", "US-NY"))
	resp, err := httpClient.Do(req)
	must(t, err)
	defer func() { _ = resp.Body.Close() }() // read whole below
	var raw json.RawMessage
	if err := json.NewDecoder(resp.Body).Decode(&raw); err != nil || resp.StatusCode >= 300 {
		t.Fatalf("%s %s: got status %d, %s and error %v, want success", method, path, resp.StatusCode, raw, err)
	}
	must(t, json.Unmarshal(raw, into))
	return resp
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
