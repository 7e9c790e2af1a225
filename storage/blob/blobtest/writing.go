package blobtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/iotest"

	"parley/storage/blob"
)

func putAndReadBack(t *testing.T, store blob.Store) {
	for i, size := range []int{0, 1, 1000, 64 << 10, 1<<20 + 7, 20 << 20} {
		key := "rec_" + string(rune('a'+i)) + "/member.opus.age"
		content := noise(uint64(i), size)
		mustPut(t, store, key, content)
		wantContent(t, store, key, content)
	}
}

func existingKey(t *testing.T, store blob.Store) {
	first, second := noise(1, 3000), noise(2, 3000)
	mustPut(t, store, "a/b", first)
	err := store.Put(testContext(t), "a/b", bytes.NewReader(second), int64(len(second)))
	if !errors.Is(err, blob.ErrExist) || blob.IsTransient(err) {
		t.Errorf("Put on an existing key: got %v, want ErrExist, not transient", err)
	}
	wantContent(t, store, "a/b", first)
}

func racingPuts(t *testing.T, store blob.Store) {
	const writers = 8
	ctx := testContext(t)
	errs := make([]error, writers)
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			content := noise(uint64(i), 100<<10)
			errs[i] = store.Put(ctx, "race/object", bytes.NewReader(content), int64(len(content)))
		})
	}
	group.Wait()
	var winners []int
	for i, err := range errs {
		switch {
		case err == nil:
			winners = append(winners, i)
		case !errors.Is(err, blob.ErrExist):
			t.Errorf("writer %d: got %v, want no error or ErrExist", i, err)
		}
	}
	if len(winners) != 1 {
		t.Fatalf("writers that succeeded: got %v, want exactly one", winners)
	}
	wantContent(t, store, "race/object", noise(uint64(winners[0]), 100<<10))
}

func wrongSize(t *testing.T, store blob.Store) {
	cases := map[string]struct {
		have int
		size int64
	}{
		"short":                {999, 1000},
		"empty":                {0, 1},
		"long":                 {1001, 1000},
		"long, nothing wanted": {1, 0},
		"negative":             {0, -1},
		"much too long":        {5 << 20, 1 << 20},
		"much too short":       {1 << 20, 5 << 20},
	}
	for name, tc := range cases {
		// A plain reader, so that no implementation can look at its length.
		r := io.MultiReader(bytes.NewReader(noise(1, tc.have)))
		err := store.Put(testContext(t), "wrong/size", r, tc.size)
		if !errors.Is(err, blob.ErrSize) || blob.IsTransient(err) {
			t.Errorf("%s: Put of %d bytes as %d: got %v, want ErrSize, not transient", name, tc.have, tc.size, err)
		}
		wantMissing(t, store, "wrong/size")
	}
}

func failingReader(t *testing.T, store blob.Store) {
	broken := errors.New("the source broke")
	for _, at := range []int{0, 10, 1 << 20} {
		r := io.MultiReader(bytes.NewReader(noise(1, at)), iotest.ErrReader(broken))
		err := store.Put(testContext(t), "failing/reader", r, int64(at)+1)
		if !errors.Is(err, broken) {
			t.Errorf("Put from a reader that breaks after %d bytes: got %v, want the reader's error", at, err)
		}
		wantMissing(t, store, "failing/reader")
	}
	away := &blob.Error{Op: "read", Transient: true, Err: broken}
	if err := store.Put(testContext(t), "failing/reader", iotest.ErrReader(away), 1); !blob.IsTransient(err) {
		t.Errorf("Put from a reader with a transient error: got %v, want it to stay transient", err)
	}
	mustPut(t, store, "failing/reader", noise(3, 100))
	wantContent(t, store, "failing/reader", noise(3, 100))
}

func deleteAndPutAgain(t *testing.T, store blob.Store) {
	mustPut(t, store, "a/b/c", noise(1, 100))
	mustPut(t, store, "a/d", noise(2, 100))
	if err := store.Delete(testContext(t), "a/b/c"); err != nil {
		t.Fatalf("Delete: got %v, want no error", err)
	}
	wantMissing(t, store, "a/b/c")
	wantContent(t, store, "a/d", noise(2, 100))
	if err := store.Delete(testContext(t), "a/b/c"); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("second Delete: got %v, want ErrNotExist", err)
	}
	if err := store.Delete(testContext(t), "a"); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("Delete of a folder: got %v, want ErrNotExist", err)
	}
	mustPut(t, store, "a/b/c", noise(3, 100))
	wantContent(t, store, "a/b/c", noise(3, 100))
}

// putAgain repeats a put that fails, as every caller does: a put that meets the
// removal of its folder is told "access denied" by some releases of MinIO.
func putAgain(ctx context.Context, t *testing.T, store blob.Store, key string) (err error) {
	for try := range 5 {
		if err = store.Put(ctx, key, bytes.NewReader(noise(1, 10)), 10); err == nil {
			return nil
		}
		t.Logf("Put(%q), try %d: %v", key, try, err)
	}
	return err
}

// racingPutsAndDeletes has writers and deleters meet in one folder, which a
// store that tidies up empty folders must survive.
func racingPutsAndDeletes(t *testing.T, store blob.Store) {
	ctx := testContext(t)
	var group sync.WaitGroup
	for _, key := range []string{"meet/here/a", "meet/here/b", "meet/here/c"} {
		group.Go(func() {
			for range 20 {
				if err := putAgain(ctx, t, store, key); err != nil {
					t.Errorf("Put(%q), repeated: got %v, want no error", key, err)
				}
				if err := store.Delete(ctx, key); err != nil {
					t.Errorf("Delete(%q): got %v, want no error", key, err)
				}
			}
		})
	}
	group.Wait()
	if keys := listKeys(t, store, ""); !slices.Equal(keys, nil) {
		t.Errorf("left over: got %q, want nothing", keys)
	}
}

// replace is for what has rotted; a store that cannot is told from one that can.
func replace(t *testing.T, store blob.Store) {
	replacer, ok := blob.As[blob.Replacer](store)
	if !ok {
		t.Fatal("the store cannot replace what has rotted")
	}
	ctx := testContext(t)
	mustPut(t, store, "folder/object", noise(1, 1000))
	if err := replacer.Replace(ctx, "folder/object", bytes.NewReader(noise(2, 900)), 1000); !errors.Is(err, blob.ErrSize) {
		t.Errorf("Replace by too few bytes: got %v, want ErrSize", err)
	}
	wantContent(t, store, "folder/object", noise(1, 1000))
	for _, key := range []string{"folder/object", "folder/gone"} {
		if err := replacer.Replace(ctx, key, bytes.NewReader(noise(3, 1000)), 1000); err != nil {
			t.Errorf("Replace(%q): got %v, want no error", key, err)
		}
		wantContent(t, store, key, noise(3, 1000))
	}
}
