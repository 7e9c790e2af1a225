package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"parley/storage/meta"
	"parley/storage/meta/sqlmeta"
)

// Config says where the database is.
type Config struct {
	// URL is postgres://user:password@host/database?options, or the same as
	// keywords and values (https://www.postgresql.org/docs/current/libpq-connect.html).
	// It is secret: it may hold a password.
	URL string
	// Connections is how many calls go on at once, 10 for 0; more wait.
	Connections int
}

const defaultConnections = 10

// Bounds of what a connection may wait for, in PostgreSQL's own words. A node
// that hangs with a transaction open must not keep the others waiting.
var sessionLimits = map[string]string{
	"lock_timeout":                        "10s",
	"statement_timeout":                   "60s",
	"idle_in_transaction_session_timeout": "60s",
}

// connectWithin bounds how long a connection may take to be made.
const connectWithin = 5 * time.Second

// Store is a [meta.Store] in a PostgreSQL database. It is safe for concurrent use.
type Store struct {
	*sqlmeta.Store
	db *sql.DB
}

var _ meta.Store = (*Store)(nil)

// Open connects to the database and brings its schema up to date. Close it when
// it is no longer used. Its errors do not hold the URL's password.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	connection, err := cfg.parse()
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDB(*connection)
	db.SetMaxOpenConns(cfg.Connections)
	db.SetMaxIdleConns(cfg.Connections)
	if err := migrate(ctx, db); err != nil {
		err = fmt.Errorf("open metadata database %s at %s: %w", connection.Database, connection.Host, err)
		return nil, errors.Join(err, db.Close())
	}
	return &Store{Store: sqlmeta.New(engine{}, db, db), db: db}, nil
}

// parse completes c and reads its URL.
func (c *Config) parse() (*pgx.ConnConfig, error) {
	if c.Connections == 0 {
		c.Connections = defaultConnections
	}
	if c.Connections < 2 {
		return nil, fmt.Errorf("postgres: Connections is %d, want 2 or more", c.Connections)
	}
	connection, err := pgx.ParseConfig(c.URL)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err) // which has no password in it
	}
	if connection.ConnectTimeout == 0 {
		connection.ConnectTimeout = connectWithin
	}
	for name, limit := range sessionLimits {
		if connection.RuntimeParams[name] == "" {
			connection.RuntimeParams[name] = limit
		}
	}
	return connection, nil
}

//go:embed migrations/*.sql
var migrations embed.FS

func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	// Nodes that start at once must not migrate at once.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60)) // tries each second for a minute
	if err != nil {
		return err
	}
	return sqlmeta.Migrate(ctx, goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
}
