package meta

import (
	"context"
	"fmt"
	"time"

	"parley/storage/id"
)

// Hold keeps a recording from being erased, by whomever and for as long as it is
// not released: legal hold.
type Hold struct {
	ID        id.HoldID
	Recording id.RecordingID
	// Case is the id of the case for which it is kept; Reason says why.
	Case, Reason string
	// ReviewAt is when somebody has to look whether it is still needed. Nothing
	// happens by itself then.
	ReviewAt time.Time
	By       id.PersonID
	At       time.Time
	// ReleasedAt is nil while the hold stands.
	ReleasedAt    *time.Time
	ReleasedBy    id.PersonID
	ReleaseReason string
}

// MaxNote is the greatest length in bytes of a reason or a case id.
const MaxNote = 500

// Validate tells whether h can be placed; its error matches [ErrInvalid].
func (h Hold) Validate() error {
	if _, err := id.ParseHold(string(h.ID)); err != nil {
		return fmt.Errorf("%w: hold: %w", ErrInvalid, err)
	}
	if h.By == "" || h.At.IsZero() || h.ReviewAt.IsZero() || h.ReleasedAt != nil {
		return fmt.Errorf("%w: hold %s by %q", ErrInvalid, h.ID, h.By)
	}
	for _, text := range []string{h.Case, h.Reason} {
		if text == "" || len(text) > MaxNote {
			return fmt.Errorf("%w: hold %s: case and reason need 1 to %d bytes", ErrInvalid, h.ID, MaxNote)
		}
	}
	return nil
}

// Holds keeps legal holds. There may be any number on one recording: it is held
// until the last is released.
type Holds interface {
	// PlaceHold stores a hold. Errors match ErrInvalid, ErrNotExist if there is
	// no such recording, or ErrConflict if it is too late: an erasure of the
	// recording has begun, or nothing of it is left.
	PlaceHold(ctx context.Context, h Hold) error
	// ReleaseHold ends a hold. Errors match ErrNotExist, or ErrConflict if it
	// was released before.
	ReleaseHold(ctx context.Context, hold id.HoldID, by id.PersonID, reason string, at time.Time) error
	// Holds returns the holds of a recording, released ones too, the newest
	// first.
	Holds(ctx context.Context, recording id.RecordingID) ([]Hold, error)
	// AllHolds returns holds of all recordings, released ones too, by id; to page
	// on, give the last of the page before. limit is 1 to MaxLimit, and
	// DefaultLimit for 0.
	AllHolds(ctx context.Context, after id.HoldID, limit int) ([]Hold, error)
}
