package meta

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"parley/storage/id"
)

// Recording is the voices of one call with their manifest.
type Recording struct {
	ID     id.RecordingID
	CallID id.CallID
	// The participants are kept here too, since a recording may outlive its
	// call's record.
	MemberID, ExpertID     id.PersonID
	MemberName, ExpertName string
	State                  State
	// StartedAt is the instant of frame 0.
	StartedAt time.Time
	// StoredAt is nil until the recording was stored.
	StoredAt *time.Time
	// LengthMs is the length in milliseconds, 0 until it is known.
	LengthMs int64
	// Report is a JSON value with what was lost or changed on the way, or
	// empty.
	Report string
	// Erased tells of the member's and the expert's voice whether it was
	// erased: its key envelope is destroyed. The store fills it in when it
	// reads.
	Erased [2]bool
	// Keep says how long it may be kept.
	Keep Keep
	// TrashedAt is when it was set aside since its time was over: it cannot be
	// played and is destroyed after a while. Nil: it was not.
	TrashedAt *time.Time
	// Held tells that a legal hold stands. The store fills it in.
	Held bool
}

// Keep is what people were promised of how long a recording is kept, as of when
// it began.
type Keep struct {
	// Purposes are what it was made for.
	Purposes []string `json:"purposes,omitempty"`
	// Days is how long it can be listened to; 0: nothing was promised.
	Days int `json:"days,omitempty"`
	// MaxDays is by when the law of its places wants it destroyed; 0: none does.
	MaxDays int `json:"max_days,omitempty"`
}

// Validate tells whether r can be stored; its error matches [ErrInvalid].
func (r Recording) Validate() error {
	if _, err := id.ParseRecording(string(r.ID)); err != nil {
		return fmt.Errorf("%w: recording: %w", ErrInvalid, err)
	}
	if _, err := id.ParseCall(string(r.CallID)); err != nil {
		return fmt.Errorf("%w: recording %s: call: %w", ErrInvalid, r.ID, err)
	}
	if err := validateParticipants(r.MemberID, r.ExpertID); err != nil {
		return fmt.Errorf("%w: recording %s: %w", ErrInvalid, r.ID, err)
	}
	switch {
	case r.StartedAt.IsZero():
		return fmt.Errorf("%w: recording %s has no StartedAt", ErrInvalid, r.ID)
	case r.LengthMs < 0:
		return fmt.Errorf("%w: recording %s has a length of %d ms", ErrInvalid, r.ID, r.LengthMs)
	case r.Report != "" && !json.Valid([]byte(r.Report)):
		return fmt.Errorf("%w: recording %s has a report that is not JSON", ErrInvalid, r.ID)
	}
	return r.State.Validate()
}

const (
	// DefaultLimit is how many recordings are returned where no limit is set.
	DefaultLimit = 100
	// MaxLimit is the greatest number that one call returns.
	MaxLimit = 1000
)

// RecordingFilter chooses recordings. Its zero value chooses all.
type RecordingFilter struct {
	// Participant chooses those in which this person spoke.
	Participant id.PersonID
	// AssignedTo, unless empty, chooses those that are assigned to this reviewer at
	// the time AssignedAt.
	AssignedTo id.PersonID
	AssignedAt time.Time
	// State chooses those in one state.
	State State
	// Before chooses those that are older than this one: to page on, give the
	// last id of the page before.
	Before id.RecordingID
	// Limit is the greatest number returned: 1 to MaxLimit, and DefaultLimit
	// for 0.
	Limit int
}

// Recordings keeps the recordings.
type Recordings interface {
	// InsertRecording stores a new recording and its key envelopes, one for
	// each of id.Parts, all or nothing. Errors match ErrInvalid, or
	// ErrConflict if its id is taken.
	InsertRecording(ctx context.Context, r Recording, envelopes map[string][]byte) error
	// UpdateRecording stores State, StoredAt, LengthMs and Report of r;
	// everything else stays as it was inserted. Errors match ErrInvalid,
	// ErrNotExist, or ErrConflict if CanMove forbids the change of state.
	UpdateRecording(ctx context.Context, r Recording) error
	// Recording returns one recording, or ErrNotExist.
	Recording(ctx context.Context, recording id.RecordingID) (Recording, error)
	// Recordings returns what the filter chooses, the newest first by id.
	// Errors match ErrInvalid for a limit out of range.
	Recordings(ctx context.Context, filter RecordingFilter) ([]Recording, error)
	// SetTrashed sets a recording aside at a time, or puts it back where at is
	// nil. Errors match ErrNotExist.
	SetTrashed(ctx context.Context, recording id.RecordingID, at *time.Time) error
	// UnfinishedRecordings returns the recordings whose state is not Finished,
	// the oldest first. After a crash they are those to complete.
	UnfinishedRecordings(ctx context.Context) ([]Recording, error)
}

// EffectiveLimit returns the limit that a caller's limit means, or an error that
// matches [ErrInvalid].
func EffectiveLimit(limit int) (int, error) {
	switch {
	case limit == 0:
		return DefaultLimit, nil
	case limit < 0 || limit > MaxLimit:
		return 0, fmt.Errorf("%w: limit %d, want 1 to %d", ErrInvalid, limit, MaxLimit)
	}
	return limit, nil
}

// ValidateEnvelopes tells whether there is one envelope for each of [id.Parts]
// and no other; its error matches [ErrInvalid].
func ValidateEnvelopes(envelopes map[string][]byte) error {
	for _, part := range id.Parts() {
		if len(envelopes[part]) == 0 {
			return fmt.Errorf("%w: no key envelope for %s", ErrInvalid, part)
		}
	}
	if len(envelopes) != len(id.Parts()) {
		return fmt.Errorf("%w: %d key envelopes, want %d", ErrInvalid, len(envelopes), len(id.Parts()))
	}
	return nil
}
