package s3blob_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/storage/blob"
	"parley/storage/blob/blobtest"
	"parley/storage/blob/miniotest"
	"parley/storage/blob/s3blob"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func configFor(server *miniotest.Server) s3blob.Config {
	return s3blob.Config{
		Endpoint:  server.Endpoint,
		AccessKey: server.AccessKey,
		SecretKey: s3blob.Secret(server.SecretKey),
		Bucket:    "recordings",
		PathStyle: true,
	}
}

// open returns a store without making its bucket.
func open(t testing.TB, cfg s3blob.Config) *s3blob.Store {
	t.Helper()
	store, err := s3blob.New(cfg)
	if err != nil {
		t.Fatalf("New: got %v, want no error", err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("Close: got %v, want no error", err)
		}
	})
	return store
}

func openWithBucket(t testing.TB, cfg s3blob.Config) *s3blob.Store {
	t.Helper()
	store := open(t, cfg)
	if err := store.EnsureBucket(t.Context()); err != nil {
		t.Fatalf("EnsureBucket: got %v, want no error", err)
	}
	return store
}

func put(t testing.TB, store blob.Store, key, content string) {
	t.Helper()
	if err := store.Put(t.Context(), key, strings.NewReader(content), int64(len(content))); err != nil {
		t.Fatalf("Put(%q): got %v, want no error", key, err)
	}
}

func TestStore(t *testing.T) {
	server := miniotest.Start(t)
	var stores int
	blobtest.Run(t, func(t testing.TB) blob.Store {
		stores++
		cfg := configFor(server)
		cfg.Prefix = fmt.Sprintf("suite/%02d", stores)
		return openWithBucket(t, cfg)
	})
}

func TestPrefixesKeepStoresApart(t *testing.T) {
	cfg := configFor(miniotest.Start(t))
	whole := openWithBucket(t, cfg)
	cfg.Prefix = "a/"
	part := openWithBucket(t, cfg)
	put(t, part, "object", "sealed")
	put(t, whole, "object", "other")
	for info, err := range part.List(t.Context(), "") {
		if err != nil || info.Key != "object" || info.Size != 6 {
			t.Errorf("listed under the prefix: got %+v and %v, want object with 6 bytes", info, err)
		}
	}
	object, err := whole.Open(t.Context(), "a/object")
	if err != nil || object.Size() != 6 {
		t.Fatalf("seen without the prefix: got %v, want a/object with 6 bytes", err)
	}
	defer object.Close()
}

func TestCheckWantsTheBucket(t *testing.T) {
	cfg := configFor(miniotest.Start(t))
	store := open(t, cfg)
	err := store.Check(t.Context())
	if err == nil || blob.IsTransient(err) || !strings.Contains(err.Error(), cfg.Bucket) {
		t.Errorf("Check without a bucket: got %v, want a permanent error that names it", err)
	}
	if err := store.Put(t.Context(), "a", strings.NewReader("x"), 1); err == nil || errors.Is(err, blob.ErrNotExist) {
		t.Errorf("Put without a bucket: got %v, want an error that is not ErrNotExist", err)
	}
	for range 2 {
		if err := store.EnsureBucket(t.Context()); err != nil {
			t.Errorf("EnsureBucket: got %v, want no error", err)
		}
	}
	if err := store.Check(t.Context()); err != nil {
		t.Errorf("Check with a bucket: got %v, want no error", err)
	}
}

func TestWrongPasswordIsPermanent(t *testing.T) {
	cfg := configFor(miniotest.Start(t))
	openWithBucket(t, cfg)
	cfg.SecretKey = "wrong-password"
	store := open(t, cfg)
	if err := store.Check(t.Context()); err == nil || blob.IsTransient(err) {
		t.Errorf("Check with a wrong password: got %v, want a permanent error", err)
	}
	err := store.Put(t.Context(), "a", strings.NewReader("x"), 1)
	if err == nil || blob.IsTransient(err) || strings.Contains(err.Error(), "wrong-password") {
		t.Errorf("Put with a wrong password: got %v, want a permanent error without the password", err)
	}
}

func TestOutageIsTransientAndEnds(t *testing.T) {
	server := miniotest.Start(t)
	store := openWithBucket(t, configFor(server))
	put(t, store, "kept", "sealed")
	object, err := store.Open(t.Context(), "kept")
	if err != nil {
		t.Fatal(err)
	}
	defer object.Close()

	server.Stop(t)
	_, readErr := object.ReadAt(make([]byte, 1), 0)
	_, openErr := store.Open(t.Context(), "kept")
	errs := map[string]error{
		"ReadAt": readErr,
		"Open":   openErr,
		"Put":    store.Put(t.Context(), "new", strings.NewReader("x"), 1),
		"Delete": store.Delete(t.Context(), "kept"),
		"Check":  store.Check(t.Context()),
	}
	for _, err := range store.List(t.Context(), "") {
		errs["List"] = err
	}
	for op, err := range errs {
		if !blob.IsTransient(err) {
			t.Errorf("%s while the store is away: got %v, want a transient error", op, err)
		}
	}

	server.Restart(t)
	put(t, store, "new", "x")
	got := make([]byte, 6)
	if _, err := object.ReadAt(got, 0); err != nil && err != io.EOF || string(got) != "sealed" {
		t.Errorf("ReadAt after the outage: got %q and %v, want what was put before", got, err)
	}
}

func TestReplacedObjectIsNotMixedUp(t *testing.T) {
	store := openWithBucket(t, configFor(miniotest.Start(t)))
	put(t, store, "object", "first content")
	object, err := store.Open(t.Context(), "object")
	if err != nil {
		t.Fatal(err)
	}
	defer object.Close()
	if err := store.Delete(t.Context(), "object"); err != nil {
		t.Fatal(err)
	}
	put(t, store, "object", "other content")
	if n, err := object.ReadAt(make([]byte, 5), 0); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("ReadAt of a replaced object: got %d bytes and %v, want ErrNotExist", n, err)
	}
}

func TestDeadlineIsTransient(t *testing.T) {
	store := open(t, configFor(miniotest.Start(t)))
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	if err := store.Check(ctx); !errors.Is(err, context.DeadlineExceeded) || !blob.IsTransient(err) {
		t.Errorf("Check after its deadline: got %v, want context.DeadlineExceeded, transient", err)
	}
}

func TestContentArrivesAsItIs(t *testing.T) {
	server := miniotest.Start(t)
	store := openWithBucket(t, configFor(server))
	// Content that a proxy or client might take for compressed.
	put(t, store, "gzip", "\x1f\x8b\x08 not really")
	object, err := store.Open(t.Context(), "gzip")
	if err != nil {
		t.Fatal(err)
	}
	defer object.Close()
	got, err := io.ReadAll(io.NewSectionReader(object, 0, object.Size()))
	if err != nil || !bytes.HasPrefix(got, []byte("\x1f\x8b\x08 not")) {
		t.Errorf("content: got %q and %v, want what was put", got, err)
	}
	if _, err := os.Stat(filepath.Join(server.Dir, "recordings", "gzip")); err != nil {
		t.Errorf("the object in the server's data: got %v, want it there", err)
	}
}

func TestNewNamesEveryFault(t *testing.T) {
	_, err := s3blob.New(s3blob.Config{Endpoint: "https://store.example", Bucket: "B", Prefix: "../x"})
	for _, field := range []string{"Endpoint", "AccessKey", "SecretKey", "Bucket", "Prefix"} {
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("New with nothing right: got %v, want an error that names %s", err, field)
		}
	}
}

func TestSecretIsNeverShown(t *testing.T) {
	cfg := s3blob.Config{SecretKey: "hunter2"}
	encoded, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	shown := string(encoded)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown += fmt.Sprintf(verb, cfg) + fmt.Sprintf(verb, cfg.SecretKey)
	}
	if strings.Contains(shown, "hunter2") || strings.Contains(shown, fmt.Sprintf("%x", "hunter2")) {
		t.Errorf("printed configuration: got the secret in %s", shown)
	}
	if cfg.SecretKey.Reveal() != "hunter2" {
		t.Errorf("Reveal: got %q, want the text itself", cfg.SecretKey.Reveal())
	}
}
