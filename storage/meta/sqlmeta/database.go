package sqlmeta

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/pressly/goose/v3"
)

// Database is an open database of one kind.
type Database struct {
	// Name says in errors which one it is.
	Name   string
	Engine Engine
	// Writer and Reader are pools of connections; they may be the same.
	Writer, Reader *sql.DB
	// Dialect, Migrations and Options say how its schema is made: files whose
	// names begin with numbers.
	Dialect    goose.Dialect
	Migrations fs.FS
	Options    []goose.ProviderOption
}

// ErrUnfinished is matched when a restore into the database was begun and not
// finished.
var ErrUnfinished = errors.New("a restore into it was cut off: run the restore again")

// Open brings the schema up to date and returns the store: it applies the
// migrations that the database has not seen, each in a transaction of its own. A
// database that has seen newer ones is refused, and with [ErrUnfinished] one that
// was not restored to the end. Closing the store closes the database; an error
// has closed it.
func (d Database) Open(ctx context.Context) (*Store, error) { return d.open(ctx, d.migrate) }

// OpenAsItIs returns a store of a database whose schema is left as it is, to
// [Store.Dump] it beside the server that uses it.
func (d Database) OpenAsItIs(ctx context.Context) (*Store, error) {
	return d.open(ctx, func(context.Context) error { return nil })
}

func (d Database) open(ctx context.Context, prepare func(context.Context) error) (*Store, error) {
	err := d.refuseUnfinished(ctx)
	if err == nil {
		err = prepare(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open metadata database %s: %w", d.Name, err), d.Close())
	}
	return d.store(), nil
}

// Close closes the connections.
func (d Database) Close() error { return errors.Join(d.Reader.Close(), d.Writer.Close()) }

func (d Database) store() *Store {
	return &Store{engine: d.Engine, writer: d.Writer, reader: d.Reader}
}

func (d Database) refuseUnfinished(ctx context.Context) error {
	have, err := d.Engine.Tables(ctx, d.Writer)
	if err == nil && slices.Contains(have, unfinishedTable) {
		err = ErrUnfinished
	}
	return err
}

func (d Database) provider() (*goose.Provider, error) {
	options := append(slices.Clone(d.Options), goose.WithDisableGlobalRegistry(true))
	provider, err := goose.NewProvider(d.Dialect, d.Writer, d.Migrations, options...)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return provider, nil
}

func (d Database) migrate(ctx context.Context) error {
	provider, err := d.provider()
	if err != nil {
		return err
	}
	current, known, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if current > known {
		return fmt.Errorf("its schema has version %d, and this program knows up to %d: use the newer program", current, known)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate from schema version %d: %w", current, err)
	}
	return nil
}
