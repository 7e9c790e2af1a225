package meta

import (
	"context"
	"fmt"
	"time"

	"parley/storage/id"
)

// RoleExpert is the role of those whom [People] lists as experts. Which other
// roles there are is not this package's concern.
const RoleExpert = "expert"

// AwayMissed is the reason of who missed too many calls in a row.
const AwayMissed = "missed_calls"

// Person is what is known of somebody who has signed in.
type Person struct {
	// ID is the platform's id.
	ID id.PersonID
	// Role is what the person's token says, such as [RoleExpert].
	Role string
	// Name is shown to the other party.
	Name string
	// Headline is an expert's line of self-description.
	Headline string
	// Languages are BCP 47 tags, in the person's order of preference. It is
	// not nil when read.
	Languages []string
	// Available tells that an expert takes calls.
	Available bool
	// WrapUpUntil is until when an expert wraps up a call; nil: nothing.
	WrapUpUntil *time.Time
	// Missed is how many calls in a row an expert has let ring out.
	Missed int
	// AwayWhy is why the server itself ended Available, such as [AwayMissed];
	// empty: it did not.
	AwayWhy string
	// UpdatedAt is when anything here was last stored.
	UpdatedAt time.Time
}

// Validate tells whether p can be stored; its error matches [ErrInvalid].
func (p Person) Validate() error {
	if _, err := id.ParsePerson(string(p.ID)); err != nil {
		return fmt.Errorf("%w: person: %w", ErrInvalid, err)
	}
	if p.Role == "" || p.UpdatedAt.IsZero() {
		return fmt.Errorf("%w: person %s has no Role or no UpdatedAt", ErrInvalid, p.ID)
	}
	return nil
}

// People keeps who has signed in.
type People interface {
	// UpsertPerson stores what a token says of a person. Available and what
	// follows it are left as they are stored, and are zero for somebody new.
	// Errors match ErrInvalid.
	UpsertPerson(ctx context.Context, p Person) error
	// Person returns one person, or ErrNotExist.
	Person(ctx context.Context, person id.PersonID) (Person, error)
	// Experts returns everybody whose role is RoleExpert, available or not,
	// by name and then by id.
	Experts(ctx context.Context) ([]Person, error)
	// SetAvailable tells at what time a person began or ceased to take calls. It
	// ends a wrap-up, and forgets missed calls and AwayWhy. Errors match
	// ErrNotExist.
	SetAvailable(ctx context.Context, person id.PersonID, available bool, at time.Time) error
	// SetWrapUp stores until when a person wraps up a call that was taken, nil
	// for not at all, and forgets missed calls. Errors match ErrNotExist.
	SetWrapUp(ctx context.Context, person id.PersonID, until *time.Time) error
	// CountMissed counts a call that rang out. With the mostth in a row, if most
	// is more than 0, the person is no longer available, for AwayMissed. Errors
	// match ErrNotExist.
	CountMissed(ctx context.Context, person id.PersonID, most int, at time.Time) error
}
