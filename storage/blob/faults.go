package blob

import (
	"errors"
	"fmt"
)

const (
	// maxFaults bounds how many objects may fail before it is the store's fault.
	maxFaults = 50
	// maxInARow bounds how many may fail in passing, one after the other, before
	// the store counts as away.
	maxInARow = 5
)

// Faults are what failed of a work on many objects that goes on after a fault: one
// bad object must not keep the others waiting. Its zero value is ready. It is not
// safe for concurrent use.
type Faults struct {
	keys  []string
	errs  []error
	inRow int
}

// Add notes how the work on an object has ended; nil is no fault.
func (f *Faults) Add(key string, err error) {
	if err == nil {
		f.inRow = 0
		return
	}
	f.keys = append(f.keys, key)
	f.errs = append(f.errs, fmt.Errorf("object %s: %w", key, err))
	if f.inRow++; !IsTransient(err) {
		f.inRow = 0
	}
}

// Enough tells whether it is time to give up until later.
func (f *Faults) Enough() bool { return len(f.keys) >= maxFaults || f.inRow >= maxInARow }

// Len counts the objects that failed.
func (f *Faults) Len() int { return len(f.keys) }

// Keys are the objects that failed.
func (f *Faults) Keys() []string { return f.keys }

// Err names all of them, and is nil if there are none.
func (f *Faults) Err() error { return errors.Join(f.errs...) }
