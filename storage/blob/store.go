package blob

import (
	"context"
	"io"
	"iter"
	"time"
)

// Info describes one stored object.
type Info struct {
	// Key is the key it was put under.
	Key string
	// Size is its length in bytes.
	Size int64
	// Modified is the instant at which it became visible, in UTC, by the
	// store's clock.
	Modified time.Time
}

// Object is one stored object, open for reading. Its methods may be called
// concurrently. The content cannot change while it is open, because objects are
// written once; if it is deleted meanwhile, reads may fail with [ErrNotExist].
type Object interface {
	io.ReaderAt
	// Size returns the length in bytes.
	Size() int64
	// Close frees what the object holds and makes reads under way fail. Later
	// reads fail with an error that matches [os.ErrClosed].
	Close() error
}

// Store keeps objects under keys. Its methods may be called concurrently.
//
// Every key is checked with [ValidateKey] first. A key must not be a folder of
// another key ("a" beside "a/b"): some stores cannot hold such a pair, and which
// error they give for it is not defined.
type Store interface {
	// Put stores size bytes of r under key, and is done with r when it returns. The object becomes visible whole
	// or not at all, and is durable when Put returns nil. It is [ErrExist] if
	// key holds an object already, however many callers try at once, and
	// [ErrSize] if r holds fewer or more than size bytes. A transient error
	// leaves open whether the object was stored: repeat the Put, and take
	// ErrExist as a reason to compare, not as proof.
	Put(ctx context.Context, key string, r io.Reader, size int64) error

	// Open returns the object under key, or [ErrNotExist]. The context bounds
	// the later ReadAt calls as well, since [io.ReaderAt] has no place for
	// one: once it ends, they fail.
	Open(ctx context.Context, key string) (Object, error)

	// Delete removes the object under key, or returns [ErrNotExist]. Of
	// several callers that delete one object at once, more than one may
	// succeed.
	Delete(ctx context.Context, key string) error

	// List yields the objects whose keys begin with prefix, in ascending byte
	// order of the keys. The prefix is empty, a key, or a key and a slash; it
	// need not end where a part ends. Objects put or deleted meanwhile may or
	// may not be seen, and what is no valid key was not put here and is passed
	// over. After an error nothing more is yielded.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]

	// Check tells whether the store can be used now, for a readiness probe. It
	// changes nothing.
	Check(ctx context.Context) error
}
