package meta

import "context"

// Store joins what all implementations offer. Callers should ask for the narrow
// interfaces that they use. All methods may be called concurrently; what a
// method has written is durable when it returns nil and seen by every later call.
//
// Errors match [ErrNotExist], [ErrConflict] or [ErrInvalid] where a method says
// so, and the context's error when it ended; everything else is a failure of the
// store, which matches [ErrUnavailable] if it may pass.
type Store interface {
	People
	Blocks
	Revocations
	Answers
	Accounts
	Calls
	Texts
	Feedback
	Signs
	Evaluations
	Recordings
	Envelopes
	Objects
	Erasures
	Holds
	Assignments
	Secrets
	Masters
	Chains
	Events
	Webhooks
	Copies
	Checks
	Locks
	Drills

	// Check tells whether the store can be used now, for a readiness probe.
	Check(ctx context.Context) error
	// Close waits for calls under way and ends the store.
	Close() error
}
