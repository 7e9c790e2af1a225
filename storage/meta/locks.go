package meta

import (
	"context"
	"time"

	"parley/storage/id"
)

// The stores of which locks are kept.
const (
	StoreMain    = "main"
	StoreOffsite = "offsite"
)

// LockDue is an object of which a store does not keep yet what it should, as far
// as is known.
type LockDue struct {
	StoredObject
	// Held tells what the store was told last, Retained whether it was told a
	// time.
	Held, Retained bool
}

// LockQuery chooses what [Locks.LocksDue] returns.
type LockQuery struct {
	// Store is one of the Store constants.
	Store string
	// Retain also chooses objects for which the store was told no time yet.
	Retain bool
	// Except leaves out some keys.
	Except []string
	// Limit is as for CopiesDue.
	Limit int
}

// Locks keeps what object stores were told to keep from being deleted. What they
// should be told is no list of its own: it follows from the legal holds of stored
// recordings, so that none can be forgotten.
type Locks interface {
	// LocksDue returns objects of recordings that are finished, where what the
	// store was told differs from what it should be, the oldest recording first.
	// Of the off-site store those count that have a verified copy.
	LocksDue(ctx context.Context, q LockQuery) ([]LockDue, error)
	// Held tells whether a legal hold stands on a recording, now.
	Held(ctx context.Context, recording id.RecordingID) (bool, error)
	// PutLock notes what a store was told. A nil time leaves the one before.
	PutLock(ctx context.Context, store, key string, held bool, until *time.Time) error
	// ForgetLock notes that a store has another object under a key, and was told
	// nothing of it.
	ForgetLock(ctx context.Context, store, key string) error
}
