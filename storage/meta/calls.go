package meta

import (
	"context"
	"fmt"
	"time"

	"parley/storage/id"
)

// Call is one conversation, from ring to end.
type Call struct {
	ID id.CallID
	// MemberID called ExpertID. They are whoever they were at that time, even
	// if the people are no longer stored; so are the names.
	MemberID, ExpertID     id.PersonID
	MemberName, ExpertName string
	// CreatedAt is when the member called.
	CreatedAt time.Time
	// AcceptedAt, ConnectedAt and EndedAt are nil until it happened.
	AcceptedAt, ConnectedAt, EndedAt *time.Time
	// EndReason says why it ended, in the words of the call's owner.
	EndReason string
	// Alarms are those of the member's and the expert's sound.
	Alarms [2]LegAlarms
	// Quality is how the member's and the expert's sound arrived.
	Quality [2]LegQuality
	// RecordingID is nil while nothing of the call has been recorded.
	RecordingID *id.RecordingID
}

// LegAlarms tell why one leg was not heard.
type LegAlarms struct {
	// Alarm is what is wrong now, in the words of the call's owner; empty:
	// nothing.
	Alarm string `json:"alarm,omitempty"`
	// Absences count how often nothing came, Silences how often a microphone
	// sent no sound.
	Absences int `json:"absences,omitempty"`
	Silences int `json:"silences,omitempty"`
	// Cures count how often the leg was heard again by the relay, Failures how
	// often that did not help.
	Cures    int `json:"relay_cures,omitempty"`
	Failures int `json:"relay_failures,omitempty"`
}

// LegQuality is how the sound of one leg arrived over a call: what its person
// sent, on its way to the server, and what they heard, on its way from there. Nil:
// nothing was measured.
type LegQuality struct {
	Sent  *WayQuality `json:"sent,omitempty"`
	Heard *WayQuality `json:"heard,omitempty"`
}

// LegSound is all that a call's record says of the sound of one leg.
type LegSound struct {
	LegQuality
	// Faults tell how often it was missed; the alarm of the moment is not among them.
	Faults LegAlarms `json:"faults"`
}

// Sound is that of the leg of the member (0) or the expert (1).
func (c Call) Sound(leg int) LegSound {
	s := LegSound{c.Quality[leg], c.Alarms[leg]}
	s.Faults.Alarm = ""
	return s
}

// WayQuality is how the sound of one direction arrived.
type WayQuality struct {
	Samples int `json:"samples"`
	// MOS is the mean opinion score by the E-model, 1 to about 4.4; its worst is the
	// lowest, that of the others the highest.
	MOS         Measure `json:"mos"`
	LossPercent Measure `json:"loss_percent"`
	JitterMs    Measure `json:"jitter_ms"`
	RoundTripMs Measure `json:"round_trip_ms"`
}

// Measure is one quantity over a call.
type Measure struct {
	Average float64 `json:"average"`
	Worst   float64 `json:"worst"`
}

// Validate tells whether c can be stored; its error matches [ErrInvalid].
func (c Call) Validate() error {
	if _, err := id.ParseCall(string(c.ID)); err != nil {
		return fmt.Errorf("%w: call: %w", ErrInvalid, err)
	}
	if err := validateParticipants(c.MemberID, c.ExpertID); err != nil {
		return fmt.Errorf("%w: call %s: %w", ErrInvalid, c.ID, err)
	}
	if c.CreatedAt.IsZero() {
		return fmt.Errorf("%w: call %s has no CreatedAt", ErrInvalid, c.ID)
	}
	return nil
}

func validateParticipants(member, expert id.PersonID) error {
	for _, person := range []id.PersonID{member, expert} {
		if _, err := id.ParsePerson(string(person)); err != nil {
			return err
		}
	}
	return nil
}

// CallFilter chooses calls. Its zero value chooses all.
type CallFilter struct {
	// Participant chooses those in which this person was one of the two.
	Participant id.PersonID
	// From and Until choose those that were made at or after the one time and before
	// the other; zero: at any time.
	From, Until time.Time
	// After chooses those with higher ids: to page on, give the last id of the page
	// before.
	After id.CallID
	// Limit is the greatest number returned: 1 to MaxLimit, and DefaultLimit
	// for 0.
	Limit int
}

// Calls keeps the calls.
type Calls interface {
	// InsertCall stores a new call. Errors match ErrInvalid, or ErrConflict if
	// its id is taken.
	InsertCall(ctx context.Context, c Call) error
	// UpdateCall stores AcceptedAt, ConnectedAt, EndedAt, EndReason, Alarms, Quality
	// and RecordingID of c; everything else stays as it was inserted. Errors match
	// ErrInvalid or ErrNotExist.
	UpdateCall(ctx context.Context, c Call) error
	// Call returns one call, or ErrNotExist.
	Call(ctx context.Context, call id.CallID) (Call, error)
	// ListCalls returns what the filter chooses, the oldest first by id. Errors
	// match ErrInvalid for a limit out of range.
	ListCalls(ctx context.Context, f CallFilter) ([]Call, error)
	// MissedCalls returns calls to an expert that rang in vain or met another
	// call, the newest first: those that ended for one of some reasons, with
	// lower ids than before unless that is empty. limit is 1 to MaxLimit, and
	// DefaultLimit for 0.
	MissedCalls(ctx context.Context, expert id.PersonID, reasons []string, before id.CallID, limit int) ([]Call, error)
	// UnfinishedCalls returns the calls without an end, the oldest first. After
	// a crash they are those it cut off.
	UnfinishedCalls(ctx context.Context) ([]Call, error)
}
