package sqlmeta

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// UnknownTables returns the tables of a database that are not in tables().
func UnknownTables(t testing.TB, s *Store) []string {
	t.Helper()
	have, err := s.engine.Tables(t.Context(), s.writer)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(have, func(name string) bool {
		return name == versionTable || strings.HasPrefix(name, "sqlite_") ||
			slices.ContainsFunc(tables(), func(t table) bool { return t.name == name })
	})
}

// RestoreUntil is [Database.Restore], cut off by err after a step.
func (d Database) RestoreUntil(ctx context.Context, dump Dump, last string, err error) error {
	return restore{Database: d, step: func(done string) error {
		if done == last {
			return err
		}
		return nil
	}}.run(ctx, dump, true)
}

// MigrateTo applies the migrations up to a version.
func (d Database) MigrateTo(ctx context.Context, version int64) error {
	provider, err := d.provider()
	if err == nil {
		_, err = provider.UpTo(ctx, version)
	}
	return err
}
