package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// liveWithin bounds the start, which takes less than a second on an idle
	// machine and much longer on a busy one.
	liveWithin = time.Minute
	// stopWithin bounds the orderly end; after it the process is killed.
	stopWithin = 20 * time.Second
)

// Server is a running PostgreSQL server. Its methods are for the test's own
// goroutine.
type Server struct {
	dir      string // of the socket, with the data in a folder of it
	programs string
	account  account
	process  *process
	output   bytes.Buffer // read when the process is gone
	made     int          // schemas
}

// Start starts a server, waits until it takes connections, and stops it when the
// test ends. Making one takes some seconds: share it between the tests of a
// package, which can have a schema each.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{programs: findPrograms(t), account: findAccount(t)}
	s.dir = s.account.folder(t)
	t.Cleanup(func() { s.Stop(t) })
	// What a crash of the machine would cost is no concern of these tests.
	output, err := s.command("initdb", "--pgdata", s.data(), "--auth", "trust", "--username", "postgres",
		"--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync").CombinedOutput()
	if err != nil {
		t.Fatalf("make a PostgreSQL database: %v\n%s", err, output)
	}
	s.Restart(t)
	return s
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.programs, program), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = s.account.attributes()
	return cmd
}

// Restart starts the server after [Server.Stop] or [Server.Kill], with the same
// data, and waits until it takes connections.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.output.Reset()
	cmd := s.command("postgres", "-D", s.data(), "-k", s.dir, "-c", "listen_addresses=", "-c", "fsync=off",
		"-c", "shared_buffers=16MB", "-c", "max_connections=100")
	cmd.Stdout, cmd.Stderr = &s.output, &s.output
	p, err := startProcess(cmd)
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	if err := s.waitLive(p); err != nil {
		p.stop(os.Kill)
		t.Fatalf("start PostgreSQL: %v; it said:\n%s", err, s.output.String())
	}
	s.process = p
}

// Stop ends the server, and with it every connection, and waits until it is
// gone. It does nothing if the server is stopped already.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	// To PostgreSQL an interrupt says: now, but in order.
	s.end(os.Interrupt)
}

// Kill ends the server as a loss of its machine would, and waits until it is gone.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	s.end(os.Kill)
}

func (s *Server) end(signal os.Signal) {
	if s.process == nil {
		return
	}
	s.process.stop(signal)
	s.process = nil
}

// waitLive polls the server until it takes connections.
func (s *Server) waitLive(p *process) error {
	ctx, cancel := context.WithTimeout(context.Background(), liveWithin)
	defer cancel()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		err := s.execute(ctx, "SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-p.exited:
			return errors.New("the server exited")
		case <-ctx.Done():
			return fmt.Errorf("not live within %v: %w", liveWithin, err)
		case <-poll.C:
		}
	}
}

// Schema makes an empty schema, returns the URL of the database in which it is
// the one that is used, and drops it when the test ends. To tests it is as good as
// a database of their own, and made sooner. The URL has a password, which the
// server does not ask for.
func (s *Server) Schema(t testing.TB) string {
	t.Helper()
	s.made++
	name := fmt.Sprintf("test_%d", s.made)
	if err := s.execute(context.Background(), "CREATE SCHEMA "+name); err != nil {
		t.Fatalf("make a schema: %v", err)
	}
	t.Cleanup(func() {
		if s.process == nil {
			return // it goes with the server
		}
		if err := s.execute(context.Background(), "DROP SCHEMA "+name+" CASCADE"); err != nil {
			t.Errorf("drop the schema: %v", err)
		}
	})
	return s.url(name)
}

// Execute runs a statement in a schema, given by its URL, as its administrator
// could.
func (s *Server) Execute(t testing.TB, schema, statement string) {
	t.Helper()
	if err := execute(t.Context(), schema, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func (s *Server) url(schema string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword("postgres", "not-asked-for"), Path: "/postgres"}
	u.RawQuery = url.Values{"host": {s.dir}, "search_path": {schema}}.Encode()
	return u.String()
}

func (s *Server) execute(ctx context.Context, statement string) error {
	return execute(ctx, s.url("public"), statement)
}

func execute(ctx context.Context, url, statement string) error {
	connection, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	_, err = connection.Exec(ctx, statement)
	return errors.Join(err, connection.Close(ctx))
}
