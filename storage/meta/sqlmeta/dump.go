package sqlmeta

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"
)

// Record is one line of a dump: the beginning of a table, or a row of the table
// that was begun last.
type Record struct {
	// Table is the name of the table that begins; empty for a row.
	Table string
	// Columns are the table's, in the order of the rows' values.
	Columns []string
	// Values are a row's: nil, int64, string or []byte each. Booleans are 0
	// and 1, so that all databases dump the same.
	Values []any
}

// Dump gives use the version of the schema and everything that is stored, as of
// one instant, table by table. The records end with use. Others read and write
// meanwhile.
func (s *Store) Dump(ctx context.Context, use func(version int64, records iter.Seq2[Record, error]) error) error {
	tx, err := s.engine.Snapshot(ctx, s.reader)
	if err != nil {
		return s.explain(ctx, "take a snapshot", err)
	}
	defer func() { _ = tx.Rollback() }() // it has changed nothing
	var version int64
	err = tx.QueryRowContext(ctx, `SELECT MAX(version_id) FROM `+versionTable).Scan(&version)
	if err != nil {
		return s.explain(ctx, "read schema version", err)
	}
	have, err := s.engine.Tables(ctx, tx)
	if err != nil {
		return s.explain(ctx, "list tables", err)
	}
	return use(version, func(yield func(Record, error) bool) {
		for _, t := range those(have) {
			more, err := dumpTable(ctx, tx, t, yield)
			if err != nil {
				more = yield(Record{}, s.explain(ctx, "read "+t.name, err))
			}
			if !more {
				return
			}
		}
	})
}

// dumpTable yields a table and its rows until it is told to stop.
func dumpTable(ctx context.Context, tx *sql.Tx, t table, yield func(Record, error) bool) (more bool, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT * FROM `+t.name+` ORDER BY `+t.order)
	if err != nil {
		return true, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return true, err
	}
	if !yield(Record{Table: t.name, Columns: columns}, nil) {
		return false, nil
	}
	for rows.Next() {
		values, err := scanValues(rows, len(columns))
		if err != nil {
			return true, err
		}
		if !yield(Record{Values: values}, nil) {
			return false, nil
		}
	}
	return true, rows.Err()
}

func scanValues(r row, n int) ([]any, error) {
	values, into := make([]any, n), make([]any, n)
	for i := range values {
		into[i] = &values[i]
	}
	if err := r.Scan(into...); err != nil {
		return nil, err
	}
	for i, value := range values {
		switch value := value.(type) {
		case nil, int64, string, []byte:
		case bool:
			values[i] = int64(0)
			if value {
				values[i] = int64(1)
			}
		default:
			return nil, fmt.Errorf("column %d has a value of type %T, which dumps have none of", i+1, value)
		}
	}
	return values, nil
}

// insertStatement is the text that stores a row.
func insertStatement(table string, columns []string) string {
	var args arguments
	var marks []string
	for range columns {
		marks = append(marks, args.add(nil))
	}
	return `INSERT INTO ` + table + ` (` + strings.Join(columns, `, `) + `) VALUES (` + strings.Join(marks, `, `) + `)`
}
