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
	// UpsertPerson stores what a token says of a person. Available is left as
	// it is stored, and false for somebody new: only SetAvailable changes it.
	// Errors match ErrInvalid.
	UpsertPerson(ctx context.Context, p Person) error
	// Person returns one person, or ErrNotExist.
	Person(ctx context.Context, person id.PersonID) (Person, error)
	// Experts returns everybody whose role is RoleExpert, available or not,
	// by name and then by id.
	Experts(ctx context.Context) ([]Person, error)
	// SetAvailable tells at what time a person began or ceased to take calls.
	// Errors match ErrNotExist.
	SetAvailable(ctx context.Context, person id.PersonID, available bool, at time.Time) error
}
