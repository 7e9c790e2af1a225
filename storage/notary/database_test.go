package notary

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"parley/storage/meta"
	"parley/storage/meta/pgtest"
	"parley/storage/meta/postgres"
	"parley/storage/meta/sqlite"
)

// database is a real database, as the program sees it and as somebody does who has
// got hold of it.
type database struct {
	t     testing.TB
	store meta.Store
	raw   *sql.DB
}

// eachDatabase runs a test on an empty database of each kind.
func eachDatabase(t *testing.T, run func(t *testing.T, fresh func(t *testing.T) *database)) {
	t.Run("SQLite", func(t *testing.T) { run(t, openSQLite) })
	t.Run("PostgreSQL", func(t *testing.T) {
		server := pgtest.Start(t)
		run(t, func(t *testing.T) *database { return openPostgres(t, server.Schema(t)) })
	})
}

func openSQLite(t *testing.T) *database {
	t.Helper()
	path := filepath.Join(t.TempDir(), "parley.db")
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	return tamperable(t, store, "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)",
		`DROP TRIGGER chain_entries_stay`, `DROP TRIGGER chain_entries_remain`)
}

func openPostgres(t *testing.T, url string) *database {
	t.Helper()
	store, err := postgres.Open(t.Context(), postgres.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	return tamperable(t, store, "pgx", url, `DROP TRIGGER chain_entries_stay ON chain_entries`)
}

// tamperable opens a database beside its store and takes the guards away.
func tamperable(t *testing.T, store meta.Store, driver, source string, guards ...string) *database {
	t.Helper()
	raw, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	d := &database{t: t, store: store, raw: raw}
	for _, drop := range guards {
		d.exec(drop)
	}
	t.Cleanup(func() {
		if err := raw.Close(); err != nil {
			t.Errorf("close the connection beside: %v", err)
		}
		if err := store.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return d
}

// exec changes the database behind the store's back.
func (d *database) exec(statements ...string) {
	d.t.Helper()
	for _, s := range statements {
		if _, err := d.raw.ExecContext(d.t.Context(), s); err != nil {
			d.t.Fatalf("%s: %v", s, err)
		}
	}
}
