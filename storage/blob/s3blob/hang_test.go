package s3blob_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"parley/storage/blob"
	"parley/storage/blob/miniotest"
)

// TestAStoreThatHangs: each call ends with its context, and nobody repeats what the
// caller has given up.
func TestAStoreThatHangs(t *testing.T) {
	server := miniotest.Start(t)
	proxy := miniotest.NewProxy(t, server)
	cfg := configFor(server)
	cfg.Endpoint = proxy.Endpoint
	store := openWithBucket(t, cfg)
	put(t, store, "a", "sealed")
	hung := make(chan struct{}, 1)
	proxy.Decide(func(int, *http.Request) miniotest.Fault {
		hung <- struct{}{}
		return miniotest.Hang
	})
	for name, call := range map[string]func(ctx context.Context) error{
		"Put":    func(ctx context.Context) error { return store.Put(ctx, "b", strings.NewReader("x"), 1) },
		"Open":   func(ctx context.Context) error { _, err := store.Open(ctx, "a"); return err },
		"Delete": func(ctx context.Context) error { return store.Delete(ctx, "a") },
		"Check":  store.Check,
		"List": func(ctx context.Context) (err error) {
			for _, err = range store.List(ctx, "") {
			}
			return err
		},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- call(ctx) }()
		<-hung // it waits for an answer now
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) || blob.IsTransient(err) {
			t.Errorf("%s: got %v, want that it was cancelled", name, err)
		}
	}
}
