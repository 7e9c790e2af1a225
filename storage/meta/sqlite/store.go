package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"

	"parley/storage/meta/sqlmeta"
)

// Config says where the database is.
type Config struct {
	// Path is the database's file. It is made if it is missing; its folder
	// must exist. Two more files stand beside it while it is open, with -wal
	// and -shm after its name.
	Path string
}

func (c Config) validate() error {
	if c.Path == "" {
		return errors.New("sqlite: Path is empty, want the database's file")
	}
	return nil
}

// readers is how many reads go on at once; more wait.
const readers = 4

// Store is what [Open] returns.
type Store = sqlmeta.Store

// Open opens the database and brings its schema up to date. Close it when it is
// no longer used.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	db, err := Connect(cfg)
	if err != nil {
		return nil, err
	}
	return db.Open(ctx)
}

//go:embed migrations/*.sql
var migrations embed.FS

// Connect makes the pools of connections to the database, of which one connection
// writes.
func Connect(cfg Config) (sqlmeta.Database, error) {
	if err := cfg.validate(); err != nil {
		return sqlmeta.Database{}, err
	}
	db, err := connect(cfg.Path)
	if err != nil {
		return db, fmt.Errorf("open metadata database %s: %w", cfg.Path, err)
	}
	return db, nil
}

func connect(name string) (sqlmeta.Database, error) {
	db := sqlmeta.Database{Name: name, Engine: engine{}, Dialect: goose.DialectSQLite3}
	path, err := filepath.Abs(name)
	if err != nil {
		return db, err
	}
	if db.Migrations, err = fs.Sub(migrations, "migrations"); err != nil {
		return db, err
	}
	if err := createPrivate(path); err != nil {
		return db, err
	}
	if db.Writer, err = pool(path, url.Values{"_txlock": {"immediate"}}, 1); err != nil {
		return db, err
	}
	if db.Reader, err = pool(path, url.Values{"_query_only": {"1"}}, readers); err != nil {
		return db, errors.Join(err, db.Writer.Close())
	}
	return db, nil
}

// createPrivate makes an empty file that only its owner can read, if there is
// none. SQLite would make it with the process's default mode; the files beside it
// get the mode of this one.
func createPrivate(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return file.Close()
}

// pool returns connections to the database. It opens none yet.
func pool(path string, options url.Values, size int) (*sql.DB, error) {
	options.Set("_busy_timeout", "5000")
	options.Set("_journal_mode", "WAL")
	options.Set("_synchronous", "FULL")
	options.Set("_foreign_keys", "1")
	options.Set("_dqs", "0")
	options.Set("_pragma", "secure_delete(1)")
	name := url.URL{Scheme: "file", Path: path, RawQuery: options.Encode()}
	connector, err := sqlite.NewConnector(name.String())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db, nil
}
