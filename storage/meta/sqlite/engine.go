package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/storage/meta"
	"parley/storage/meta/sqlmeta"
)

// engine is SQLite with one connection that writes: transactions follow each
// other, so none sees another and none need be repeated.
type engine struct{}

var _ sqlmeta.Engine = engine{}

func (engine) Isolation() sql.IsolationLevel { return sql.LevelDefault }

func (engine) Lock(context.Context, *sql.Tx, string) error { return nil }

func (engine) Repeatable(error) bool { return false }

func (engine) Meaning(err error) error {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return nil
	}
	switch failure.Code() {
	case sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE:
		return meta.ErrConflict
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return meta.ErrNotExist
	}
	switch failure.Code() & 0xff { // of which the others are kinds
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL:
		return meta.ErrUnavailable
	}
	return nil
}

func (engine) Tables(ctx context.Context, db sqlmeta.Querier) ([]string, error) {
	return sqlmeta.Names(ctx, db, `SELECT name FROM sqlite_master WHERE type = 'table'`)
}

// Snapshot relies on the write-ahead log: a reader goes on with what it began
// with. The log grows meanwhile, and [engine.Erase] fails.
func (engine) Snapshot(ctx context.Context, reader *sql.DB) (*sql.Tx, error) {
	return reader.BeginTx(ctx, nil)
}

// Erase empties the write-ahead log, which has older copies of values; where the
// database has them they are overwritten as they go. What the file system or a
// disk keeps of overwritten blocks is beyond its reach, as are backups.
//
// It moves what the log holds to the database and truncates it. It waits for
// readers that need the log, as long as the busy timeout.
func (engine) Erase(ctx context.Context, writer *sql.DB) error {
	var busy, logged, moved int
	err := writer.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &logged, &moved)
	if err == nil && busy != 0 {
		err = errors.New("a reader held the write-ahead log, which may have a copy of it still: repeat")
	}
	return err
}
