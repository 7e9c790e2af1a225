package meta

import (
	"context"
	"fmt"
	"time"

	"parley/storage/id"
)

// What a revocation is about.
const (
	RevokedToken  = "token"
	RevokedPerson = "person"
)

// Revocation takes back a token, or the tokens that a person had so far.
type Revocation struct {
	// Kind is RevokedToken or RevokedPerson, and Subject the id of that one.
	Kind    string
	Subject string
	// IssuedBefore is when the last of a person's tokens that are taken back was
	// issued; for a token it is At.
	IssuedBefore time.Time
	// ExpiresAt is when none of those tokens is good any more anyway.
	ExpiresAt time.Time
	By        id.PersonID
	At        time.Time
}

// Validate tells whether r can be stored; its error matches [ErrInvalid].
func (r Revocation) Validate() error {
	switch {
	case r.Kind != RevokedToken && r.Kind != RevokedPerson:
		return fmt.Errorf("%w: revocation of a %.20q", ErrInvalid, r.Kind)
	case r.Subject == "" || r.By == "":
		return fmt.Errorf("%w: revocation of nothing or by nobody", ErrInvalid)
	case r.IssuedBefore.IsZero() || r.At.IsZero() || !r.ExpiresAt.After(r.At):
		return fmt.Errorf("%w: revocation without a time, or one that is over", ErrInvalid)
	}
	return nil
}

// Revocations keeps which tokens are good no more.
type Revocations interface {
	// PutRevocation stores a revocation. One of the same subject goes on: of each
	// time the later one counts. Errors match ErrInvalid.
	PutRevocation(ctx context.Context, r Revocation) error
	// Revocations returns those that have not expired, in order of kind and
	// subject.
	Revocations(ctx context.Context, now time.Time) ([]Revocation, error)
	// DropRevocations forgets those that have expired.
	DropRevocations(ctx context.Context, now time.Time) error
}

// Account is the one account that a human has in a cluster of experts.
type Account struct {
	Human, Cluster string
	Person         id.PersonID
	At             time.Time
}

// Accounts keeps which account a human has in a cluster.
type Accounts interface {
	// ClaimAccount stores the account, unless the human has another one in the
	// cluster: the error then matches ErrConflict. Claiming it again changes
	// nothing.
	ClaimAccount(ctx context.Context, a Account) error
	// ReleaseAccount forgets it, so that another one may be claimed; one that is
	// not there is no error.
	ReleaseAccount(ctx context.Context, human, cluster string) error
}
