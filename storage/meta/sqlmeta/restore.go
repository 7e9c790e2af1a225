package sqlmeta

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
)

// ErrNotEmpty is matched when a restore would overwrite what is stored.
var ErrNotEmpty = errors.New("it is not empty")

// Dump is what [Database.Restore] puts into a database.
type Dump struct {
	// Version is the version of the schema that the records are of. It must
	// not be newer than this program's.
	Version int64
	// Records are as [Store.Dump] gave them.
	Records iter.Seq2[Record, error]
	// Finish runs when all is stored and the schema is up to date, before the
	// database can be opened otherwise. The store is the restore's own.
	Finish func(context.Context, *Store) error
}

// Restore replaces what the database holds by a dump. Unless overwrite is set, a
// database that holds something is refused with [ErrNotEmpty].
//
// From its first change to its last the database is marked as unfinished, and
// Open refuses it. However a restore ends early, running it again leads to the
// same end: each begins by removing everything.
func (d Database) Restore(ctx context.Context, dump Dump, overwrite bool) error {
	err := restore{Database: d, step: func(string) error { return nil }}.run(ctx, dump, overwrite)
	if err != nil {
		return fmt.Errorf("restore metadata database %s: %w", d.Name, err)
	}
	return nil
}

// restore is one run.
type restore struct {
	Database
	step func(done string) error // is told what was done; tests fail there
}

func (r restore) run(ctx context.Context, dump Dump, overwrite bool) error {
	provider, err := r.provider()
	if err != nil {
		return err
	}
	sources := provider.ListSources()
	if newest := sources[len(sources)-1].Version; dump.Version < 1 || dump.Version > newest {
		return fmt.Errorf("the backup's schema has version %d, and this program knows 1 to %d: use the newer program", dump.Version, newest)
	}
	have, err := r.Engine.Tables(ctx, r.Writer)
	if err != nil {
		return fmt.Errorf("list tables: %w", err)
	}
	if !overwrite && !slices.Contains(have, unfinishedTable) {
		if err := r.refuseRows(ctx, have); err != nil {
			return err
		}
	}
	steps := []struct {
		name string
		do   func() error
	}{
		{"mark", func() error {
			_, err := r.Writer.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS `+unfinishedTable+` (id INTEGER)`)
			return err
		}},
		{"wipe", func() error { return r.wipe(ctx, have) }},
		{"make the schema", func() error { _, err := provider.UpTo(ctx, dump.Version); return err }},
		{"load", func() error { return r.load(ctx, dump.Records) }},
		{"migrate", func() error { _, err := provider.Up(ctx); return err }},
		{"finish", func() error { return dump.Finish(ctx, r.store()) }},
		{"unmark", func() error {
			_, err := r.Writer.ExecContext(ctx, `DROP TABLE `+unfinishedTable)
			return err
		}},
	}
	for _, s := range steps {
		if err := errors.Join(s.do(), r.step(s.name)); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

func (r restore) refuseRows(ctx context.Context, have []string) error {
	for _, t := range those(have) {
		var rows bool
		if err := r.Writer.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM `+t.name+`)`).Scan(&rows); err != nil {
			return fmt.Errorf("look into %s: %w", t.name, err)
		}
		if rows && !t.seeded {
			return fmt.Errorf("%w: it has %s", ErrNotEmpty, t.name)
		}
	}
	return nil
}

// wipe drops the tables of the schema, and no others.
func (r restore) wipe(ctx context.Context, have []string) error {
	return transact(ctx, r.Writer, nil, func(tx *sql.Tx) error {
		found := those(have)
		slices.Reverse(found) // what refers to others goes before them
		for _, t := range append(found, table{name: versionTable}) {
			if _, err := tx.ExecContext(ctx, `DROP TABLE IF EXISTS `+t.name); err != nil {
				return err
			}
		}
		return nil
	})
}

// load stores the records in one transaction.
func (r restore) load(ctx context.Context, records iter.Seq2[Record, error]) error {
	return transact(ctx, r.Writer, nil, func(tx *sql.Tx) error {
		l := loader{tx: tx}
		defer l.close()
		for record, err := range records {
			if err == nil && record.Table != "" {
				err = l.begin(ctx, record)
			} else if err == nil {
				err = l.insert(ctx, record.Values)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", l.table, err)
			}
		}
		return nil
	})
}

// loader stores the rows of one table after the other.
type loader struct {
	tx     *sql.Tx
	table  string
	add    *sql.Stmt
	truths []bool // which columns are boolean
}

// begin prepares for the rows of a table. Their names come from a file, so only
// those of the schema are taken.
func (l *loader) begin(ctx context.Context, r Record) error {
	l.close()
	if !slices.ContainsFunc(tables(), func(t table) bool { return t.name == r.Table }) {
		return fmt.Errorf("the backup has a table %q, which this program does not know", r.Table)
	}
	l.table = r.Table
	columns, err := l.columns(ctx)
	if err != nil {
		return err
	}
	l.truths = nil
	for _, name := range r.Columns {
		truth, known := columns[name]
		if !known {
			return fmt.Errorf("the backup has a column %q, which this program does not know", name)
		}
		l.truths = append(l.truths, truth)
	}
	if len(columns) != len(r.Columns) {
		return fmt.Errorf("the backup has %d columns, want %d", len(r.Columns), len(columns))
	}
	if _, err := l.tx.ExecContext(ctx, `DELETE FROM `+l.table); err != nil { // what the schema itself put there
		return err
	}
	l.add, err = l.tx.PrepareContext(ctx, insertStatement(l.table, r.Columns))
	return err
}

// columns returns the names of the table's columns, with which are boolean.
func (l *loader) columns(ctx context.Context) (map[string]bool, error) {
	rows, err := l.tx.QueryContext(ctx, `SELECT * FROM `+l.table+` LIMIT 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	columns := map[string]bool{}
	for _, t := range types {
		columns[t.Name()] = t.DatabaseTypeName() == "BOOL"
	}
	return columns, rows.Err()
}

func (l *loader) insert(ctx context.Context, values []any) error {
	if l.add == nil || len(values) != len(l.truths) {
		return fmt.Errorf("a row has %d values, want %d", len(values), len(l.truths))
	}
	row := slices.Clone(values)
	for i, value := range row {
		if number, is := value.(int64); is && l.truths[i] {
			row[i] = number != 0
		}
	}
	_, err := l.add.ExecContext(ctx, row...)
	return err
}

func (l *loader) close() {
	if l.add != nil {
		_ = l.add.Close() // of a statement that has done its work
		l.add = nil
	}
}
