package blobtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"parley/storage/blob"
)

func missing(t *testing.T, store blob.Store) {
	wantMissing(t, store, "no/such/object")
	err := store.Delete(testContext(t), "no/such/object")
	if !errors.Is(err, blob.ErrNotExist) || blob.IsTransient(err) {
		t.Errorf("Delete of a missing object: got %v, want ErrNotExist, not transient", err)
	}
	mustPut(t, store, "folder/object", noise(1, 10))
	if object, err := store.Open(testContext(t), "folder"); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("Open of a folder: got %v and %v, want ErrNotExist", object, err)
	}
}

func badKeys(t *testing.T, store blob.Store) {
	ctx := testContext(t)
	for _, key := range []string{"", "/a", "a/", "../a", "a/../../b", "A", "a b", strings.Repeat("a", blob.MaxPartLen+1)} {
		_, openErr := store.Open(ctx, key)
		errs := map[string]error{
			"Put":    store.Put(ctx, key, strings.NewReader("x"), 1),
			"Open":   openErr,
			"Delete": store.Delete(ctx, key),
		}
		for op, err := range errs {
			if !errors.Is(err, blob.ErrKey) {
				t.Errorf("%s(%q): got %v, want ErrKey", op, key, err)
			}
		}
	}
	for _, err := range store.List(ctx, "../") {
		if !errors.Is(err, blob.ErrKey) {
			t.Errorf("List(../): got %v, want ErrKey", err)
		}
	}
	longest := strings.Repeat(strings.Repeat("a", 9)+"/", blob.MaxKeyLen/10) + "bb"
	mustPut(t, store, longest, noise(1, 10))
	wantContent(t, store, longest, noise(1, 10))
}

func reading(t *testing.T, store blob.Store) {
	content := noise(1, 3000)
	mustPut(t, store, "object", content)
	object := mustOpen(t, store, "object")
	if err := iotest.TestReader(io.NewSectionReader(object, 0, object.Size()), content); err != nil {
		t.Errorf("reading by sections: %v", err)
	}
	cases := []struct {
		name   string
		off    int64
		length int
		want   int
		err    error
	}{
		{"start", 0, 100, 100, nil},
		{"middle", 1500, 1, 1, nil},
		{"across the end", 2990, 20, 10, io.EOF},
		{"at the end", 3000, 1, 0, io.EOF},
		{"beyond the end", 5000, 1, 0, io.EOF},
		{"nothing", 10, 0, 0, nil},
	}
	for _, tc := range cases {
		p := make([]byte, tc.length)
		n, err := object.ReadAt(p, tc.off)
		if n != tc.want || err != tc.err {
			t.Errorf("%s: ReadAt(%d bytes, %d): got %d, %v, want %d, %v", tc.name, tc.length, tc.off, n, err, tc.want, tc.err)
		}
		if n > 0 && !bytes.Equal(p[:n], content[tc.off:][:n]) {
			t.Errorf("%s: ReadAt(%d bytes, %d): got other bytes than were put", tc.name, tc.length, tc.off)
		}
	}
	// A read that ends exactly at the end may or may not say so.
	p := make([]byte, 10)
	if n, err := object.ReadAt(p, 2990); n != 10 || err != nil && err != io.EOF {
		t.Errorf("ReadAt up to the end: got %d, %v, want 10 and nil or io.EOF", n, err)
	}
	if _, err := object.ReadAt(p, -1); err == nil || err == io.EOF {
		t.Errorf("ReadAt(-1): got %v, want an error", err)
	}
}

func concurrentReading(t *testing.T, store blob.Store) {
	content := noise(1, 200<<10)
	mustPut(t, store, "object", content)
	object := mustOpen(t, store, "object")
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			p := make([]byte, 10<<10)
			off := int64(i * len(p))
			if n, err := object.ReadAt(p, off); n != len(p) || !bytes.Equal(p, content[off:][:n]) {
				t.Errorf("ReadAt at %d: got %d bytes and %v, want the %d that were put", off, n, err, len(p))
			}
		})
	}
	group.Wait()
}

func closedObject(t *testing.T, store blob.Store) {
	mustPut(t, store, "object", noise(1, 100))
	object := mustOpen(t, store, "object")
	if err := object.Close(); err != nil {
		t.Fatalf("Close: got %v, want no error", err)
	}
	if n, err := object.ReadAt(make([]byte, 10), 0); n != 0 || !errors.Is(err, os.ErrClosed) {
		t.Errorf("ReadAt after Close: got %d, %v, want 0, os.ErrClosed", n, err)
	}
}

func list(t *testing.T, store blob.Store) {
	begin := time.Now().Add(-time.Hour)
	keys := []string{"a", "a-b", "a.b/c", "a0", "b/c/d", "b/c/e", "b/c-d", "b/cc"}
	for i, key := range slices.Backward(keys) {
		mustPut(t, store, key, noise(uint64(i), 100+i))
	}
	slices.Sort(keys)
	for prefix, want := range map[string][]string{
		"":       keys,
		"a":      {"a", "a-b", "a.b/c", "a0"},
		"a.":     {"a.b/c"},
		"a.b/":   {"a.b/c"},
		"b/":     {"b/c-d", "b/c/d", "b/c/e", "b/cc"},
		"b/c":    {"b/c-d", "b/c/d", "b/c/e", "b/cc"},
		"b/c/":   {"b/c/d", "b/c/e"},
		"b/c/d":  {"b/c/d"},
		"b/c/d/": nil,
		"c":      nil,
		"x/y/z":  nil,
	} {
		if got := listKeys(t, store, prefix); !slices.Equal(got, want) {
			t.Errorf("List(%q): got %q, want %q", prefix, got, want)
		}
	}
	for info, err := range store.List(testContext(t), "a0") {
		if err != nil || info.Size != 103 || info.Modified.Before(begin) || info.Modified.Location() != time.UTC {
			t.Errorf("List(a0): got %+v and %v, want 103 bytes and a time of now in UTC", info, err)
		}
	}
}

func listStopsEarly(t *testing.T, store blob.Store) {
	for _, key := range []string{"a/a", "a/b", "b/c", "d"} {
		mustPut(t, store, key, nil)
	}
	var got []string
	for info, err := range store.List(testContext(t), "") {
		if err != nil {
			t.Fatalf("List: got %v, want no error", err)
		}
		if got = append(got, info.Key); len(got) == 2 {
			break
		}
	}
	if want := []string{"a/a", "a/b"}; !slices.Equal(got, want) {
		t.Errorf("first keys: got %q, want %q", got, want)
	}
}

func endedContext(t *testing.T, store blob.Store) {
	mustPut(t, store, "object", noise(1, 100))
	ctx, cancel := context.WithCancel(testContext(t))
	object, err := store.Open(ctx, "object")
	if err != nil {
		t.Fatalf("Open: got %v, want no error", err)
	}
	defer object.Close()
	cancel()
	_, readErr := object.ReadAt(make([]byte, 10), 0)
	_, openErr := store.Open(ctx, "object")
	errs := map[string]error{
		"ReadAt": readErr,
		"Open":   openErr,
		"Put":    store.Put(ctx, "other", strings.NewReader("x"), 1),
		"Delete": store.Delete(ctx, "object"),
		"Check":  store.Check(ctx),
	}
	for _, err := range store.List(ctx, "") {
		errs["List"] = err
	}
	for _, op := range []string{"ReadAt", "Open", "Put", "Delete", "Check", "List"} {
		if err := errs[op]; !errors.Is(err, context.Canceled) || blob.IsTransient(err) {
			t.Errorf("%s with an ended context: got %v, want context.Canceled, not transient", op, err)
		}
	}
	wantMissing(t, store, "other")
	wantContent(t, store, "object", noise(1, 100))
}

func check(t *testing.T, store blob.Store) {
	if err := store.Check(testContext(t)); err != nil {
		t.Errorf("Check: got %v, want no error", err)
	}
	if keys := listKeys(t, store, ""); len(keys) != 0 {
		t.Errorf("after Check: got the objects %q, want none", keys)
	}
}
