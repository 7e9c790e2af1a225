package s3blob

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"

	"github.com/minio/minio-go/v7"

	"parley/storage/blob"
)

// Store is a [blob.Store] in a bucket. It is safe for concurrent use.
type Store struct {
	core      minio.Core
	transport *http.Transport
	bucket    string
	prefix    string
	region    string
	lock      bool
}

var _ blob.Store = (*Store)(nil)

// New returns the store that cfg describes. It connects to nothing yet: use
// Check or EnsureBucket to find out whether it can be reached. Close it when it
// is no longer used.
func New(cfg Config) (*Store, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	authorities, err := cfg.authorities()
	if err != nil {
		return nil, err
	}
	transport := newTransport(authorities)
	client, err := minio.New(cfg.Endpoint, cfg.options(transport))
	if err != nil {
		return nil, fmt.Errorf("s3blob: Endpoint is %q: %w", cfg.Endpoint, err)
	}
	return &Store{
		core:      minio.Core{Client: client},
		transport: transport,
		bucket:    cfg.Bucket,
		prefix:    cfg.keyPrefix(),
		region:    cfg.Region,
		lock:      cfg.Lock,
	}, nil
}

// Close ends idle connections. Calls under way go on.
func (s *Store) Close() error {
	s.transport.CloseIdleConnections()
	return nil
}

// EnsureBucket makes the bucket if there is none.
func (s *Store) EnsureBucket(ctx context.Context) error {
	exists, err := s.core.BucketExists(ctx, s.bucket)
	if err == nil && !exists {
		err = s.core.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{Region: s.region, ObjectLocking: s.lock})
	}
	if code(err) == minio.BucketAlreadyOwnedByYou {
		return nil // somebody was quicker
	}
	return classify(ctx, "check", "", err)
}

// Check implements [blob.Store]: it asks whether the bucket is there and may be
// used with these credentials.
func (s *Store) Check(ctx context.Context) error {
	exists, err := s.core.BucketExists(ctx, s.bucket)
	if err == nil && !exists {
		err = fmt.Errorf("there is no bucket %s", s.bucket)
		return &blob.Error{Op: "check", Err: err}
	}
	return classify(ctx, "check", "", err)
}

// Open implements [blob.Store].
func (s *Store) Open(ctx context.Context, key string) (blob.Object, error) {
	info, err := s.stat(ctx, "open", key)
	if err != nil {
		return nil, err
	}
	bounded, cancel := context.WithCancelCause(ctx)
	return &object{ctx: bounded, cancel: cancel, store: s, key: key, etag: info.ETag, size: info.Size}, nil
}

func (s *Store) stat(ctx context.Context, op, key string) (minio.ObjectInfo, error) {
	if err := blob.ValidateKey(key); err != nil {
		return minio.ObjectInfo{}, err
	}
	info, err := s.core.StatObject(ctx, s.bucket, s.prefix+key, minio.StatObjectOptions{})
	return info, classify(ctx, op, key, err)
}

// List implements [blob.Store].
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[blob.Info, error] {
	return func(yield func(blob.Info, error) bool) {
		if err := blob.ValidatePrefix(prefix); err != nil {
			yield(blob.Info{}, err)
			return
		}
		noOwner := false
		options := minio.ListObjectsOptions{Prefix: s.prefix + prefix, Recursive: true, FetchOwner: &noOwner}
		for found := range s.core.ListObjectsIter(ctx, s.bucket, options) {
			if found.Err != nil {
				yield(blob.Info{}, classify(ctx, "list", prefix, found.Err))
				return
			}
			if info, ok := s.info(found); ok && !yield(info, nil) {
				return
			}
		}
		// A listing that its context ends says nothing of its own.
		if err := ctx.Err(); err != nil {
			yield(blob.Info{}, classify(ctx, "list", prefix, err))
		}
	}
}

// info returns what was found as the contract has it, or false for what is no
// object of ours.
func (s *Store) info(found minio.ObjectInfo) (blob.Info, bool) {
	key := found.Key[len(s.prefix):]
	if blob.ValidateKey(key) != nil {
		return blob.Info{}, false
	}
	return blob.Info{Key: key, Size: found.Size, Modified: found.LastModified.UTC()}, true
}

func code(err error) string {
	var answer minio.ErrorResponse
	if errors.As(err, &answer) {
		return answer.Code
	}
	return ""
}
