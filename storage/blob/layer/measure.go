package layer

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"time"

	"parley/storage/blob"
)

// Outcome is the class of a call's end.
type Outcome string

// The outcomes. Answers of the store, such as that there is no such object, count
// as OK.
const (
	OK        Outcome = "ok"
	Transient Outcome = "transient"
	Permanent Outcome = "permanent"
	Cancelled Outcome = "cancelled"
)

// Outcomes returns every outcome.
func Outcomes() []Outcome { return []Outcome{OK, Transient, Permanent, Cancelled} }

// classOf returns the class of an error.
func classOf(err error) Outcome {
	switch {
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, blob.ErrNotExist), errors.Is(err, blob.ErrExist), errors.Is(err, blob.ErrLocked):
		return OK
	case errors.Is(err, context.Canceled), errors.Is(err, os.ErrClosed):
		return Cancelled
	case blob.IsTransient(err):
		return Transient
	}
	return Permanent
}

// Operations returns the names of what is measured.
func Operations() []string { return []string{"put", "open", "read", "delete", "list", "check"} }

// Observer is told of each call. It must not wait.
type Observer interface {
	ObjectCall(operation string, outcome Outcome, took time.Duration)
}

// Measure tells an observer of each call.
func Measure(s blob.Store, o Observer, now func() time.Time) blob.Store {
	return &measured{s, watch{o, now}}
}

type watch struct {
	observer Observer
	now      func() time.Time
}

// call makes a call and tells of it.
func (w watch) call(operation string, do func() error) error {
	began := w.now()
	err := do()
	w.observer.ObjectCall(operation, classOf(err), w.now().Sub(began))
	return err
}

type measured struct {
	blob.Store
	watch watch
}

func (m *measured) Unwrap() blob.Store { return m.Store }

// Put implements [blob.Store].
func (m *measured) Put(ctx context.Context, key string, content io.Reader, size int64) error {
	return m.watch.call("put", func() error { return m.Store.Put(ctx, key, content, size) })
}

// Open implements [blob.Store].
func (m *measured) Open(ctx context.Context, key string) (object blob.Object, err error) {
	err = m.watch.call("open", func() error {
		object, err = m.Store.Open(ctx, key)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &measuredObject{object, m.watch}, nil
}

// Delete implements [blob.Store].
func (m *measured) Delete(ctx context.Context, key string) error {
	return m.watch.call("delete", func() error { return m.Store.Delete(ctx, key) })
}

// Check implements [blob.Store].
func (m *measured) Check(ctx context.Context) error {
	return m.watch.call("check", func() error { return m.Store.Check(ctx) })
}

// List implements [blob.Store]. What the caller does with the objects counts as
// time of the listing, for they come in pages.
func (m *measured) List(ctx context.Context, prefix string) iter.Seq2[blob.Info, error] {
	return func(yield func(blob.Info, error) bool) {
		_ = m.watch.call("list", func() error { // the error was yielded
			for info, err := range m.Store.List(ctx, prefix) {
				if !yield(info, err) || err != nil {
					return err
				}
			}
			return nil
		})
	}
}

type measuredObject struct {
	blob.Object
	watch watch
}

// ReadAt implements [io.ReaderAt].
func (o *measuredObject) ReadAt(p []byte, off int64) (n int, err error) {
	err = o.watch.call("read", func() error {
		n, err = o.Object.ReadAt(p, off)
		return err
	})
	return n, err
}
