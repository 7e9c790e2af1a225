package s3blob_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"parley/storage/blob"
	"parley/storage/blob/blobtest"
	"parley/storage/blob/miniotest"
	"parley/storage/blob/s3blob"
)

func lockedBucket(t *testing.T) (*s3blob.Store, s3blob.Config) {
	t.Helper()
	cfg := configFor(miniotest.Start(t))
	cfg.Lock = true
	return openWithBucket(t, cfg), cfg
}

func TestABucketWithoutLock(t *testing.T) {
	store := openWithBucket(t, configFor(miniotest.Start(t)))
	if can, err := store.CanLock(t.Context()); can || err != nil {
		t.Errorf("CanLock: got %t and %v, want false", can, err)
	}
	put(t, store, "a", "sealed")
	if err := store.Hold(t.Context(), "a"); err == nil {
		t.Error("Hold in a bucket without lock: got no error")
	}
}

// TestHold holds that nobody deletes what is held, and that release lets go.
func TestHold(t *testing.T) {
	store, _ := lockedBucket(t)
	ctx := t.Context()
	if can, err := store.CanLock(ctx); !can || err != nil {
		t.Fatalf("CanLock: got %t and %v, want true", can, err)
	}
	put(t, store, "a", "sealed")
	for range 2 {
		if err := store.Hold(ctx, "a"); err != nil {
			t.Fatalf("Hold: %v", err)
		}
	}
	if err := store.Delete(ctx, "a"); !errors.Is(err, blob.ErrLocked) || blob.IsTransient(err) {
		t.Errorf("Delete of what is held: got %v, want ErrLocked", err)
	}
	wantStored(t, store, "a", "sealed")
	for range 2 {
		if err := store.Release(ctx, "a"); err != nil {
			t.Fatalf("Release: %v", err)
		}
	}
	if err := store.Delete(ctx, "a"); err != nil {
		t.Errorf("Delete after Release: got %v, want no error", err)
	}
	if _, err := store.Open(ctx, "a"); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("Open after Delete: got %v, want ErrNotExist", err)
	}
	if err := store.Hold(ctx, "none"); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("Hold of what is not there: got %v, want ErrNotExist", err)
	}
}

func TestRetain(t *testing.T) {
	store, _ := lockedBucket(t)
	ctx := t.Context()
	put(t, store, "a", "sealed")
	until := time.Now().Add(time.Hour)
	if err := store.Retain(ctx, "a", until); err != nil {
		t.Fatalf("Retain: %v", err)
	}
	if err := store.Delete(ctx, "a"); !errors.Is(err, blob.ErrLocked) {
		t.Errorf("Delete of what is retained: got %v, want ErrLocked", err)
	}
	if err := store.Retain(ctx, "a", until.Add(time.Hour)); err != nil {
		t.Errorf("Retain for longer: got %v, want no error", err)
	}
	if err := store.Retain(ctx, "a", time.Now().Add(time.Minute)); err == nil {
		t.Error("Retain for a shorter time: got no error")
	}
}

// TestEraseIsNotKept: what was erased for ever goes with every version that it has,
// whatever kept it.
func TestEraseIsNotKept(t *testing.T) {
	store, _ := lockedBucket(t)
	ctx := t.Context()
	put(t, store, "a", "rotten")
	lock := func() {
		t.Helper()
		if err := errors.Join(store.Hold(ctx, "a"), store.Retain(ctx, "a", time.Now().Add(time.Hour))); err != nil {
			t.Fatal(err)
		}
	}
	lock()
	if err := store.Replace(ctx, "a", strings.NewReader("sound"), 5); err != nil {
		t.Fatal(err)
	}
	lock()
	if err := store.Delete(ctx, "a"); !errors.Is(err, blob.ErrLocked) {
		t.Errorf("Delete: got %v, want ErrLocked", err)
	}
	if err := blob.Erase(ctx, store, "a"); err != nil {
		t.Fatalf("Erase: got %v, want no error", err)
	}
	if n := s3blob.Versions(t, store, "a"); n != 0 {
		t.Errorf("versions after: got %d, want none", n)
	}
	if err := blob.Erase(ctx, store, "a"); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("Erase again: got %v, want ErrNotExist", err)
	}
}

// TestDeleteLeavesNoVersion holds that erasure does not leave the bytes behind
// that a bucket with versions would keep.
func TestDeleteLeavesNoVersion(t *testing.T) {
	store, _ := lockedBucket(t)
	ctx := t.Context()
	put(t, store, "a", "first")
	if err := store.Replace(ctx, "a", strings.NewReader("second"), 6); err != nil {
		t.Fatal(err)
	}
	put(t, store, "ab", "another")
	if n := s3blob.Versions(t, store, "a"); n != 3 {
		t.Fatalf("versions before: got %d, want 3", n)
	}
	if err := store.Delete(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	if n := s3blob.Versions(t, store, "a"); n != 1 {
		t.Errorf("versions after: got %d, want the other object's alone", n)
	}
	wantStored(t, store, "ab", "another")
}

// TestSuiteInALockedBucket: versions change nothing of the contract.
func TestSuiteInALockedBucket(t *testing.T) {
	_, cfg := lockedBucket(t)
	stores := 0
	blobtest.Run(t, func(t testing.TB) blob.Store {
		stores++
		cfg.Prefix = "suite-" + string(rune('a'+stores))
		return openWithBucket(t, cfg)
	})
}

func wantStored(t *testing.T, store blob.Store, key, want string) {
	t.Helper()
	object, err := store.Open(t.Context(), key)
	if err != nil {
		t.Fatalf("Open(%q): %v", key, err)
	}
	defer object.Close()
	got, err := io.ReadAll(io.NewSectionReader(object, 0, object.Size()))
	if err != nil || string(got) != want {
		t.Errorf("%s: got %q and %v, want %q", key, got, err, want)
	}
}
