package fsblob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"parley/storage/blob"
)

// Put implements [blob.Store].
func (s *Store) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if err := admit(ctx, key); err != nil {
		return err
	}
	// Looking first spares writing what link would refuse in the end.
	if _, err := s.root.Lstat(objectPath(key)); err == nil {
		return fmt.Errorf("put object %s: %w", key, blob.ErrExist)
	}
	return s.write(ctx, "put", key, blob.NewExactReader(r, size), s.root.Link)
}

// Replace implements [blob.Replacer].
func (s *Store) Replace(ctx context.Context, key string, r io.Reader, size int64) error {
	if err := admit(ctx, key); err != nil {
		return err
	}
	return s.write(ctx, "replace", key, blob.NewExactReader(r, size), s.root.Rename)
}

// write writes the content beside its place and names it there.
func (s *Store) write(ctx context.Context, op, key string, content *blob.ExactReader, name func(from, to string) error) error {
	temp := path.Join(incomingDir, rand.Text())
	err := s.writeTemp(ctx, temp, content)
	if err == nil {
		err = s.publish(temp, objectPath(key), name)
	}
	// The object has a name of its own by now, or there is none to keep.
	if removeErr := s.root.Remove(temp); err == nil && !errors.Is(removeErr, fs.ErrNotExist) {
		err = removeErr
	}
	if content.Err() != nil {
		return fmt.Errorf("%s object %s: read its content: %w", op, key, content.Err())
	}
	return classify(op, key, err)
}

func (s *Store) writeTemp(ctx context.Context, name string, r io.Reader) error {
	file, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, &contextReader{ctx: ctx, r: r})
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// publish gives the synced file its final name and makes the name durable.
func (s *Store) publish(temp, final string, name func(from, to string) error) error {
	// A Delete beside us may remove a folder that has become empty after we
	// made sure of it; each round means that somebody else got on.
	const rounds = 100
	var err error
	for range rounds {
		if err = s.root.MkdirAll(path.Dir(final), dirMode); err == nil {
			err = name(temp, final)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	if err != nil {
		return err
	}
	// Which of the folders are new is not known, so all up to the root are
	// synced; for those that are not, it costs next to nothing.
	for dir := path.Dir(final); dir != "."; dir = path.Dir(dir) {
		if err := s.syncDir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (s *Store) syncDir(name string) error {
	dir, err := s.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// contextReader makes a copy end with its context.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
