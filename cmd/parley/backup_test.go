package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cmd/internal/config"
	"parley/storage/envelope"
	"parley/storage/erasure"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/pgtest"
)

// withStores opens the stores of a stopped server.
func withStores(t *testing.T, dir, database string, do func(ctx context.Context, st *stores)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	st, err := openStores(ctx, config.Serve{Data: dir, Database: config.Secret(database)})
	if err != nil {
		t.Fatal(err)
	}
	do(ctx, st)
	if err := st.Close(); err != nil {
		t.Error(err)
	}
}

// command runs a command that must succeed.
func command(t *testing.T, args ...string) (stdout string) {
	t.Helper()
	stdout, stderr, code := program(t, args...)
	if code != 0 {
		t.Fatalf("parley %s: got exit code %d and %q, want success", strings.Join(args[:1], " "), code, stderr)
	}
	return stdout
}

func exportVoice(t *testing.T, recording, dir, voice string, flags ...string) error {
	t.Helper()
	out := filepath.Join(t.TempDir(), "voice.opus")
	args := append([]string{"recording", "export", recording, "--data", dir, "--out", out, "--as", voice, "--reason", "test"}, flags...)
	if _, said, code := program(t, args...); code != 0 {
		return errors.New(said)
	}
	return nil
}

// TestBackupOfARunningServer goes from each database to the other. What was
// erased after the backup stays erased; the key of the other voice is kept.
func TestBackupOfARunningServer(t *testing.T) {
	server := pgtest.Start(t)
	for _, tc := range []struct{ name, from, to string }{
		{"SQLite to PostgreSQL", "", server.Schema(t)},
		{"PostgreSQL to SQLite", server.Schema(t), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			from, to := "--database="+tc.from, "--database="+tc.to
			file := filepath.Join(t.TempDir(), "parley.backup")
			s := serveDemo(t, dir, from)
			before := s.call(t)
			command(t, "backup", file, "--data", dir, from)
			after := s.call(t)
			s.stop()
			withStores(t, dir, tc.from, func(ctx context.Context, st *stores) { eraseMember(ctx, t, st, before, after) })

			said := command(t, "restore", file, "--data", dir, to)
			if !strings.Contains(said, "1 voices") {
				t.Errorf("restore: it says %q, want that one voice was erased again", said)
			}
			withStores(t, dir, tc.to, func(ctx context.Context, st *stores) { wantRestored(ctx, t, st, before) })
			if err := exportVoice(t, before, dir, "member", to); err == nil {
				t.Error("a voice that was erased after the backup: it can be played again")
			}
			// The server goes on with it, older as it is.
			again := serveDemo(t, dir, to)
			if err := exportAfter(t, again, dir, to); err != nil {
				t.Errorf("a call after the restore: %v", err)
			}
		})
	}
}

func eraseMember(ctx context.Context, t *testing.T, st *stores, recordings ...string) {
	t.Helper()
	var voices []erasure.Voice
	for _, r := range recordings {
		voices = append(voices, erasure.Voice{Recording: id.RecordingID(r), Part: id.PartMember})
	}
	if err := erasure.Erase(ctx, erasure.NewLog(st.objects), st.meta, time.Now(), voices...); err != nil {
		t.Fatal(err)
	}
}

// exportAfter makes a call, stops the server and exports it.
func exportAfter(t *testing.T, s *running, dir string, flags ...string) error {
	t.Helper()
	recording := s.call(t)
	s.stop()
	return exportVoice(t, recording, dir, "member", flags...)
}

func wantRestored(ctx context.Context, t *testing.T, st *stores, recording string) {
	t.Helper()
	list, err := st.meta.Recordings(ctx, meta.RecordingFilter{})
	if err != nil || len(list) != 1 || string(list[0].ID) != recording {
		t.Fatalf("recordings: got %+v and %v, want the one before the backup", list, err)
	}
	sealed, err := st.meta.Envelope(ctx, list[0].ID, id.PartExpert)
	if err == nil {
		_, err = st.master.OpenKey(sealed, envelope.Binding{Recording: list[0].ID, Part: id.PartExpert})
	}
	if err != nil {
		t.Errorf("key of the voice that was not erased: %v", err)
	}
	names, err := st.meta.ChainNames(ctx)
	if err != nil || len(names) < 2 {
		t.Errorf("chains: got %v and %v, want the ledger and the audit log", names, err)
	}
	for _, name := range names {
		if err := st.meta.VerifyChain(ctx, name); err != nil {
			t.Error(err)
		}
	}
	written, err := st.meta.ChainEntries(ctx, "audit", subjectMetadata, 0, 0)
	if err != nil || len(written) != 1 || written[0].Kind != kindRestored || !strings.Contains(string(written[0].Body), `"erased":1`) {
		t.Errorf("audit: got %+v and %v, want the restore", written, err)
	}
}

func TestBackupRefuses(t *testing.T) {
	dir := t.TempDir()
	s := serveDemo(t, dir)
	taken := filepath.Join(t.TempDir(), "taken")
	if err := os.WriteFile(taken, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	free := filepath.Join(t.TempDir(), "parley.backup")
	for name, args := range map[string][]string{
		"a file that is there": {"backup", taken, "--data", dir},
		"no data folder":       {"backup", free, "--data", t.TempDir()},
		"no folder":            {"backup", filepath.Join(dir, "no", "folder"), "--data", dir},
	} {
		if _, said, code := program(t, args...); code == 0 || strings.Count(said, "\n") != 1 {
			t.Errorf("%s: got exit code %d and %q, want a sentence", name, code, said)
		}
	}
	command(t, "backup", free, "--data", dir)
	if info, err := os.Stat(free); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup: got %v and %v, want a file of mode 0600", info, err)
	}
	if _, said, code := program(t, "restore", free, "--data", dir, "--force"); code == 0 || !strings.Contains(said, "another parley is running") {
		t.Errorf("restore under a running server: got exit code %d and %q, want it refused", code, said)
	}
	s.stop()
	if _, said, code := program(t, "restore", free, "--data", dir); code == 0 || !strings.Contains(said, "--force") {
		t.Errorf("restore over what is there: got exit code %d and %q, want it refused", code, said)
	}
	command(t, "restore", free, "--data", dir, "--force")
	sealed, err := os.ReadFile(free)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(free, sealed[:len(sealed)-1], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, code := program(t, "restore", free, "--data", dir, "--force"); code == 0 {
		t.Error("restore of a backup that is cut off: got success")
	}
	serveDemo(t, dir).stop() // which changed nothing
}

// TestADatabaseOfAnOlderDay is refused, unless a restore explains it or the
// operator accepts it, and then has nothing that was erased since.
func TestADatabaseOfAnOlderDay(t *testing.T) {
	dir := t.TempDir()
	s := serveDemo(t, dir)
	recording := s.call(t)
	s.stop()
	path := filepath.Join(dir, databaseFile)
	older, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s = serveDemo(t, dir)
	s.call(t)
	s.stop()
	withStores(t, dir, "", func(ctx context.Context, st *stores) { eraseMember(ctx, t, st, recording) })
	if err := os.WriteFile(path, older, 0o600); err != nil {
		t.Fatal(err)
	}
	_, said, code := program(t, "serve", "--demo", "--listen", "127.0.0.1:0", "--data", dir)
	if code == 0 || !strings.Contains(said, "older than its data folder") || !strings.Contains(said, "--accept-older-database") {
		t.Fatalf("serve on an older database: got exit code %d and %q, want a refusal that says what to do", code, said)
	}
	s = serveDemo(t, dir, "--accept-older-database")
	if !strings.Contains(s.log.String(), `"erased_again":1`) {
		t.Errorf("accepted: the log does not tell what was erased again:\n%s", s.log)
	}
	s.stop()
	if err := exportVoice(t, recording, dir, "member"); err == nil {
		t.Error("a voice that was erased after the older day: it can be played again")
	}
	serveDemo(t, dir).stop() // accepted once is accepted
}
