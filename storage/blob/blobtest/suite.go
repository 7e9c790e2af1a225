package blobtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"parley/storage/blob"
)

// Run runs the suite. The function makes an empty store for each test and
// registers its end with Cleanup.
func Run(t *testing.T, newStore func(testing.TB) blob.Store) {
	t.Helper()
	tests := []struct {
		name string
		run  func(*testing.T, blob.Store)
	}{
		{"put and read back", putAndReadBack},
		{"existing key", existingKey},
		{"racing puts", racingPuts},
		{"wrong size", wrongSize},
		{"failing reader", failingReader},
		{"missing", missing},
		{"bad keys", badKeys},
		{"reading", reading},
		{"concurrent reading", concurrentReading},
		{"closed object", closedObject},
		{"delete", deleteAndPutAgain},
		{"racing puts and deletes", racingPutsAndDeletes},
		{"list", list},
		{"list stops early", listStopsEarly},
		{"ended context", endedContext},
		{"check", check},
		{"replace", replace},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) { tc.run(t, newStore(t)) })
	}
}

// testContext bounds what a test may take.
func testContext(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// noise returns n bytes that depend on seed only.
func noise(seed uint64, n int) []byte {
	var key [32]byte
	key[0], key[1] = byte(seed), byte(seed>>8)
	content := make([]byte, n)
	rand.NewChaCha8(key).Read(content)
	return content
}

func mustPut(t testing.TB, store blob.Store, key string, content []byte) {
	t.Helper()
	if err := store.Put(testContext(t), key, bytes.NewReader(content), int64(len(content))); err != nil {
		t.Fatalf("Put(%q) of %d bytes: got %v, want no error", key, len(content), err)
	}
}

func mustOpen(t testing.TB, store blob.Store, key string) blob.Object {
	t.Helper()
	object, err := store.Open(testContext(t), key)
	if err != nil {
		t.Fatalf("Open(%q): got %v, want no error", key, err)
	}
	t.Cleanup(func() { object.Close() })
	return object
}

func wantContent(t testing.TB, store blob.Store, key string, want []byte) {
	t.Helper()
	object := mustOpen(t, store, key)
	if object.Size() != int64(len(want)) {
		t.Errorf("size of %q: got %d, want %d", key, object.Size(), len(want))
	}
	got, err := io.ReadAll(io.NewSectionReader(object, 0, object.Size()))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("content of %q: got %d bytes and %v, want the %d bytes that were put", key, len(got), err, len(want))
	}
}

func wantMissing(t testing.TB, store blob.Store, key string) {
	t.Helper()
	object, err := store.Open(testContext(t), key)
	if err == nil {
		object.Close()
	}
	if !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("Open(%q): got %v, want ErrNotExist", key, err)
	}
	if keys := listKeys(t, store, key); len(keys) != 0 {
		t.Errorf("List(%q): got %q, want nothing", key, keys)
	}
}

func listKeys(t testing.TB, store blob.Store, prefix string) []string {
	t.Helper()
	var keys []string
	for info, err := range store.List(testContext(t), prefix) {
		if err != nil {
			t.Fatalf("List(%q): got %v, want no error", prefix, err)
		}
		keys = append(keys, info.Key)
	}
	return keys
}
