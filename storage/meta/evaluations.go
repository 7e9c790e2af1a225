package meta

import (
	"context"
	"fmt"
	"time"

	"parley/storage/id"
)

// How far an evaluation is.
const (
	EvaluationDraft    = "draft" // seen by its reviewer alone
	EvaluationReleased = "released"
	EvaluationDisputed = "disputed"
	EvaluationSettled  = "settled" // a lead has answered the dispute
)

// MaxSealedEvaluation is the greatest length in bytes of what an evaluation says as it
// is sealed.
const MaxSealedEvaluation = 128 << 10

// Evaluation is what one reviewer thinks of how an expert has held one call.
type Evaluation struct {
	ID        id.EvaluationID
	Recording id.RecordingID
	Call      id.CallID
	Expert    id.PersonID
	Reviewer  id.PersonID
	State     string // one of the Evaluation constants
	// Revision is 1 at first, and one more with each change.
	Revision int
	// At is when it was begun, ReleasedAt when the expert could see it first; nil: not yet.
	At         time.Time
	ReleasedAt *time.Time
	// Sealed is what it says, sealed to the master key under the name SealName.
	Sealed []byte
}

// SealName binds what is sealed to the evaluation, so that no two can be swapped.
func (e Evaluation) SealName() string {
	return "evaluation " + string(e.Recording) + " " + string(e.ID)
}

// Validate tells whether e can be stored; its error matches [ErrInvalid].
func (e Evaluation) Validate() error {
	_, err := id.ParseEvaluation(string(e.ID))
	if err == nil {
		_, err = id.ParseRecording(string(e.Recording))
	}
	if err == nil {
		_, err = id.ParseCall(string(e.Call))
	}
	for _, p := range []id.PersonID{e.Expert, e.Reviewer} {
		if err == nil {
			_, err = id.ParsePerson(string(p))
		}
	}
	if err != nil {
		return fmt.Errorf("%w: evaluation: %w", ErrInvalid, err)
	}
	switch e.State {
	case EvaluationDraft, EvaluationReleased, EvaluationDisputed, EvaluationSettled:
	default:
		return fmt.Errorf("%w: evaluation %s is %q", ErrInvalid, e.ID, e.State)
	}
	if draft := e.State == EvaluationDraft; draft != (e.ReleasedAt == nil) || e.Revision < 1 || e.At.IsZero() {
		return fmt.Errorf("%w: evaluation %s: %s, revision %d", ErrInvalid, e.ID, e.State, e.Revision)
	}
	if len(e.Sealed) == 0 || len(e.Sealed) > MaxSealedEvaluation {
		return fmt.Errorf("%w: evaluation %s has %d bytes", ErrInvalid, e.ID, len(e.Sealed))
	}
	return nil
}

// EvaluationFilter chooses evaluations; empty fields choose all.
type EvaluationFilter struct {
	Expert   id.PersonID
	Reviewer id.PersonID
	State    string
	// Seen leaves drafts out.
	Seen bool
	// Before chooses those with lower ids: to page on, give the last of the page before.
	Before id.EvaluationID
	// Limit is the greatest number returned: 1 to MaxLimit, and DefaultLimit for 0.
	Limit int
}

// Evaluations keeps what reviewers think of calls. Envelopes.DestroyEnvelope deletes
// those of a recording with the key of any of its parts: what can no longer be heard
// can no longer be checked or disputed.
type Evaluations interface {
	// PutEvaluation stores an evaluation of revision 1, or replaces that of the revision
	// before. Errors match ErrInvalid, or ErrConflict where another change came first,
	// the reviewer has one of the recording, or a part of the recording was erased.
	PutEvaluation(ctx context.Context, e Evaluation) error
	// Evaluation returns one, or ErrNotExist.
	Evaluation(ctx context.Context, e id.EvaluationID) (Evaluation, error)
	// EvaluationBy returns a reviewer's of a recording, or ErrNotExist.
	EvaluationBy(ctx context.Context, recording id.RecordingID, reviewer id.PersonID) (Evaluation, error)
	// Evaluations returns what the filter chooses, the newest first.
	Evaluations(ctx context.Context, f EvaluationFilter) ([]Evaluation, error)
}
