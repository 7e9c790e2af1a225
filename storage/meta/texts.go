package meta

import (
	"context"
	"fmt"
	"time"

	"parley/storage/id"
)

// The kinds of texts.
const (
	TextMessage = "message" // to the other person, during the call
	TextComment = "comment" // beside a rating
	TextReport  = "report"  // of an incident
	TextNote    = "note"    // of an expert to themselves
)

// MaxSealedText is the greatest length in bytes of a text as it is sealed.
const MaxSealedText = 32 << 10

// Text is something that a person wrote in or about a call, sealed to the master
// key under the name [Text.SealName].
type Text struct {
	ID   id.TextID
	Call id.CallID
	// Kind is one of the Text constants.
	Kind   string
	Author id.PersonID
	// Part is the author's voice, id.PartMember or id.PartExpert: a text goes
	// when that voice of the call's recording is erased.
	Part   string
	At     time.Time
	Sealed []byte
}

// SealName binds what is sealed to the text, so that no two can be swapped.
func (t Text) SealName() string { return "text " + string(t.Call) + " " + string(t.ID) }

// Validate tells whether t can be stored; its error matches [ErrInvalid].
func (t Text) Validate() error {
	if _, err := id.ParseText(string(t.ID)); err != nil {
		return fmt.Errorf("%w: text: %w", ErrInvalid, err)
	}
	if _, err := id.ParseCall(string(t.Call)); err != nil {
		return fmt.Errorf("%w: text %s: %w", ErrInvalid, t.ID, err)
	}
	if _, err := id.ParsePerson(string(t.Author)); err != nil {
		return fmt.Errorf("%w: text %s: %w", ErrInvalid, t.ID, err)
	}
	known := t.Kind == TextMessage || t.Kind == TextComment || t.Kind == TextReport || t.Kind == TextNote
	part := t.Part == id.PartMember || t.Part == id.PartExpert
	if !known || !part || t.At.IsZero() || len(t.Sealed) == 0 || len(t.Sealed) > MaxSealedText {
		return fmt.Errorf("%w: text %s: kind %q of %q with %d bytes", ErrInvalid, t.ID, t.Kind, t.Part, len(t.Sealed))
	}
	return nil
}

// TextFilter chooses texts; empty fields choose all.
type TextFilter struct {
	Call   id.CallID
	Kind   string
	Author id.PersonID
	// After chooses those with higher ids: to page on, give the last of the
	// page before.
	After id.TextID
	// Limit is the greatest number returned: 1 to MaxLimit, and DefaultLimit
	// for 0.
	Limit int
}

// Texts keeps what people wrote. Envelopes.DestroyEnvelope deletes the texts of
// the voice whose key it destroys: so whatever erases a voice, or erases it again
// after a restore, erases them too.
type Texts interface {
	// InsertText stores a text. Errors match ErrInvalid, or ErrConflict if its id
	// is taken.
	InsertText(ctx context.Context, t Text) error
	// Texts returns what the filter chooses, by id.
	Texts(ctx context.Context, f TextFilter) ([]Text, error)
	// TextsDue returns calls that began before a time, have texts, and of whose
	// recording nothing is left or never was: no recording's time to keep, and so
	// no hold on one, keeps their texts. limit is 1 to MaxLimit, and DefaultLimit
	// for 0.
	TextsDue(ctx context.Context, before time.Time, limit int) ([]id.CallID, error)
	// DeleteTexts deletes all texts of a call for ever. It may be repeated.
	DeleteTexts(ctx context.Context, call id.CallID) error
}
