package postgres

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

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

// Store is what [Open] returns.
type Store = sqlmeta.Store

// Open connects to the database and brings its schema up to date. Close it when
// it is no longer used. Its errors do not hold the URL's password.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	db, err := Connect(cfg)
	if err != nil {
		return nil, err
	}
	return db.Open(ctx)
}

//go:embed migrations/*.sql
var migrations embed.FS

// Connect makes the pool of connections to the database, and opens none yet.
func Connect(cfg Config) (sqlmeta.Database, error) {
	connection, err := cfg.parse()
	if err != nil {
		return sqlmeta.Database{}, err
	}
	// Nodes that start at once must not migrate at once: each tries once a
	// second for a minute.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
	if err != nil {
		return sqlmeta.Database{}, err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return sqlmeta.Database{}, err
	}
	db := stdlib.OpenDB(*connection)
	db.SetMaxOpenConns(cfg.Connections)
	db.SetMaxIdleConns(cfg.Connections)
	return sqlmeta.Database{
		Name: fmt.Sprintf("%s at %s", connection.Database, connection.Host), Engine: engine{}, Writer: db, Reader: db,
		Dialect: goose.DialectPostgres, Migrations: files, Options: []goose.ProviderOption{goose.WithSessionLocker(locker)},
	}, nil
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
