package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/rs/zerolog"

	"parley/cmd/internal/config"
	"parley/cmd/internal/metrics"
	"parley/signaling/auth"
	"parley/storage/blob"
	"parley/storage/meta"
	"parley/storage/meta/postgres"
	"parley/storage/meta/sqlite"
	"parley/storage/meta/sqlmeta"
)

// stores are what a node keeps: metadata, objects, and the keys to them.
type stores struct {
	calls   *metrics.ObjectCalls // to object stores
	master  *masters
	meta    *sqlmeta.Store
	objects blob.Store
	offsite blob.Store // nil: none
	closers []io.Closer
	unlock  func()
}

// openStores locks the data folder and opens everything in it.
func openStores(ctx context.Context, cfg config.Serve) (*stores, error) {
	s, err := lockStores(cfg)
	if err != nil {
		return nil, err
	}
	if err := s.open(ctx, cfg); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// lockStores locks the data folder and opens nothing yet.
func lockStores(cfg config.Serve) (*stores, error) {
	unlock, err := lockFolder(cfg.Data)
	if err != nil {
		return nil, err
	}
	return &stores{calls: metrics.NewObjectCalls(), unlock: unlock}, nil
}

func (s *stores) open(ctx context.Context, cfg config.Serve) error {
	db, err := metadata(cfg)
	if err != nil {
		return err
	}
	if s.meta, err = db.Open(ctx); err != nil {
		return err
	}
	s.closers = append(s.closers, s.meta)
	if err := s.openMaster(ctx, cfg); err != nil {
		return err
	}
	if err := s.openObjects(ctx, cfg); err != nil {
		return err
	}
	return s.openOffsite(ctx, cfg)
}

// openMaster opens the master keys of the data, and makes one where there is
// nothing yet that another one opens.
func (s *stores) openMaster(ctx context.Context, cfg config.Serve) error {
	old, err := anySealed(ctx, s.meta)
	if err != nil {
		return err
	}
	if s.master, err = openMasters(ctx, cfg, !old); err != nil {
		return err
	}
	s.closers = append(s.closers, s.master)
	return refuseWrongMaster(ctx, s.meta, s.master.Master, cfg.Data)
}

// databaseFile is where SQLite has metadata, in the data folder.
const databaseFile = "parley.db"

// metadata is the database server, or else the file in the data folder.
func metadata(cfg config.Serve) (sqlmeta.Database, error) {
	if cfg.Database != "" {
		return postgres.Connect(postgres.Config{URL: string(cfg.Database)})
	}
	return sqlite.Connect(sqlite.Config{Path: filepath.Join(cfg.Data, databaseFile)})
}

// Close closes what was opened, in reverse.
func (s *stores) Close() error {
	var err error
	for i := len(s.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, s.closers[i].Close())
	}
	s.unlock()
	return err
}

// secret returns the server's secret of a name, made at first use and kept
// sealed in metadata.
func (s *stores) secret(ctx context.Context, name string) ([]byte, error) {
	sealed, err := s.meta.Secret(ctx, name)
	if errors.Is(err, meta.ErrNotExist) {
		fresh := make([]byte, 32)
		_, _ = rand.Read(fresh) // crypto/rand never fails (Go 1.24)
		if sealed, err = s.master.SealSecret(name, fresh); err != nil {
			return nil, err
		}
		sealed, err = s.meta.PutSecret(ctx, name, sealed)
	}
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", name, err)
	}
	return s.master.OpenSecret(name, sealed)
}

// apiKeyID is the id of the key pair that a server makes for itself.
const apiKeyID = "local"

// apiKeys are the configured key pairs, or the server's own; the first one signs.
func (s *stores) apiKeys(ctx context.Context, cfg config.Identity) ([]auth.Key, error) {
	if pairs, err := cfg.Pairs(); err != nil || len(pairs) > 0 {
		return pairs, err
	}
	raw, err := s.secret(ctx, "api-key")
	if err != nil {
		return nil, err
	}
	return []auth.Key{{ID: apiKeyID, Secret: auth.Secret(base64.RawURLEncoding.EncodeToString(raw)), Audience: cfg.Audience}}, nil
}

func newLogger(w io.Writer, level string) (zerolog.Logger, error) {
	l, err := zerolog.ParseLevel(level)
	if err != nil {
		return zerolog.Nop(), fmt.Errorf("log level: %w", err)
	}
	return zerolog.New(w).Level(l).With().Timestamp().Logger(), nil
}
