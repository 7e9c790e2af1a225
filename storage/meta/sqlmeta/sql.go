package sqlmeta

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// row is a *sql.Row or the current one of *sql.Rows.
type row interface{ Scan(dest ...any) error }

// arguments are the values of a statement that is put together.
type arguments []any

// add appends a value and returns what stands for it in the statement.
func (a *arguments) add(value any) string {
	*a = append(*a, value)
	return "$" + strconv.Itoa(len(*a))
}

// without returns a term that leaves out rows whose column has one of some values,
// to be put after others.
func (a *arguments) without(column string, values []string) string {
	if len(values) == 0 {
		return ""
	}
	marks := make([]string, len(values))
	for i, value := range values {
		marks[i] = a.add(value)
	}
	return ` AND ` + column + ` NOT IN (` + strings.Join(marks, `, `) + `)`
}

// write runs f in a transaction, which is durable when nil is returned and left
// no trace otherwise. It sees no other transaction's doing while it runs. f may
// run more than once, so it sets what it sets anew each time.
func (s *Store) write(ctx context.Context, f func(*sql.Tx) error) error {
	return s.repeat(ctx, func() error {
		return transact(ctx, s.writer, &sql.TxOptions{Isolation: s.engine.Isolation()}, f)
	})
}

// writeAlone is like write, but waits for the transactions under way that it was
// given the same name for, and sees what they have done.
func (s *Store) writeAlone(ctx context.Context, name string, f func(*sql.Tx) error) error {
	return s.repeat(ctx, func() error {
		return transact(ctx, s.writer, nil, func(tx *sql.Tx) error {
			if err := s.engine.Lock(ctx, tx, name); err != nil {
				return err
			}
			return f(tx)
		})
	})
}

// attempts bounds how often a transaction is begun that met others.
const attempts = 20

// repeat runs a transaction until it does not end because of others, with pauses
// that grow and differ.
func (s *Store) repeat(ctx context.Context, transaction func() error) error {
	pause := time.Millisecond
	for attempt := 1; ; attempt++ {
		err := transaction()
		if err == nil || attempt == attempts || !s.engine.Repeatable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause + rand.N(pause)):
		}
		pause = min(2*pause, 50*time.Millisecond)
	}
}

func transact(ctx context.Context, db *sql.DB, options *sql.TxOptions, f func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, options)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		// The database rolls back by itself if its context has ended.
		if undo := tx.Rollback(); undo != nil && !errors.Is(undo, sql.ErrTxDone) {
			return errors.Join(err, undo)
		}
		return err
	}
	return tx.Commit()
}

// writeOne runs a statement that must change exactly one row; if it changes none,
// there is nothing to change, which is [sql.ErrNoRows].
func (s *Store) writeOne(ctx context.Context, statement string, args ...any) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		return execOne(ctx, tx, statement, args...)
	})
}

func execOne(ctx context.Context, tx *sql.Tx, statement string, args ...any) error {
	result, err := tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	changed, err := result.RowsAffected()
	if err == nil && changed == 0 {
		err = sql.ErrNoRows
	}
	return err
}

// collect returns what scan makes of each row of a query.
func collect[T any](ctx context.Context, db Querier, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// Names returns the one text of each row of a query.
func Names(ctx context.Context, db Querier, query string) ([]string, error) {
	return collect(ctx, db, func(r row) (name string, err error) { err = r.Scan(&name); return name, err }, query)
}

// toMicros returns a time as it is stored.
func toMicros(t time.Time) int64 { return t.UnixMicro() }

// fromMicros returns a stored time.
func fromMicros(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// toNullable returns a time that may be missing as it is stored.
func toNullable(t *time.Time) sql.NullInt64 {
	if t == nil {
		return sql.NullInt64{}
	}
	return sql.NullInt64{Int64: toMicros(*t), Valid: true}
}

// fromNullable returns a stored time that may be missing.
func fromNullable(micros sql.NullInt64) *time.Time {
	if !micros.Valid {
		return nil
	}
	t := fromMicros(micros.Int64)
	return &t
}
