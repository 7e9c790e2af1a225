package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/storage/meta"
)

// explain turns an error of the database into one of the contract and says what
// was being done.
func explain(ctx context.Context, doing string, err error) error {
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
	var failure *sqlite.Error
	if errors.As(err, &failure) {
		switch failure.Code() {
		case sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE:
			return fmt.Errorf("%s: %w", doing, meta.ErrConflict)
		case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
			return fmt.Errorf("%s: %w", doing, meta.ErrNotExist)
		}
	}
	return fmt.Errorf("%s: %w", doing, err)
}
