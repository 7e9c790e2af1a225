package meta

import (
	"context"
	"fmt"
	"slices"
	"time"

	"parley/storage/id"
)

// What may mean that the two sides of a call are one, or that a rating was not
// given freely.
const (
	SignSameHuman   = "same_human"   // the platform names one human being for both sides
	SignSameAddress = "same_address" // both sides came from one network address
	// Several members have rated one expert from one device, or from one address.
	SignSharedDevice  = "shared_device"
	SignSharedAddress = "shared_address"
	SignBurst         = "burst"      // an expert got many full ratings within a short time
	SignOneExpert     = "one_expert" // a member rates one expert only, always with all stars
)

// SignKinds returns every kind of sign.
func SignKinds() []string {
	return []string{SignSameHuman, SignSameAddress, SignSharedDevice, SignSharedAddress, SignBurst, SignOneExpert}
}

// Sign is a sign that a call or its rating is not what it seems, as of somebody who
// calls oneself for the sake of ratings. It is a hint and no proof: a family shares
// an address.
type Sign struct {
	Call id.CallID
	// Kind is one of the Sign constants.
	Kind string
	At   time.Time
	// People are the others whom it is about, beside the two of the call.
	People []id.PersonID
}

// Validate tells whether s can be stored; its error matches [ErrInvalid].
func (s Sign) Validate() error {
	if _, err := id.ParseCall(string(s.Call)); err != nil {
		return fmt.Errorf("%w: sign: %w", ErrInvalid, err)
	}
	if !slices.Contains(SignKinds(), s.Kind) || s.At.IsZero() {
		return fmt.Errorf("%w: sign %q of %s", ErrInvalid, s.Kind, s.Call)
	}
	return nil
}

// SignFilter chooses signs; empty fields choose all.
type SignFilter struct {
	Kind string
	// Person is one of the two of the call, or of the others.
	Person id.PersonID
	// Before and BeforeKind are the last of the page before.
	Before     id.CallID
	BeforeKind string
	// Limit is the greatest number returned: 1 to MaxLimit, and DefaultLimit
	// for 0.
	Limit int
}

// Trace is what a member's call can be compared by with others: what stands for the
// network address and the device it came from, empty where that is not known.
type Trace struct {
	Call            id.CallID
	Address, Device string
	At              time.Time
}

// Validate tells whether t can be stored; its error matches [ErrInvalid].
func (t Trace) Validate() error {
	if _, err := id.ParseCall(string(t.Call)); err != nil {
		return fmt.Errorf("%w: trace: %w", ErrInvalid, err)
	}
	if t.At.IsZero() {
		return fmt.Errorf("%w: trace of %s without a time", ErrInvalid, t.Call)
	}
	return nil
}

// Traced is a rating that a member has given, with the trace of its call.
type Traced struct {
	Call            id.CallID
	Member, Expert  id.PersonID
	Stars           int
	At              time.Time
	Address, Device string
}

// TracedFilter chooses ratings; empty fields choose all.
type TracedFilter struct {
	Member, Expert id.PersonID
	// Since chooses those that were given then or later.
	Since time.Time
	// Limit is the greatest number returned: 1 to MaxLimit, and DefaultLimit
	// for 0.
	Limit int
}

// Signs keeps signs, and for a time what they are found by.
type Signs interface {
	// PutSign stores a sign. It may be repeated; the first time counts. Errors
	// match ErrInvalid.
	PutSign(ctx context.Context, s Sign) error
	// Signs returns what the filter chooses, the newest call first.
	Signs(ctx context.Context, f SignFilter) ([]Sign, error)
	// PutTrace stores a trace. It may be repeated; the first counts. Errors match
	// ErrInvalid.
	PutTrace(ctx context.Context, t Trace) error
	// DeleteTracesBefore deletes the traces of calls before a time.
	DeleteTracesBefore(ctx context.Context, at time.Time) error
	// Traced returns members' ratings, the newest first.
	Traced(ctx context.Context, f TracedFilter) ([]Traced, error)
}
