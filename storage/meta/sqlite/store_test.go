package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/storage/chain"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/metatest"
	"parley/storage/meta/sqlmeta"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// opened is a store with the pools behind it.
type opened struct {
	*sqlmeta.Store
	writer, reader *sql.DB
}

func openStore(t testing.TB, path string) opened {
	t.Helper()
	db, err := Connect(Config{Path: path})
	if err != nil {
		t.Fatalf("Connect(%s): got %v, want no error", path, err)
	}
	store, err := db.Open(t.Context())
	if err != nil {
		t.Fatalf("Open(%s): got %v, want no error", path, err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("Close: got %v, want no error", err)
		}
	})
	return opened{store, db.Writer, db.Reader}
}

func databasePath(t testing.TB) string { return filepath.Join(t.TempDir(), "parley.db") }

func TestStore(t *testing.T) {
	metatest.Run(t, func(t testing.TB) meta.Store { return openStore(t, databasePath(t)) })
}

func TestRecordsSurviveReopening(t *testing.T) {
	path := databasePath(t)
	first := openStore(t, path)
	entry, err := first.AppendChain(t.Context(), "consent", "k", "s", "a", 1, noon)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	next, err := openStore(t, path).AppendChain(t.Context(), "consent", "k", "s", "a", 2, noon)
	if err != nil || next.Prev != entry.Hash {
		t.Errorf("entry after reopening: got %+v and %v, want it linked to %s", next, err, entry.Hash)
	}
}

func TestConnectionsAreSetUp(t *testing.T) {
	store := openStore(t, databasePath(t))
	for _, tc := range []struct {
		pragma, want string
		db           *sql.DB
	}{
		{"journal_mode", "wal", store.writer},
		{"synchronous", "2", store.writer},
		{"foreign_keys", "1", store.writer},
		{"secure_delete", "1", store.writer},
		{"busy_timeout", "5000", store.writer},
		{"query_only", "0", store.writer},
		{"query_only", "1", store.reader},
		{"busy_timeout", "5000", store.reader},
	} {
		var got string
		if err := tc.db.QueryRowContext(t.Context(), "PRAGMA "+tc.pragma).Scan(&got); err != nil || got != tc.want {
			t.Errorf("PRAGMA %s: got %s and %v, want %s", tc.pragma, got, err, tc.want)
		}
	}
}

func TestUnusualPaths(t *testing.T) {
	for _, name := range []string{"a b.db", "100%.db", "what?.db", "a#b&c=d.db", "naïve.db", "file:x.db"} {
		dir := t.TempDir()
		openStore(t, filepath.Join(dir, name))
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("database %q: got %v, want it under its name", name, err)
		}
	}
}

func TestOthersCannotRead(t *testing.T) {
	path := databasePath(t)
	store := openStore(t, path)
	if _, err := store.PutSecret(t.Context(), "n", []byte("sealed")); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{path, path + "-wal", path + "-shm"} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode of %s: got %v and %v, want 0600", file, info, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	junk := filepath.Join(dir, "junk.db")
	if err := os.WriteFile(junk, bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"no path":        "",
		"no folder":      filepath.Join(dir, "missing", "parley.db"),
		"a folder":       dir,
		"something else": junk,
	} {
		store, err := Open(t.Context(), Config{Path: path})
		if err == nil {
			t.Errorf("%s: got no error, want one", name)
			store.Close()
		}
	}
}

func TestDestroyedEnvelopeIsInNoFile(t *testing.T) {
	path := databasePath(t)
	store := openStore(t, path)
	secret := bytes.Repeat([]byte("PRIVATE-HALF-"), 60)
	r := meta.Recording{ID: id.NewRecording(noon), CallID: id.NewCall(noon), MemberID: "m", ExpertID: "e", State: meta.StateCapturing, StartedAt: noon}
	sealed := map[string][]byte{id.PartMember: secret, id.PartExpert: []byte("KEPT"), id.PartCall: []byte("KEPT")}
	if err := store.InsertRecording(t.Context(), r, sealed); err != nil {
		t.Fatal(err)
	}
	if !inFiles(t, path, secret[:40]) {
		t.Fatal("envelope before its destruction: got it in no file, want it in one; the test looks in the wrong place")
	}
	if err := store.DestroyEnvelope(t.Context(), r.ID, id.PartMember, noon); err != nil {
		t.Fatal(err)
	}
	if inFiles(t, path, []byte("PRIVATE-HALF-")) {
		t.Error("envelope after its destruction: got its bytes in a file of the database, want them in none")
	}
	if !inFiles(t, path, []byte("KEPT")) {
		t.Error("other envelopes: got them in no file, want them kept")
	}
}

// inFiles tells whether the database's files hold the bytes.
func inFiles(t *testing.T, path string, content []byte) bool {
	t.Helper()
	for _, file := range []string{path, path + "-wal"} {
		held, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(held, content) {
			return true
		}
	}
	return false
}

func TestDestructionWithAReaderIsRepeated(t *testing.T) {
	store := openStore(t, databasePath(t))
	r := meta.Recording{ID: id.NewRecording(noon), CallID: id.NewCall(noon), MemberID: "m", ExpertID: "e", State: meta.StateCapturing, StartedAt: noon}
	sealed := map[string][]byte{id.PartMember: []byte("a"), id.PartExpert: []byte("b"), id.PartCall: []byte("c")}
	if err := store.InsertRecording(t.Context(), r, sealed); err != nil {
		t.Fatal(err)
	}
	reading, err := store.reader.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := reading.QueryRow(`SELECT count(*) FROM key_envelopes`).Scan(new(int)); err != nil {
		t.Fatal(err)
	}
	if _, err := store.writer.ExecContext(t.Context(), `PRAGMA busy_timeout = 10`); err != nil {
		t.Fatal(err)
	}
	if err := store.DestroyEnvelope(t.Context(), r.ID, id.PartMember, noon); err == nil {
		t.Error("DestroyEnvelope while a reader holds the log: got no error, want one")
	}
	if err := reading.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := store.DestroyEnvelope(t.Context(), r.ID, id.PartMember, noon.Add(time.Hour)); err != nil {
		t.Errorf("DestroyEnvelope after it: got %v, want no error", err)
	}
	var at int64
	err = store.reader.QueryRow(`SELECT destroyed_at FROM key_envelopes WHERE destroyed_at IS NOT NULL`).Scan(&at)
	if err != nil || at != noon.UnixMicro() {
		t.Errorf("time of destruction: got %d and %v, want the first one, %d", at, err, noon.UnixMicro())
	}
}

// TestSomebodyHoldsTheDatabase: a write waits for another process that writes, and
// fails as unavailable if that takes too long; reads go on.
func TestSomebodyHoldsTheDatabase(t *testing.T) {
	path := databasePath(t)
	store, other := openStore(t, path), openStore(t, path)
	holding, err := other.writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	waited := make(chan error)
	go func() {
		_, err := store.AppendChain(t.Context(), "consent", "k", "s", "a", nil, noon)
		waited <- err
	}()
	if entries, err := store.ChainEntries(t.Context(), "consent", "", 0, 0); err != nil || len(entries) != 0 {
		t.Errorf("a read beside it: got %v and %v, want nothing and no error", entries, err)
	}
	select {
	case err := <-waited:
		t.Fatalf("a write beside it: got %v at once, want it to wait", err)
	case <-time.After(50 * time.Millisecond):
	}
	if err := holding.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := <-waited; err != nil {
		t.Errorf("the write that waited: got %v, want no error", err)
	}

	if holding, err = other.writer.BeginTx(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := store.writer.ExecContext(t.Context(), `PRAGMA busy_timeout = 10`); err != nil {
		t.Fatal(err)
	}
	for doing, err := range map[string]error{
		"PutBlock": store.PutBlock(t.Context(), meta.Block{By: "a", Whom: "b", At: noon}),
		"Check":    store.Check(t.Context()),
	} {
		if !errors.Is(err, meta.ErrUnavailable) {
			t.Errorf("%s of a database that stays locked: got %v, want ErrUnavailable", doing, err)
		}
	}
	if err := holding.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := store.Check(t.Context()); err != nil {
		t.Errorf("Check after it: got %v, want no error", err)
	}
}

// tamper changes the database as somebody with its file could, past the triggers.
func tamper(t *testing.T, store opened, statement string) {
	t.Helper()
	for _, s := range []string{`DROP TRIGGER IF EXISTS chain_entries_stay`, `DROP TRIGGER IF EXISTS chain_entries_remain`, statement} {
		if _, err := store.writer.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func TestVerifyChainFindsTampering(t *testing.T) {
	for name, tc := range map[string]struct {
		statement string
		seq       uint64
	}{
		"changed":      {`UPDATE chain_entries SET body = '{}' WHERE seq = 3`, 3},
		"time changed": {`UPDATE chain_entries SET at = at + 1 WHERE seq = 2`, 2},
		"removed":      {`DELETE FROM chain_entries WHERE seq = 4`, 4},
		"first gone":   {`DELETE FROM chain_entries WHERE seq = 1`, 1},
		"inserted":     {`INSERT INTO chain_entries SELECT chain, 6, at, kind, subject, actor, body, prev, hash FROM chain_entries WHERE seq = 5`, 6},
	} {
		t.Run(name, func(t *testing.T) {
			store := openStore(t, databasePath(t))
			for n := range 5 {
				if _, err := store.AppendChain(t.Context(), "consent", "k", "s", "a", n, noon); err != nil {
					t.Fatal(err)
				}
			}
			tamper(t, store, tc.statement)
			var broken *chain.BrokenError
			if err := store.VerifyChain(t.Context(), "consent"); !errors.As(err, &broken) || broken.Seq != tc.seq {
				t.Errorf("VerifyChain: got %v, want a BrokenError at %d", err, tc.seq)
			}
		})
	}
}

func TestChainEntriesCannotBeChangedByMistake(t *testing.T) {
	store := openStore(t, databasePath(t))
	if _, err := store.AppendChain(t.Context(), "consent", "k", "s", "a", nil, noon); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{`UPDATE chain_entries SET kind = 'x'`, `DELETE FROM chain_entries`} {
		if _, err := store.writer.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%s: got no error, want it refused", statement)
		}
	}
}

func TestReadersCannotWrite(t *testing.T) {
	store := openStore(t, databasePath(t))
	if _, err := store.reader.ExecContext(t.Context(), `DELETE FROM people`); err == nil {
		t.Error("write through a reader: got no error, want it refused")
	}
}

func TestClosedStoreFails(t *testing.T) {
	store := openStore(t, databasePath(t))
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := store.Check(context.Background()); err == nil {
		t.Error("Check of a closed store: got no error, want one")
	}
}

func BenchmarkAppendChain(b *testing.B) {
	store := openStore(b, databasePath(b))
	for b.Loop() {
		if _, err := store.AppendChain(b.Context(), "consent", "answer", "call", "person", map[string]string{"answer": "yes"}, noon); err != nil {
			b.Fatal(err)
		}
	}
}
