package fsblob_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/storage/blob"
	"parley/storage/blob/blobtest"
	"parley/storage/blob/fsblob"
)

func open(t testing.TB, dir string) *fsblob.Store {
	t.Helper()
	store, err := fsblob.Open(fsblob.Config{Dir: dir})
	if err != nil {
		t.Fatalf("open %s: got %v, want no error", dir, err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close: got %v, want no error", err)
		}
	})
	return store
}

func put(t testing.TB, store blob.Store, key string) {
	t.Helper()
	if err := store.Put(t.Context(), key, strings.NewReader("sealed"), 6); err != nil {
		t.Fatalf("Put(%q): got %v, want no error", key, err)
	}
}

func TestStore(t *testing.T) {
	blobtest.Run(t, func(t testing.TB) blob.Store {
		return open(t, filepath.Join(t.TempDir(), "objects"))
	})
}

func TestConfigNamesWhatIsMissing(t *testing.T) {
	if _, err := fsblob.Open(fsblob.Config{}); err == nil || !strings.Contains(err.Error(), "Dir") {
		t.Errorf("open without a directory: got %v, want an error that names Dir", err)
	}
}

func TestObjectsSurviveReopening(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	put(t, first, "rec/a")
	second := open(t, dir)
	object, err := second.Open(t.Context(), "rec/a")
	if err != nil {
		t.Fatalf("Open after reopening: got %v, want no error", err)
	}
	defer object.Close()
	if object.Size() != 6 {
		t.Errorf("size after reopening: got %d, want 6", object.Size())
	}
}

func TestUnfinishedFilesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	leftover := filepath.Join(dir, "incoming", "LEFTOVER")
	if err := os.WriteFile(leftover, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if _, err := os.Stat(leftover); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file left by a crash: got %v, want it removed", err)
	}
}

func TestNothingIsLeftInIncoming(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir)
	put(t, store, "a")
	failed := store.Put(t.Context(), "b", strings.NewReader("short"), 100)
	if !errors.Is(failed, blob.ErrSize) {
		t.Fatalf("short Put: got %v, want ErrSize", failed)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "incoming"))
	if err != nil || len(entries) != 0 {
		t.Errorf("incoming: got %v and %v, want it empty", entries, err)
	}
}

func TestOthersCannotRead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "objects")
	put(t, open(t, dir), "rec/a")
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("mode of %s: got %v, want nothing for group and others", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEmptyFoldersAreRemoved(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir)
	put(t, store, "rec/deep/a")
	put(t, store, "rec/b")
	if err := store.Delete(t.Context(), "rec/deep/a"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "objects", "rec", "deep")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("empty folder: got %v, want it removed", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "objects", "rec", "b")); err != nil {
		t.Errorf("object beside it: got %v, want it kept", err)
	}
}

func TestSymbolicLinksLeadNowhere(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	store := open(t, dir)
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "objects", "out")); err != nil {
		t.Fatal(err)
	}
	if object, err := store.Open(t.Context(), "out/secret"); err == nil {
		object.Close()
		t.Error("Open through a symbolic link: got an object, want an error")
	}
	if err := store.Put(t.Context(), "out/planted", strings.NewReader("x"), 1); err == nil {
		t.Error("Put through a symbolic link: got no error, want one")
	}
	if _, err := os.Stat(filepath.Join(outside, "planted")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("file outside: got %v, want none", err)
	}
}

func TestCheckFindsAMissingDirectory(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir)
	if err := os.RemoveAll(filepath.Join(dir, "objects")); err != nil {
		t.Fatal(err)
	}
	err := store.Check(context.Background())
	if err == nil || errors.Is(err, blob.ErrNotExist) {
		t.Errorf("Check without its directory: got %v, want an error that is not ErrNotExist", err)
	}
}

func BenchmarkPut(b *testing.B) {
	store := open(b, b.TempDir())
	content := bytes.Repeat([]byte("x"), 1<<20)
	b.SetBytes(int64(len(content)))
	for i := 0; b.Loop(); i++ {
		key := "bench/" + strings.Repeat("a", i%100+1) + "/" + strings.Repeat("b", i/100+1)
		if err := store.Put(b.Context(), key, bytes.NewReader(content), int64(len(content))); err != nil {
			b.Fatal(err)
		}
	}
}
