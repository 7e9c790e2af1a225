package postgres_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"parley/storage/chain"
	"parley/storage/meta"
	"parley/storage/meta/metatest"
	"parley/storage/meta/pgtest"
	"parley/storage/meta/postgres"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func openStore(t testing.TB, url string) *postgres.Store {
	t.Helper()
	store, err := postgres.Open(t.Context(), postgres.Config{URL: url})
	if err != nil {
		t.Fatalf("Open: got %v, want no error", err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("Close: got %v, want no error", err)
		}
	})
	return store
}

func TestStore(t *testing.T) {
	server := pgtest.Start(t)
	metatest.Run(t, func(t testing.TB) meta.Store { return openStore(t, server.Schema(t)) })
}

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func appendOne(t *testing.T, store *postgres.Store) (chain.Entry, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	return store.AppendChain(ctx, "consent", "k", "s", "a", nil, noon)
}

// TestTheServerGoesAndComesBack: calls fail as unavailable, and work again without
// anybody opening the store anew.
func TestTheServerGoesAndComesBack(t *testing.T) {
	server := pgtest.Start(t)
	store := openStore(t, server.Schema(t))
	for n, end := range []func(testing.TB){server.Stop, server.Kill} {
		if entry, err := appendOne(t, store); err != nil || entry.Seq != uint64(n+1) {
			t.Fatalf("append: got %+v and %v, want entry %d", entry, err, n+1)
		}
		end(t)
		if _, err := appendOne(t, store); !errors.Is(err, meta.ErrUnavailable) {
			t.Errorf("append without a server: got %v, want ErrUnavailable", err)
		}
		if err := store.Check(t.Context()); !errors.Is(err, meta.ErrUnavailable) {
			t.Errorf("Check without a server: got %v, want ErrUnavailable", err)
		}
		server.Restart(t)
	}
	if err := store.VerifyChain(t.Context(), "consent"); err != nil {
		t.Error(err)
	}
}

// TestNodesOpenAndAppendAtOnce: several nodes make the schema of one database, and
// number one chain without a gap.
func TestNodesOpenAndAppendAtOnce(t *testing.T) {
	const nodes, each = 3, 20
	url := pgtest.Start(t).Schema(t)
	var group sync.WaitGroup
	for range nodes {
		group.Go(func() {
			store, err := postgres.Open(context.Background(), postgres.Config{URL: url, Connections: 2})
			if err != nil {
				t.Errorf("Open beside others: got %v, want no error", err)
				return
			}
			for range each {
				if _, err := store.AppendChain(context.Background(), "consent", "k", "s", "a", nil, noon); err != nil {
					t.Errorf("AppendChain beside others: got %v, want no error", err)
				}
			}
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	store := openStore(t, url)
	entries, err := store.ChainEntries(t.Context(), "consent", "", 0, meta.MaxLimit)
	if err != nil || len(entries) != nodes*each || entries[len(entries)-1].Seq != nodes*each {
		t.Errorf("entries: got %d and %v, want %d without a gap", len(entries), err, nodes*each)
	}
	if err := store.VerifyChain(t.Context(), "consent"); err != nil {
		t.Error(err)
	}
}

// TestSomebodyHoldsATable longer than a call waits.
func TestSomebodyHoldsATable(t *testing.T) {
	server := pgtest.Start(t)
	url := server.Schema(t) + "&lock_timeout=200ms"
	store := openStore(t, url)
	holder, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close(context.Background())
	for _, statement := range []string{`BEGIN`, `LOCK TABLE chain_entries`} {
		if _, err := holder.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := appendOne(t, store); !errors.Is(err, meta.ErrUnavailable) {
		t.Errorf("append to a locked table: got %v, want ErrUnavailable", err)
	}
	if _, err := holder.Exec(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if entry, err := appendOne(t, store); err != nil || entry.Seq != 1 {
		t.Errorf("append after it: got %+v and %v, want entry 1", entry, err)
	}
}

func TestEntriesCannotBeChangedByMistakeAndTamperingIsFound(t *testing.T) {
	server := pgtest.Start(t)
	url := server.Schema(t)
	store := openStore(t, url)
	for range 3 {
		if _, err := appendOne(t, store); err != nil {
			t.Fatal(err)
		}
	}
	connection, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close(context.Background())
	for _, statement := range []string{`UPDATE chain_entries SET kind = 'x'`, `DELETE FROM chain_entries`} {
		if _, err := connection.Exec(t.Context(), statement); err == nil {
			t.Errorf("%s: got no error, want it refused", statement)
		}
	}
	server.Execute(t, url, `ALTER TABLE chain_entries DISABLE TRIGGER ALL; UPDATE chain_entries SET body = '{}' WHERE seq = 2`)
	var broken *chain.BrokenError
	if err := store.VerifyChain(t.Context(), "consent"); !errors.As(err, &broken) || broken.Seq != 2 {
		t.Errorf("VerifyChain: got %v, want a BrokenError at 2", err)
	}
}

func TestATextThatPostgresCannotHold(t *testing.T) {
	store := openStore(t, pgtest.Start(t).Schema(t))
	err := store.UpsertPerson(t.Context(), meta.Person{ID: "maya", Role: "member", Name: "a\x00b", UpdatedAt: noon})
	if !errors.Is(err, meta.ErrInvalid) {
		t.Errorf("a name with a zero byte: got %v, want ErrInvalid", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	const password = "canary"
	for name, cfg := range map[string]postgres.Config{
		"nobody there":    {URL: "postgres://parley:" + password + "@127.0.0.1:1/parley"},
		"a broken URL":    {URL: "postgres://parley:" + password + "@db:port/parley"},
		"one connection":  {URL: "postgres://parley:" + password + "@127.0.0.1:1/parley", Connections: 1},
		"a broken option": {URL: "postgres://parley:" + password + "@db/parley?sslmode=perhaps"},
	} {
		store, err := postgres.Open(t.Context(), cfg)
		if err == nil {
			t.Fatalf("%s: got %v, want an error", name, store)
		}
		if strings.Contains(err.Error(), password) {
			t.Errorf("%s: the error has the password: %v", name, err)
		}
	}
}

func BenchmarkAppendChain(b *testing.B) {
	store := openStore(b, pgtest.Start(b).Schema(b))
	for b.Loop() {
		if _, err := store.AppendChain(b.Context(), "consent", "answer", "call", "person", map[string]string{"answer": "yes"}, noon); err != nil {
			b.Fatal(err)
		}
	}
}
