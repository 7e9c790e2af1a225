package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"parley/cmd/internal/config"
	"parley/storage/backup"
	"parley/storage/envelope"
)

// backupCommand works beside a running server, and on a stopped one.
type backupCommand struct {
	File     string        `arg:"" help:"File to write; it must not exist." type:"path"`
	Data     string        `help:"Data folder." default:"data" env:"PARLEY_DATA" type:"path"`
	Database config.Secret `help:"postgres:// URL of the metadata database; empty: the SQLite file in --data." env:"PARLEY_DATABASE"`
	Keys     config.Keys   `embed:""`
}

// Run implements the command. The backup gets its name when it was read back.
func (c backupCommand) Run(ctx context.Context, s streams) (err error) {
	if _, err := os.Lstat(c.File); err == nil {
		return fmt.Errorf("%s is there already: choose another name", c.File)
	}
	keys, err := openMasters(ctx, config.Serve{Data: c.Data, Keys: c.Keys}, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keys.Close()) }()
	unfinished := c.File + ".unfinished"
	made, err := c.write(ctx, unfinished, keys.Master)
	if err == nil {
		err = os.Rename(unfinished, c.File)
	}
	if err != nil {
		if rmErr := os.Remove(unfinished); !errors.Is(rmErr, fs.ErrNotExist) {
			err = errors.Join(err, rmErr)
		}
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s holds %d rows as of %s and opens with the master key %s. Keep a copy of that key elsewhere.\n",
		c.File, made.Rows, made.TakenAt.Format(time.RFC3339), strings.Join(recipientIDs(keys.Master), " or "))
	return err
}

func (c backupCommand) write(ctx context.Context, path string, master *envelope.Master) (backup.Summary, error) {
	cfg := config.Serve{Data: c.Data, Database: c.Database}
	if err := refuseMissing(cfg); err != nil {
		return backup.Summary{}, err
	}
	db, err := metadata(cfg)
	if err != nil {
		return backup.Summary{}, err
	}
	store, err := db.OpenAsItIs(ctx)
	if err != nil {
		return backup.Summary{}, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return backup.Summary{}, errors.Join(err, store.Close())
	}
	made, err := backup.Write(ctx, f, master, store, time.Now())
	err = errors.Join(err, f.Sync(), store.Close())
	if err == nil {
		err = readBack(f, master, made)
	}
	return made, errors.Join(err, f.Close())
}

// refuseMissing keeps a wrong --data from being taken for an empty database.
func refuseMissing(cfg config.Serve) error {
	path := filepath.Join(cfg.Data, databaseFile)
	if _, err := os.Stat(path); cfg.Database == "" && err != nil {
		return fmt.Errorf("there is no database in %s: name the data folder with --data, or the database with --database", cfg.Data)
	}
	return nil
}

// readBack checks that the file holds what was written.
func readBack(f *os.File, master *envelope.Master, made backup.Summary) error {
	if _, err := f.Seek(0, 0); err != nil {
		return err
	}
	got, err := backup.Check(f, master)
	if err == nil && got != made {
		err = fmt.Errorf("the backup was written and reads as another one: %d rows instead of %d", got.Rows, made.Rows)
	}
	return err
}
