package sqlmeta_test

import (
	"os"
	"reflect"
	"slices"
	"testing"

	"parley/storage/meta/sqlmeta"
)

func migrations(t *testing.T, dir string) (names []string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names
}

func TestBothDatabasesHaveTheSameMigrations(t *testing.T) {
	sqlite, postgres := migrations(t, "../sqlite/migrations"), migrations(t, "../postgres/migrations")
	if !slices.Equal(sqlite, postgres) {
		t.Errorf("migrations: SQLite has %v, PostgreSQL has %v, want the same", sqlite, postgres)
	}
}

// TestBothDatabasesHaveTheSameTables: the same columns in the same order, and a
// dump has every one. The test fills each table, so that one that is new is seen.
func TestBothDatabasesHaveTheSameTables(t *testing.T) {
	columns := map[string]map[string][]string{}
	for name, empty := range places(t) {
		columns[name] = map[string][]string{}
		empty(t).use(t, func(s *sqlmeta.Store) {
			fill(t, s)
			_, records := dumped(t, s)
			table, rows := "", 0
			for i, r := range append(records, sqlmeta.Record{Table: "end"}) {
				if r.Table == "" {
					rows++
					continue
				}
				if i > 0 && rows == 0 {
					t.Errorf("%s: the test has put nothing into %s", name, table)
				}
				table, rows = r.Table, 0
				columns[name][table] = r.Columns
			}
			if unknown := sqlmeta.UnknownTables(t, s); len(unknown) > 0 {
				t.Errorf("%s: tables %v are in the schema and not in tables()", name, unknown)
			}
		})
	}
	if !reflect.DeepEqual(columns["SQLite"], columns["PostgreSQL"]) {
		t.Errorf("tables: SQLite has\n\t%v, PostgreSQL has\n\t%v, want the same", columns["SQLite"], columns["PostgreSQL"])
	}
}
