package meta

import (
	"context"
	"fmt"
	"time"

	"parley/storage/id"
)

// Survey is what a rating says beside the stars. Nil: no answer.
type Survey struct {
	// Sound is how well they heard each other, 1 to 5.
	Sound *int `json:"sound,omitempty"`
	// Again tells whether they would talk to the other person again.
	Again *bool `json:"again,omitempty"`
}

// Validate tells whether s can be stored; its error matches [ErrInvalid].
func (s Survey) Validate() error {
	if s.Sound != nil && (*s.Sound < 1 || *s.Sound > 5) {
		return fmt.Errorf("%w: survey: sound is 1 to 5", ErrInvalid)
	}
	return nil
}

// Rating is what one of the two people of a call thinks of it.
type Rating struct {
	Call id.CallID
	// By has rated the call with About.
	By, About id.PersonID
	// Part is By's side, id.PartMember or id.PartExpert.
	Part   string
	At     time.Time
	Stars  int // 1 to 5
	Survey Survey
	// Text is the comment; nil: none.
	Text *id.TextID
}

// Validate tells whether r can be stored; its error matches [ErrInvalid].
func (r Rating) Validate() error {
	if err := validateFeedback(r.Call, r.By, r.About, r.Part, r.At); err != nil {
		return fmt.Errorf("rating: %w", err)
	}
	if r.Stars < 1 || r.Stars > 5 {
		return fmt.Errorf("%w: rating of %s: stars are 1 to 5", ErrInvalid, r.Call)
	}
	return r.Survey.Validate()
}

// The reasons of reports.
const (
	ReportAbuse  = "abuse"
	ReportFraud  = "fraud"
	ReportUnsafe = "unsafe"
	ReportOther  = "other"
)

// Report is an incident in a call that one of its two people tells of.
type Report struct {
	ID   id.ReportID
	Call id.CallID
	// By tells of something that About did.
	By, About id.PersonID
	Part      string // By's side
	At        time.Time
	Reason    string // one of the Report constants
	// Offset is when in the call it happened, counted from when the two were
	// connected; nil: not told.
	Offset *time.Duration
	// Text is what they wrote; nil: nothing.
	Text *id.TextID
	// Handling is how far it has been looked into; a new one is open.
	Handling Handling
}

// How far a report has been looked into.
const (
	ReportOpen    = "open"
	ReportLooked  = "looked_at" // somebody is looking into it
	ReportSettled = "settled"
)

// Handling is what was done about a report.
type Handling struct {
	State string // one of ReportOpen, ReportLooked and ReportSettled
	// Note says what was done; one that is settled has it.
	Note string
	// By has brought it into this state at At; nobody and nil for a new one.
	By id.PersonID
	At *time.Time
}

// Validate tells whether h can be stored; its error matches [ErrInvalid].
func (h Handling) Validate() error {
	switch {
	case h.State != ReportOpen && h.State != ReportLooked && h.State != ReportSettled:
		return fmt.Errorf("%w: report is %q", ErrInvalid, h.State)
	case h.State == ReportSettled && h.Note == "":
		return fmt.Errorf("%w: report is settled without a note", ErrInvalid)
	case len(h.Note) > MaxNote:
		return fmt.Errorf("%w: note is longer than %d bytes", ErrInvalid, MaxNote)
	case h.By == "" || h.At == nil:
		return fmt.Errorf("%w: report handled by nobody", ErrInvalid)
	}
	return nil
}

// Validate tells whether r can be stored; its error matches [ErrInvalid].
func (r Report) Validate() error {
	if _, err := id.ParseReport(string(r.ID)); err != nil {
		return fmt.Errorf("%w: report: %w", ErrInvalid, err)
	}
	if err := validateFeedback(r.Call, r.By, r.About, r.Part, r.At); err != nil {
		return fmt.Errorf("report %s: %w", r.ID, err)
	}
	switch r.Reason {
	case ReportAbuse, ReportFraud, ReportUnsafe, ReportOther:
	default:
		return fmt.Errorf("%w: report %s for %q", ErrInvalid, r.ID, r.Reason)
	}
	if r.Offset != nil && *r.Offset < 0 {
		return fmt.Errorf("%w: report %s at %v", ErrInvalid, r.ID, *r.Offset)
	}
	return nil
}

func validateFeedback(call id.CallID, by, about id.PersonID, part string, at time.Time) error {
	if _, err := id.ParseCall(string(call)); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if err := validateParticipants(by, about); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if part != id.PartMember && part != id.PartExpert || at.IsZero() {
		return fmt.Errorf("%w: part %q, or no time", ErrInvalid, part)
	}
	return nil
}

// ReportFilter chooses reports; empty fields choose all.
type ReportFilter struct {
	Call id.CallID
	By   id.PersonID
	// Person has told of something, or is told of.
	Person id.PersonID
	State  string
	Reason string
	// Before chooses those with lower ids: to page on, give the last of the
	// page before.
	Before id.ReportID
	// Limit is the greatest number returned: 1 to MaxLimit, and DefaultLimit
	// for 0.
	Limit int
}

// Standing is how the members who have rated an expert do so: each of them counts
// once, however often they called.
type Standing struct {
	Expert id.PersonID
	// Members is how many different members rated.
	Members int
	// Stars is the mean of what each of them gave on average, from 1 to 5.
	Stars float64
}

// Feedback keeps what people thought of calls.
type Feedback interface {
	// InsertRating stores a rating and its comment, if any, whose id it takes.
	// Errors match ErrInvalid, or ErrConflict if the person has rated the call.
	InsertRating(ctx context.Context, r Rating, comment *Text) error
	// CompleteRating adds a survey and a comment, if any, to a rating that was given
	// without either. Errors match ErrInvalid, or ErrNotExist if there is no such
	// rating, or it was completed already.
	CompleteRating(ctx context.Context, call id.CallID, by id.PersonID, survey Survey, comment *Text) error
	// Rating returns one, or ErrNotExist.
	Rating(ctx context.Context, call id.CallID, by id.PersonID) (Rating, error)
	// Standings returns how members rate the experts whom at least so many different
	// members have rated.
	Standings(ctx context.Context, members int) ([]Standing, error)
	// InsertReport stores a report and its text, if any, whose id it takes. Errors
	// match ErrInvalid or ErrConflict.
	InsertReport(ctx context.Context, r Report, text *Text) error
	// Report returns one, or ErrNotExist.
	Report(ctx context.Context, report id.ReportID) (Report, error)
	// HandleReport stores how far a report has been looked into. Errors match
	// ErrInvalid or ErrNotExist.
	HandleReport(ctx context.Context, report id.ReportID, h Handling) error
	// Reports returns what the filter chooses, the newest first.
	Reports(ctx context.Context, f ReportFilter) ([]Report, error)
}
