package meta

import (
	"context"
	"fmt"
	"time"

	"parley/storage/id"
)

// ErasureState is how far an erasure has come.
type ErasureState string

const (
	// ErasureRequested: somebody has to decide.
	ErasureRequested ErasureState = "requested"
	// ErasureRefused: it was decided that the voice stays.
	ErasureRefused ErasureState = "refused"
	// ErasureApproved: it is to be carried out as soon as nothing holds the
	// recording.
	ErasureApproved ErasureState = "approved"
	// ErasureBegun: it is being carried out and goes on to its end, whatever
	// happens.
	ErasureBegun ErasureState = "begun"
	// ErasureDone: it was carried out.
	ErasureDone ErasureState = "done"
)

// ErasureStates are all of them, in the order in which they come.
func ErasureStates() []ErasureState {
	return []ErasureState{ErasureRequested, ErasureRefused, ErasureApproved, ErasureBegun, ErasureDone}
}

// Why something is erased.
const (
	BasisPerson     = "person"     // the person asked
	BasisOfficer    = "officer"    // a privacy officer decided
	BasisRetention  = "retention"  // its time was over
	BasisWithdrawal = "withdrawal" // consent was withdrawn
)

// Erasure is the erasure of one voice, or of a whole recording, from the request
// to the certificate.
type Erasure struct {
	ID        id.ErasureID
	Recording id.RecordingID
	// Part is the voice, or id.PartCall for the whole recording.
	Part string
	// Basis is one of the Basis constants.
	Basis       string
	RequestedBy id.PersonID
	RequestedAt time.Time
	State       ErasureState
	// DecidedBy and DecidedAt tell who approved or refused; Note is what they
	// wrote.
	DecidedBy id.PersonID
	DecidedAt *time.Time
	Note      string
	// DoneAt and Certificate are there once it is done; the certificate is a
	// compact JWS.
	DoneAt      *time.Time
	Certificate string
}

// Validate tells whether e can be inserted; its error matches [ErrInvalid].
func (e Erasure) Validate() error {
	if _, err := id.ParseErasure(string(e.ID)); err != nil {
		return fmt.Errorf("%w: erasure: %w", ErrInvalid, err)
	}
	if !id.ValidPart(e.Part) || e.Basis == "" || e.RequestedBy == "" || e.RequestedAt.IsZero() || len(e.Note) > MaxNote {
		return fmt.Errorf("%w: erasure %s of part %q on the basis %q", ErrInvalid, e.ID, e.Part, e.Basis)
	}
	if e.State != ErasureRequested && e.State != ErasureApproved {
		return fmt.Errorf("%w: erasure %s begins as %q", ErrInvalid, e.ID, e.State)
	}
	return nil
}

// ErasureFilter chooses erasures. Its zero value chooses all.
type ErasureFilter struct {
	Recording id.RecordingID
	// States chooses those in one of some states.
	States []ErasureState
	// After chooses those with higher ids: to page on, give the last of the
	// page before.
	After id.ErasureID
	// Limit is the greatest number returned: 1 to MaxLimit, and DefaultLimit
	// for 0.
	Limit int
}

// Erasures keeps who asked for what to be erased and what became of it.
type Erasures interface {
	// InsertErasure stores an erasure that is requested or approved. Errors
	// match ErrInvalid, ErrNotExist if there is no such recording, or
	// ErrConflict if there is one of the same part that was not refused.
	InsertErasure(ctx context.Context, e Erasure) error
	// Erasure returns one, or ErrNotExist.
	Erasure(ctx context.Context, erasure id.ErasureID) (Erasure, error)
	// Erasures returns what the filter chooses, by id.
	Erasures(ctx context.Context, f ErasureFilter) ([]Erasure, error)
	// DecideErasure approves or refuses what was requested. Errors match
	// ErrInvalid for another state, ErrNotExist, or ErrConflict if it was
	// decided already.
	DecideErasure(ctx context.Context, erasure id.ErasureID, to ErasureState, by id.PersonID, note string, at time.Time) error
	// BeginErasure marks what was approved as begun, unless its recording is
	// held; after it no hold can be placed. It may be repeated until the
	// erasure is done. Errors match ErrNotExist, ErrHeld, or ErrConflict for
	// another state.
	BeginErasure(ctx context.Context, erasure id.ErasureID) error
	// FinishErasure stores that an erasure that was begun is done, forgets the
	// objects of the parts that were erased, and moves the recording to StateErased when no voice is
	// left, which ends the other erasures of it as well. It may be repeated;
	// the first certificate counts. Errors match ErrNotExist or ErrConflict.
	FinishErasure(ctx context.Context, erasure id.ErasureID, parts []string, certificate string, at time.Time) error
}
