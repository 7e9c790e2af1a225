package meta

import (
	"context"
	"fmt"
	"time"
)

// Answer is what a request was answered with that may be sent again.
type Answer struct {
	// Key names the request: a hash of who sent it, where to, and of the key
	// that the client gave it.
	Key string
	// Request is a hash of the request's body.
	Request string
	// Status is 0 while the request is being answered.
	Status int
	Type   string // of the body, a media type
	Body   []byte // sealed
	// ClaimedAt tells one attempt from another.
	ClaimedAt time.Time
	// ExpiresAt is when the key is free again.
	ExpiresAt time.Time
}

// Validate tells whether a can be claimed; its error matches [ErrInvalid].
func (a Answer) Validate() error {
	if a.Key == "" || a.Request == "" || a.ClaimedAt.IsZero() || !a.ExpiresAt.After(a.ClaimedAt) {
		return fmt.Errorf("%w: answer to nothing, or without a time", ErrInvalid)
	}
	return nil
}

// Answers keeps answers for clients that send a request again because they did
// not see its answer.
type Answers interface {
	// ClaimAnswer reserves the key for an answer that is being made, and forgets
	// what has expired. Where the key is taken it returns what is there, and
	// claimed is false. Errors match ErrInvalid.
	ClaimAnswer(ctx context.Context, a Answer) (was Answer, claimed bool, err error)
	// PutAnswer stores the answer to what a claim was for; where the claim has
	// expired and somebody else has the key it changes nothing.
	PutAnswer(ctx context.Context, a Answer) error
	// ReleaseAnswer gives up a claim.
	ReleaseAnswer(ctx context.Context, a Answer) error
}
