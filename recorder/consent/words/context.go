package words

import (
	"errors"
	"fmt"

	"parley/recorder/consent"
)

// Other is somebody else on the call, as the person is to see them.
type Other struct {
	Name string // display name; empty: the catalogue's word for the party
	Role string // such as "tax adviser"; may be empty
}

// Context holds what the operator and the platform know. Its texts are shown as
// they are and must be in the person's language.
type Context struct {
	Language string // BCP 47, such as "de-AT"; unknown ones become English
	Operator string // who records
	Contact  string // how to reach them
	// RetentionDays is how long the recording is kept; 0 or less means as long
	// as it is needed.
	RetentionDays int
	Purposes      []string // each one by one
	Recipients    []string // vendors and others who get it
	StoredIn      string   // where, export abroad included
	CourtUse      bool     // it may be used in court
	Transcript    bool     // it is turned into text
	ComplaintBody string
	Others        map[consent.Party]Other
	// AgreedOn is the day, such as "2026-03-14", of a yes of before this call that
	// still counts: the person is told, in place of being asked. Empty: there is none.
	AgreedOn string
	// NoEnds tells that a no ends the call.
	NoEnds bool
	// PartBefore is what the operator does with what was recorded before a
	// withdrawal; empty means what the verdict suggests.
	PartBefore consent.PartBefore
}

// Validate names every fact that a valid notice needs and the operator has not
// given. Ask does not fail without them, it leaves the line out; a program that
// records checks its configuration with this at its start.
func (c Context) Validate() error {
	var faults []error
	for _, need := range []struct {
		name  string
		given bool
	}{
		{"operator", c.Operator != ""},
		{"contact", c.Contact != ""},
		{"purposes", len(c.Purposes) > 0},
		{"place of storage", c.StoredIn != ""},
		{"complaint body", c.ComplaintBody != ""},
	} {
		if !need.given {
			faults = append(faults, fmt.Errorf("recording notice: %s: missing", need.name))
		}
	}
	return errors.Join(faults...)
}
