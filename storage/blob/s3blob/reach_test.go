package s3blob_test

import (
	"strings"
	"testing"

	"parley/storage/blob"
	"parley/storage/blob/miniotest"
	"parley/storage/blob/s3blob"
)

func TestTLSWithAnAuthorityOfOnesOwn(t *testing.T) {
	server := miniotest.Start(t, miniotest.WithTLS)
	cfg := configFor(server)
	cfg.TLS, cfg.CA = true, server.CA
	store := openWithBucket(t, cfg)
	put(t, store, "a", "sealed")

	cfg.CA = nil
	err := open(t, cfg).Check(t.Context())
	if err == nil || blob.IsTransient(err) || !strings.Contains(err.Error(), "not trusted") {
		t.Errorf("Check of a store that nobody vouches for: got %v, want a permanent error that says so", err)
	}
	cfg.TLS = false
	if err := open(t, cfg).Check(t.Context()); err == nil {
		t.Error("Check without TLS of a store that speaks TLS: got no error")
	}
}

func TestTLSToAStoreWithout(t *testing.T) {
	cfg := configFor(miniotest.Start(t))
	cfg.TLS = true
	if err := open(t, cfg).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "speaks no TLS") {
		t.Errorf("Check: got %v, want an error that says so", err)
	}
}

func TestBadAuthority(t *testing.T) {
	cfg := s3blob.Config{Endpoint: "store.example", AccessKey: "a", SecretKey: "b", Bucket: "bucket"}
	cfg.TLS, cfg.CA = true, []byte("no certificate")
	if _, err := s3blob.New(cfg); err == nil || !strings.Contains(err.Error(), "CA") {
		t.Errorf("New with a CA that is none: got %v, want an error that names it", err)
	}
	cfg.TLS = false
	if _, err := s3blob.New(cfg); err == nil || !strings.Contains(err.Error(), "TLS") {
		t.Errorf("New with a CA and without TLS: got %v, want an error that names TLS", err)
	}
}

// TestBucketAsHostName holds that a bucket can be a host name of its own, as the
// large providers want it.
func TestBucketAsHostName(t *testing.T) {
	server := miniotest.Start(t, miniotest.WithDomain("store.example"))
	cfg := configFor(server)
	address := cfg.Endpoint
	cfg.Endpoint, cfg.PathStyle = "store.example", false
	named := open(t, cfg)
	s3blob.DialAlways(named, address)
	if err := named.EnsureBucket(t.Context()); err != nil {
		t.Fatalf("EnsureBucket: %v", err)
	}
	put(t, named, "a", "sealed")
	object, err := open(t, configFor(server)).Open(t.Context(), "a")
	if err != nil {
		t.Fatalf("what was put by host name, by path: %v", err)
	}
	_ = object.Close()

	// A server that knows no domain takes the path for the bucket and finds none.
	plain := miniotest.Start(t)
	astray := open(t, cfg)
	s3blob.DialAlways(astray, plain.Endpoint)
	if object, err := astray.Open(t.Context(), "a"); err == nil {
		_ = object.Close()
		t.Error("the host name was not used: a server without a domain was satisfied")
	}
}
