package meta

import (
	"context"
	"fmt"
	"time"

	"parley/storage/id"
)

// What may mean that the two sides of a call are one.
const (
	SignSameHuman   = "same_human"   // the platform names one human being for both
	SignSameAddress = "same_address" // both came from one network address
)

// Sign is a sign that the two sides of a call are one, as of somebody who calls
// oneself for the sake of ratings. It is a hint and no proof: a family shares an
// address.
type Sign struct {
	Call id.CallID
	// Kind is one of the Sign constants.
	Kind string
	At   time.Time
}

// Validate tells whether s can be stored; its error matches [ErrInvalid].
func (s Sign) Validate() error {
	if _, err := id.ParseCall(string(s.Call)); err != nil {
		return fmt.Errorf("%w: sign: %w", ErrInvalid, err)
	}
	if s.Kind != SignSameHuman && s.Kind != SignSameAddress || s.At.IsZero() {
		return fmt.Errorf("%w: sign %q of %s", ErrInvalid, s.Kind, s.Call)
	}
	return nil
}

// Signs keeps signs.
type Signs interface {
	// PutSign stores a sign. It may be repeated; the first time counts. Errors
	// match ErrInvalid.
	PutSign(ctx context.Context, s Sign) error
	// SignsBefore returns signs of calls with lower ids than before, or of all if
	// that is empty, the newest call first. limit is 1 to MaxLimit, and
	// DefaultLimit for 0; a call's signs are cut off only there.
	SignsBefore(ctx context.Context, before id.CallID, limit int) ([]Sign, error)
}
