package sqlmeta

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"parley/storage/meta"
)

// Engine is what one database does in a way of its own.
type Engine interface {
	// Isolation is the level at which a transaction sees no other one's doing.
	Isolation() sql.IsolationLevel
	// Lock lets a transaction wait until no other one that was given the same
	// name is under way. The transaction sees what those have done.
	Lock(ctx context.Context, tx *sql.Tx, name string) error
	// Repeatable tells whether a transaction ended with err because of others,
	// so that nothing of it was done and it may be begun anew.
	Repeatable(err error) bool
	// Meaning returns the error of [meta] that the driver's error stands for,
	// nil if none does.
	Meaning(err error) error
	// Tables returns the names of the tables that there are.
	Tables(ctx context.Context, db Querier) ([]string, error)
	// Snapshot begins a transaction that reads what was committed before it,
	// and nothing later, for as long as it takes.
	Snapshot(ctx context.Context, reader *sql.DB) (*sql.Tx, error)
	// Erase removes what the database has kept of values that are no longer
	// stored, as far as it can.
	Erase(ctx context.Context, writer *sql.DB) error
}

// Querier is a database or a transaction.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Store is a [meta.Store] in an SQL database. It is safe for concurrent use; its
// Close closes the database.
type Store struct {
	engine         Engine
	writer, reader *sql.DB // may be the same
}

var _ meta.Store = (*Store)(nil)

// Check implements [meta.Store]: it begins a read and a write.
func (s *Store) Check(ctx context.Context) error {
	err := s.reader.QueryRowContext(ctx, `SELECT 1`).Scan(new(int))
	if err == nil {
		err = s.write(ctx, func(*sql.Tx) error { return nil })
	}
	return s.explain(ctx, "check metadata", err)
}

// Close implements [meta.Store].
func (s *Store) Close() error {
	return errors.Join(s.reader.Close(), s.writer.Close())
}

// explain turns an error of the database into one of the contract and says what
// was being done.
func (s *Store) explain(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	// A statement that its context cut off says only that it was interrupted.
	if cause := ctx.Err(); cause != nil {
		return fmt.Errorf("%s: %w", doing, cause)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s: %w", doing, meta.ErrNotExist)
	}
	if meaning := s.engine.Meaning(err); meaning != nil {
		return fmt.Errorf("%s: %w: %w", doing, meaning, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}
