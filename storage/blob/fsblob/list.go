package fsblob

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"
	"syscall"

	"parley/storage/blob"
)

// List implements [blob.Store].
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[blob.Info, error] {
	return func(yield func(blob.Info, error) bool) {
		if err := blob.ValidatePrefix(prefix); err != nil {
			yield(blob.Info{}, err)
			return
		}
		w := walk{store: s, ctx: ctx, prefix: prefix, yield: yield}
		// The part before the last slash is a folder; all hits are below it.
		folder, _ := path.Split(prefix)
		w.folder(folder)
	}
}

// walk is one listing under way.
type walk struct {
	store  *Store
	ctx    context.Context
	prefix string
	yield  func(blob.Info, error) bool
}

// folder lists the folder whose keys begin with base, which is empty or ends in
// a slash. It returns false when the listing is over.
func (w *walk) folder(base string) bool {
	if err := w.ctx.Err(); err != nil {
		w.yield(blob.Info{}, err)
		return false
	}
	entries, err := w.store.readDir(path.Join(objectsDir, base))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return true // no such folder, or gone since its parent was read
	}
	if err != nil {
		w.yield(blob.Info{}, classify("list", base, err))
		return false
	}
	for _, entry := range entries {
		if !w.entry(base, entry) {
			return false
		}
	}
	return true
}

func (w *walk) entry(base string, entry fs.DirEntry) bool {
	if blob.ValidateKey(base+entry.Name()) != nil {
		return true
	}
	name := base + sortName(entry)
	if entry.IsDir() {
		if strings.HasPrefix(name, w.prefix) || strings.HasPrefix(w.prefix, name) {
			return w.folder(name)
		}
		return true
	}
	if !entry.Type().IsRegular() || !strings.HasPrefix(name, w.prefix) {
		return true
	}
	info, err := entry.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return true // deleted since the folder was read
	}
	if err != nil {
		w.yield(blob.Info{}, classify("list", name, err))
		return false
	}
	return w.yield(blob.Info{Key: name, Size: info.Size(), Modified: info.ModTime().UTC()}, nil)
}

// readDir returns a folder's entries so that walking them in order yields keys
// in byte order: a folder counts with the slash that its keys have.
func (s *Store) readDir(name string) ([]fs.DirEntry, error) {
	dir, err := s.root.Open(name)
	if err != nil {
		return nil, err
	}
	entries, err := dir.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(sortName(a), sortName(b)) })
	return entries, errors.Join(err, dir.Close())
}

func sortName(entry fs.DirEntry) string {
	if entry.IsDir() {
		return entry.Name() + "/"
	}
	return entry.Name()
}
