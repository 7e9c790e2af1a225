// Package storetest opens real stores in temporary folders for tests of what is
// built on them. Each is closed when its test ends.
package storetest

import (
	"path/filepath"
	"testing"

	"parley/storage/blob/fsblob"
	"parley/storage/envelope"
	"parley/storage/meta/sqlite"
)

// Database is a new SQLite database.
func Database(t testing.TB) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "parley.db")})
	if err != nil {
		t.Fatalf("open a database: %v", err)
	}
	closeAtEnd(t, s.Close)
	return s
}

// Folder is an empty object store in a folder.
func Folder(t testing.TB) *fsblob.Store {
	t.Helper()
	s, err := fsblob.Open(fsblob.Config{Dir: filepath.Join(t.TempDir(), "objects")})
	if err != nil {
		t.Fatalf("open an object store: %v", err)
	}
	closeAtEnd(t, s.Close)
	return s
}

// Master is a new master key in a file.
func Master(t testing.TB) *envelope.Master {
	t.Helper()
	m, err := envelope.OpenMasterFile(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatalf("make a master key: %v", err)
	}
	return m
}

func closeAtEnd(t testing.TB, end func() error) {
	t.Cleanup(func() {
		if err := end(); err != nil {
			t.Errorf("close a store: %v", err)
		}
	})
}
