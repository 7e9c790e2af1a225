package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"parley/storage/meta"
	"parley/storage/meta/sqlmeta"
)

// engine is PostgreSQL.
type engine struct{}

var _ sqlmeta.Engine = engine{}

func (engine) Isolation() sql.IsolationLevel { return sql.LevelSerializable }

// Lock takes an advisory lock, which ends with the transaction. That is at the
// level READ COMMITTED, where the next statement sees what was committed while
// it waited; a serializable one would see what was before.
func (engine) Lock(ctx context.Context, tx *sql.Tx, name string) error {
	if _, err := tx.ExecContext(ctx, `SET TRANSACTION ISOLATION LEVEL READ COMMITTED`); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('parley ' || $1, 0))`, name)
	return err
}

// Codes of errors (https://www.postgresql.org/docs/current/errcodes-appendix.html).
const (
	codeNotNullViolation    = "23502"
	codeForeignKeyViolation = "23503"
	codeUniqueViolation     = "23505"
	codeCheckViolation      = "23514"
	codeBadText             = "22021" // such as a text with a zero byte
	codeSerializationFailed = "40001"
	codeDeadlock            = "40P01"
	codeLockNotAvailable    = "55P03"
	codeQueryCanceled       = "57014" // by statement_timeout

	// The first two characters are the class.
	classConnection = "08"
	classResources  = "53"
	classOperator   = "57" // such as a shutdown
)

func code(err error) string {
	var failure *pgconn.PgError
	if errors.As(err, &failure) {
		return failure.Code
	}
	return ""
}

func (engine) Repeatable(err error) bool {
	c := code(err)
	return c == codeSerializationFailed || c == codeDeadlock
}

func (engine) Meaning(err error) error {
	c := code(err)
	switch c {
	case codeUniqueViolation:
		return meta.ErrConflict
	case codeForeignKeyViolation:
		return meta.ErrNotExist
	case codeNotNullViolation, codeCheckViolation, codeBadText:
		return meta.ErrInvalid
	case codeLockNotAvailable, codeQueryCanceled:
		return meta.ErrUnavailable
	case "":
		return lost(err)
	}
	switch c[:2] {
	case classConnection, classResources, classOperator:
		return meta.ErrUnavailable
	}
	return nil
}

// lost tells of a connection that could not be made or has gone.
func lost(err error) error {
	var unconnected *pgconn.ConnectError
	var network net.Error
	if errors.As(err, &unconnected) || errors.As(err, &network) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn) {
		return meta.ErrUnavailable
	}
	return nil
}

func (engine) Tables(ctx context.Context, db sqlmeta.Querier) ([]string, error) {
	return sqlmeta.Names(ctx, db, `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`)
}

// Snapshot lifts the bounds of time, since whom the rows are for may be slow.
func (engine) Snapshot(ctx context.Context, reader *sql.DB) (*sql.Tx, error) {
	tx, err := reader.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0`)
	if err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	return tx, nil
}

// Erase does nothing: PostgreSQL overwrites old versions in its own time.
func (engine) Erase(context.Context, *sql.DB) error { return nil }
