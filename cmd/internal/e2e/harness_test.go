package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// root is the top of the tree, seen from this package.
const root = "../../.."

// bin is the program under test, built once by TestMain.
var bin string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "parley-e2e")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer func() { _ = os.RemoveAll(dir) }()
		bin = filepath.Join(dir, "parley")
		build := exec.Command("go", "build", "-o", bin, "./cmd/parley")
		build.Dir = root
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build parley: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// server is a running parley.
type server struct {
	url  string
	dir  string // data folder
	cmd  *exec.Cmd
	log  *bytes.Buffer
	done chan struct{}
}

// startServer runs the demo on a free port; env is added to its environment.
func startServer(t testing.TB, dir string, env ...string) *server {
	t.Helper()
	return startServerWith(t, dir, []string{"--demo"}, env...)
}

// startServerWith runs a server with further arguments. It makes no spoken lines, the
// most of a start, unless args ask for them.
func startServerWith(t testing.TB, dir string, args []string, env ...string) *server {
	t.Helper()
	s := &server{dir: dir, log: &bytes.Buffer{}, done: make(chan struct{})}
	s.cmd = exec.Command(bin, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", dir, "--spoken-notice", "off"}, args...)...)
	s.cmd.Env = append(os.Environ(), env...)
	logs, err := s.cmd.StderrPipe()
	must(t, err)
	must(t, s.cmd.Start())
	address := make(chan string, 1)
	go func() {
		defer close(s.done)
		lines := bufio.NewScanner(logs)
		for lines.Scan() {
			var line struct{ Listen string }
			s.log.Write(append(lines.Bytes(), '\n'))
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Listen != "" {
				address <- line.Listen
			}
		}
	}()
	t.Cleanup(func() { s.stop(t) })
	select {
	case a := <-address:
		s.url = "http://" + a
	case <-s.done:
		t.Fatalf("the server did not start:\n%s", s.log)
	case <-time.After(30 * time.Second):
		t.Fatal("the server did not say where it listens within 30 s")
	}
	return s
}

// stop ends the server and waits for it.
func (s *server) stop(t testing.TB) {
	t.Helper()
	if s.cmd.ProcessState != nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	<-s.done
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v:\n%s", err, s.log)
	}
	if t.Failed() {
		t.Logf("server log:\n%s", s.log)
	}
}

// scenario runs one of the scripts of web/e2e and decodes its last line.
func scenario(t *testing.T, script string, args, result any) {
	t.Helper()
	scenarioFor(t, 90*time.Second, script, args, result)
}

// scenarioFor is scenario with another time that it may take.
func scenarioFor(t *testing.T, life time.Duration, script string, args, result any) {
	t.Helper()
	input, err := json.Marshal(args)
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), life)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", script, string(input))
	cmd.Dir = filepath.Join(root, "web", "e2e")
	// Browsers are children of node: end the whole group.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	temp, err := os.MkdirTemp("", "parley-browsers")
	must(t, err)
	defer func() { _ = os.RemoveAll(temp) }() // a browser that was killed may still write into it
	cmd.Env = append(os.Environ(), "TMPDIR="+temp)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, stderr.String())
	}
	if left, _ := filepath.Glob(filepath.Join(temp, "*profile*")); len(left) > 0 { // the pattern is sound
		t.Errorf("%s left the profiles of its browsers behind: %q", script, left)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), result); err != nil {
		t.Fatalf("%s printed no result: %v\n%s", script, err, out)
	}
}

// tool runs an ordinary program and returns what it wrote.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	var both bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &both, &both
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, &both)
	}
	return both.String()
}

// get fetches a URL with a bearer token and decodes its JSON.
func get(t *testing.T, url, token string, into any) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	if into != nil {
		if err := json.Unmarshal(body, into); err != nil {
			t.Fatalf("GET %s: %v\n%s", url, err, body)
		}
	}
	return resp.StatusCode
}

// demoToken signs in as a person of the demo.
func demoToken(t *testing.T, s *server, person string) string {
	t.Helper()
	resp, err := http.Post(s.url+"/api/v1/demo/session", "application/json", strings.NewReader(`{"person":"`+person+`"}`))
	must(t, err)
	defer func() { _ = resp.Body.Close() }()
	var session struct{ Token string }
	must(t, json.NewDecoder(resp.Body).Decode(&session))
	return session.Token
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
