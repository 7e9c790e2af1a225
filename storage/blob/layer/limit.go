package layer

import (
	"context"
	"fmt"
	"io"

	"parley/storage/blob"
)

// Limits bound what goes on at once; 0 means no bound.
type Limits struct {
	// Puts bounds objects on their way to the store.
	Puts int
	// Reads bounds requests that read, so that a sweep and the players leave
	// something to each other.
	Reads int
}

// Limit lets calls wait until there is a place for them, or their context ends.
func Limit(s blob.Store, l Limits) blob.Store {
	return &limited{Store: s, puts: newPlaces(l.Puts), reads: newPlaces(l.Reads)}
}

// places are what a call must have one of; nil gives as many as are asked for.
type places chan struct{}

func newPlaces(n int) places {
	if n <= 0 {
		return nil
	}
	return make(places, n)
}

func (p places) take(ctx context.Context) (release func(), err error) {
	if p == nil {
		return func() {}, nil
	}
	select {
	case p <- struct{}{}:
		return func() { <-p }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a place: %w", ctx.Err())
	}
}

type limited struct {
	blob.Store
	puts, reads places
}

func (l *limited) Unwrap() blob.Store { return l.Store }

// Put implements [blob.Store].
func (l *limited) Put(ctx context.Context, key string, content io.Reader, size int64) error {
	release, err := l.puts.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	return l.Store.Put(ctx, key, content, size)
}

// Open implements [blob.Store].
func (l *limited) Open(ctx context.Context, key string) (blob.Object, error) {
	release, err := l.reads.take(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	object, err := l.Store.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	return &limitedObject{object, ctx, l.reads}, nil
}

// limitedObject keeps the context of Open, which the contract gives its reads.
type limitedObject struct {
	blob.Object
	ctx   context.Context
	reads places
}

// ReadAt implements [io.ReaderAt].
func (o *limitedObject) ReadAt(p []byte, off int64) (int, error) {
	release, err := o.reads.take(o.ctx)
	if err != nil {
		return 0, err
	}
	defer release()
	return o.Object.ReadAt(p, off)
}
