package postgres_test

import (
	"testing"

	"go.uber.org/goleak"

	"parley/storage/meta"
	"parley/storage/meta/metatest"
	"parley/storage/meta/pgtest"
	"parley/storage/meta/postgres"
	"parley/storage/meta/sqlmeta"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func openStore(t testing.TB, url string) *sqlmeta.Store {
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
