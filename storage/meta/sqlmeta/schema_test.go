package sqlmeta_test

import (
	"os"
	"slices"
	"testing"
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
