package layer

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"math/rand/v2"
	"time"

	"parley/storage/blob"
)

// Policy says how often and when a call is repeated.
type Policy struct {
	// Attempts bounds how often a call is made, at least 1.
	Attempts int
	// First is the pause after the first failure; each later one is twice as
	// long, up to Last. What is waited is a random part of it, half at least,
	// so that those who failed together do not come back together.
	First, Last time.Duration
}

// DefaultPolicy gets over what passes within seconds. A store that is away for
// longer is for the queues to wait out.
func DefaultPolicy() Policy {
	return Policy{Attempts: 4, First: 100 * time.Millisecond, Last: 2 * time.Second}
}

// pause is how long to wait after failure n, the first being 0, without chance.
func (p Policy) pause(n int) time.Duration {
	wait := p.First
	for range n {
		if wait >= p.Last/2 {
			return p.Last
		}
		wait *= 2
	}
	return min(wait, p.Last)
}

// do makes a call until it succeeds, is refused, or has been made often enough.
func (p Policy) do(ctx context.Context, call func(attempt int) error) error {
	for n := 0; ; n++ {
		err := call(n)
		if !blob.IsTransient(err) || n+1 >= p.Attempts || ctx.Err() != nil {
			return err
		}
		if wait(ctx, p.pause(n)) != nil {
			return err // it says more than that the time was up
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d/2 + rand.N(d/2+1))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Retry repeats calls that fail with a transient error. A Put is repeated if its
// content can be sought back to where it began; a listing until it has yielded
// something.
func Retry(s blob.Store, p Policy) blob.Store { return &retrying{s, p} }

type retrying struct {
	blob.Store
	policy Policy
}

func (r *retrying) Unwrap() blob.Store { return r.Store }

// Put implements [blob.Store]. An attempt may have stored the object and failed
// all the same; the next one then meets its own object, which is told from
// another's by its content.
func (r *retrying) Put(ctx context.Context, key string, content io.Reader, size int64) error {
	seeker, ok := content.(io.Seeker)
	if !ok {
		return r.Store.Put(ctx, key, content, size)
	}
	begin, err := seeker.Seek(0, io.SeekCurrent)
	if err != nil {
		return fmt.Errorf("put object %s: read its content: %w", key, err)
	}
	rewind := func() error {
		_, err := seeker.Seek(begin, io.SeekStart)
		return err
	}
	return r.policy.do(ctx, func(attempt int) error {
		if attempt > 0 {
			if err := rewind(); err != nil {
				return fmt.Errorf("put object %s: read its content again: %w", key, err)
			}
		}
		err := r.Store.Put(ctx, key, content, size)
		if attempt == 0 || !errors.Is(err, blob.ErrExist) {
			return err
		}
		if same, sameErr := r.holds(ctx, key, rewind, content); sameErr != nil {
			return sameErr
		} else if same {
			return nil
		}
		return err
	})
}

// holds tells whether the object under key is what content gives.
func (r *retrying) holds(ctx context.Context, key string, rewind func() error, content io.Reader) (bool, error) {
	if err := rewind(); err != nil {
		return false, fmt.Errorf("put object %s: read its content again: %w", key, err)
	}
	object, err := r.Open(ctx, key)
	if err != nil {
		return false, err
	}
	defer func() { _ = object.Close() }() // read only
	theirs, ours := sha256.New(), sha256.New()
	if _, err := io.Copy(theirs, io.NewSectionReader(object, 0, object.Size())); err != nil {
		return false, err
	}
	if _, err := io.Copy(ours, content); err != nil {
		return false, fmt.Errorf("put object %s: read its content again: %w", key, err)
	}
	return sum(theirs) == sum(ours), nil
}

func sum(h hash.Hash) [sha256.Size]byte { return [sha256.Size]byte(h.Sum(nil)) }

// Open implements [blob.Store].
func (r *retrying) Open(ctx context.Context, key string) (object blob.Object, err error) {
	err = r.policy.do(ctx, func(int) error {
		object, err = r.Store.Open(ctx, key)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &retryingObject{object, ctx, r.policy}, nil
}

// Delete implements [blob.Store]. One that was carried out and failed all the same
// is told by its object's absence.
func (r *retrying) Delete(ctx context.Context, key string) error {
	return r.policy.do(ctx, func(attempt int) error {
		err := r.Store.Delete(ctx, key)
		if attempt > 0 && errors.Is(err, blob.ErrNotExist) {
			return nil
		}
		return err
	})
}

// List implements [blob.Store].
func (r *retrying) List(ctx context.Context, prefix string) iter.Seq2[blob.Info, error] {
	return func(yield func(blob.Info, error) bool) {
		yielded, stopped := false, false
		err := r.policy.do(ctx, func(int) error {
			for info, err := range r.Store.List(ctx, prefix) {
				if err != nil && !yielded {
					return err
				}
				yielded = true
				if !yield(info, err) || err != nil {
					stopped = true
					return nil
				}
			}
			return nil
		})
		if err != nil && !stopped {
			yield(blob.Info{}, err)
		}
	}
}

// retryingObject keeps the context of Open, which the contract gives its reads.
type retryingObject struct {
	blob.Object
	ctx    context.Context
	policy Policy
}

// ReadAt implements [io.ReaderAt].
func (o *retryingObject) ReadAt(p []byte, off int64) (n int, err error) {
	err = o.policy.do(o.ctx, func(int) error {
		n, err = o.Object.ReadAt(p, off)
		return err
	})
	return n, err
}
