package meta

import (
	"context"
	"fmt"
	"time"

	"parley/storage/id"
)

// Assignment is a reviewer's task to listen to one recording.
type Assignment struct {
	ID        id.AssignmentID
	Reviewer  id.PersonID
	Recording id.RecordingID
	By        id.PersonID
	At        time.Time
	// ExpiresAt is when the reviewer may no longer listen.
	ExpiresAt time.Time
}

// Validate tells whether a can be stored; its error matches [ErrInvalid].
func (a Assignment) Validate() error {
	if _, err := id.ParseAssignment(string(a.ID)); err != nil {
		return fmt.Errorf("%w: assignment: %w", ErrInvalid, err)
	}
	if _, err := id.ParsePerson(string(a.Reviewer)); err != nil {
		return fmt.Errorf("%w: assignment %s: %w", ErrInvalid, a.ID, err)
	}
	if a.By == "" || a.At.IsZero() || !a.ExpiresAt.After(a.At) {
		return fmt.Errorf("%w: assignment %s by %q until %s", ErrInvalid, a.ID, a.By, a.ExpiresAt)
	}
	return nil
}

// Assignments keeps which reviewer is to listen to what.
type Assignments interface {
	// InsertAssignment stores one. Errors match ErrInvalid, or ErrNotExist if
	// there is no such recording.
	InsertAssignment(ctx context.Context, a Assignment) error
	// Assigned tells whether a reviewer has an assignment for a recording that
	// has not expired at a time.
	Assigned(ctx context.Context, reviewer id.PersonID, recording id.RecordingID, at time.Time) (bool, error)
}
