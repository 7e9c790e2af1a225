package fsblob

import (
	"context"
	"errors"
	"io/fs"
	"path"
)

// Delete implements [blob.Store]. Folders that become empty go as well: their
// names are ids of what was erased.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := admit(ctx, key); err != nil {
		return err
	}
	if err := s.deleteFile(objectPath(key)); err != nil {
		return classify("delete", key, err)
	}
	dir := path.Dir(objectPath(key))
	for dir != objectsDir && s.root.Remove(dir) == nil {
		dir = path.Dir(dir)
	}
	if err := s.syncDir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return classify("delete", key, err)
	}
	return nil
}

// deleteFile removes a file and refuses a folder, which is no object although
// the file system could remove it under the same name.
func (s *Store) deleteFile(name string) error {
	info, err := s.root.Lstat(name)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fs.ErrNotExist
	}
	return s.root.Remove(name)
}
