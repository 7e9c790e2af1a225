package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"parley/cmd/internal/config"
	"parley/storage/blob"
	"parley/storage/blob/fsblob"
	"parley/storage/blob/layer"
	"parley/storage/blob/s3blob"
)

// objectLimits bound what goes on at once with one object store. An upload holds
// no more than a connection's buffers, a read no more than what was asked for.
var objectLimits = layer.Limits{Puts: 16, Reads: 64}

// openObjects opens the object store: a bucket, or else a folder in the data folder.
func (s *stores) openObjects(ctx context.Context, cfg config.Serve) (err error) {
	var store blob.Store
	if cfg.S3.Endpoint == "" {
		store, err = fsblob.Open(fsblob.Config{Dir: filepath.Join(cfg.Data, "objects")})
	} else {
		store, err = s.openS3(ctx, cfg.S3)
	}
	if err == nil {
		s.objects = s.layered(store, "main")
	}
	return err
}

// openOffsite opens the second store, if there is one.
func (s *stores) openOffsite(ctx context.Context, cfg config.Serve) error {
	if cfg.Offsite.Endpoint == "" {
		return nil
	}
	store, err := s.openS3(ctx, cfg.Offsite)
	if err != nil {
		return fmt.Errorf("off-site copies: %w", err)
	}
	s.offsite = s.layered(store, "offsite")
	return nil
}

// layered puts a store behind what all of them are behind. name is for metrics.
func (s *stores) layered(store blob.Store, name string) blob.Store {
	store = layer.Measure(store, s.calls.Of(name), time.Now)
	return layer.Retry(layer.Limit(store, objectLimits), layer.DefaultPolicy())
}

// openS3 connects to a bucket. A store that is away at the start is no reason not
// to take calls: uploads wait for it. One that refuses is: somebody has to mend it.
func (s *stores) openS3(ctx context.Context, cfg config.S3) (*s3blob.Store, error) {
	authorities, err := readAuthorities(cfg.CA)
	if err != nil {
		return nil, err
	}
	store, err := s3blob.New(s3blob.Config{
		Endpoint: cfg.Endpoint, AccessKey: cfg.AccessKey, SecretKey: s3blob.Secret(cfg.SecretKey),
		Bucket: cfg.Bucket, Prefix: cfg.Prefix, Region: cfg.Region, TLS: cfg.TLS, CA: authorities,
		PathStyle: cfg.Style != "host", Lock: cfg.Lock,
	})
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, store)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := store.EnsureBucket(ctx); err != nil && !blob.IsTransient(err) {
		return nil, fmt.Errorf("open bucket %s at %s: %w", cfg.Bucket, cfg.Endpoint, err)
	}
	return store, nil
}

func readAuthorities(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	authorities, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the authorities of the object store: %w", err)
	}
	return authorities, nil
}
