package blob

import (
	"context"
	"errors"
	"io"
	"time"
)

// ErrLocked is matched when an object cannot be deleted because a lock of the
// store keeps it.
var ErrLocked = errors.New("object is locked")

// Locker is a [Store] that can keep objects from being deleted by anybody, this
// program included.
type Locker interface {
	// CanLock tells whether the store does so; it is set when the bucket is made.
	CanLock(ctx context.Context) (bool, error)
	// Retain keeps the object until a time. It lengthens a retention; to shorten
	// one is refused. Errors match ErrNotExist.
	Retain(ctx context.Context, key string, until time.Time) error
	// Hold keeps the object until Release, whatever its retention says. Both may
	// be repeated. Errors match ErrNotExist.
	Hold(ctx context.Context, key string) error
	Release(ctx context.Context, key string) error
	// Erase deletes the object in spite of a hold and of a retention, where the
	// store lets this program do so. It is for what was erased for ever, and for
	// nothing else. Errors match ErrNotExist, or ErrLocked where it does not.
	Erase(ctx context.Context, key string) error
}

// Erase deletes an object whose key was destroyed: a lock does not keep it, as far
// as the store lets this program lift it. Errors are those of [Store.Delete].
func Erase(ctx context.Context, s Store, key string) error {
	err := s.Delete(ctx, key)
	locker, can := As[Locker](s)
	if !errors.Is(err, ErrLocked) || !can {
		return err
	}
	return locker.Erase(ctx, key)
}

// Replacer is a [Store] that can put sound bytes in the place of an object that
// has rotted. Nothing else may use it: objects are written once.
type Replacer interface {
	// Replace stores size bytes of r under key, whether there is an object or
	// not, whole or not at all.
	Replace(ctx context.Context, key string, r io.Reader, size int64) error
}

// wrapper is a store around another one.
type wrapper interface{ Unwrap() Store }

// As returns the ability T of a store, or of the one that it wraps.
func As[T any](s Store) (ability T, ok bool) {
	for s != nil {
		if ability, ok = s.(T); ok {
			return ability, true
		}
		w, wraps := s.(wrapper)
		if !wraps {
			break
		}
		s = w.Unwrap()
	}
	return ability, false
}
