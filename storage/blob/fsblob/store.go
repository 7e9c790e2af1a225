package fsblob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"parley/storage/blob"
)

const (
	objectsDir  = "objects"
	incomingDir = "incoming"
	fileMode    = 0o600
	dirMode     = 0o700
)

// Config says where the objects are.
type Config struct {
	// Dir is the directory that holds them. It is made if it is missing; its
	// parent must exist. Nothing else should be kept in it.
	Dir string
}

func (c Config) validate() error {
	if c.Dir == "" {
		return errors.New("fsblob: Dir is empty, want the directory for objects")
	}
	return nil
}

// Store is a [blob.Store] in a directory. It is safe for concurrent use.
type Store struct {
	root *os.Root
}

var (
	_ blob.Store    = (*Store)(nil)
	_ blob.Replacer = (*Store)(nil)
)

// Open prepares the directory and removes what an earlier process left
// unfinished in it. Close the store when it is no longer used.
func Open(cfg Config) (*Store, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if err := os.Mkdir(cfg.Dir, dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("open object directory: %w", err)
	}
	root, err := os.OpenRoot(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("open object directory: %w", err)
	}
	s := &Store{root: root}
	if err := s.prepare(); err != nil {
		return nil, errors.Join(fmt.Errorf("open object directory: %w", err), root.Close())
	}
	return s, nil
}

func (s *Store) prepare() error {
	if err := s.root.RemoveAll(incomingDir); err != nil {
		return err
	}
	for _, dir := range []string{objectsDir, incomingDir} {
		if err := s.root.MkdirAll(dir, dirMode); err != nil {
			return err
		}
	}
	return s.syncDir(".")
}

// Close frees the directory. Objects that are open stay readable; every other
// call fails from now on.
func (s *Store) Close() error { return s.root.Close() }

// Open implements [blob.Store].
func (s *Store) Open(ctx context.Context, key string) (blob.Object, error) {
	if err := admit(ctx, key); err != nil {
		return nil, err
	}
	file, err := s.root.Open(objectPath(key))
	if err != nil {
		return nil, classify("open", key, err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, errors.Join(classify("open", key, err), file.Close())
	}
	return &object{ctx: ctx, key: key, file: file, size: info.Size()}, nil
}

// Check implements [blob.Store]: it looks whether the directory is there and
// can be listed.
func (s *Store) Check(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, dir := range []string{objectsDir, incomingDir} {
		info, err := s.root.Stat(dir)
		if err == nil && !info.IsDir() {
			err = fmt.Errorf("%s is not a directory", dir)
		}
		if err != nil {
			// Not the answer "no such object": the store itself is broken.
			return &blob.Error{Op: "check", Transient: transient(err), Err: errors.New(err.Error())}
		}
	}
	return nil
}

// admit refuses bad keys and contexts that have ended.
func admit(ctx context.Context, key string) error {
	if err := blob.ValidateKey(key); err != nil {
		return err
	}
	return ctx.Err()
}

func objectPath(key string) string { return path.Join(objectsDir, key) }
