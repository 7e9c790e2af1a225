package blob

import (
	"context"
	"errors"
	"fmt"
)

var (
	// ErrNotExist is matched when a key holds no object.
	ErrNotExist = errors.New("object does not exist")
	// ErrExist is matched when a key holds an object already.
	ErrExist = errors.New("object exists already")
	// ErrSize is matched when a reader gave fewer or more bytes than were
	// announced. Nothing was stored.
	ErrSize = errors.New("content is not of the announced size")
	// ErrKey is matched when a key or prefix breaks the rule of [ValidateKey].
	ErrKey = errors.New("invalid object key")
)

// Error is a failure of the store itself, as opposed to an answer such as
// [ErrNotExist]. Implementations return it so that [IsTransient] can tell what
// is worth repeating.
type Error struct {
	// Op is what was being done: put, open, read, delete, list, check.
	Op string
	// Key is the object's key; empty where the store as a whole was meant.
	Key string
	// Transient tells that the same call may succeed later.
	Transient bool
	// Err is the cause.
	Err error
}

func (e *Error) Error() string {
	if e.Key == "" {
		return fmt.Sprintf("%s objects: %v", e.Op, e.Err)
	}
	return fmt.Sprintf("%s object %s: %v", e.Op, e.Key, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// IsTransient tells whether the call that returned err may succeed when it is
// repeated later: the store is away, full, busy or slow. It is false for every
// answer of the store (ErrNotExist, ErrExist, ErrSize, ErrKey), for refusals
// such as a wrong password, and when the caller cancelled. A deadline that
// passed counts as transient: what was slow may be quick next time.
func IsTransient(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	var e *Error
	return errors.As(err, &e) && e.Transient
}
