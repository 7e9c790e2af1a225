package meta

import (
	"context"
	"fmt"
	"time"

	"parley/storage/id"
)

// Block is one person's wish not to meet another in a call.
type Block struct {
	// By does not want to meet Whom.
	By, Whom id.PersonID
	At       time.Time
}

// Validate tells whether b can be stored; its error matches [ErrInvalid].
func (b Block) Validate() error {
	for _, p := range []id.PersonID{b.By, b.Whom} {
		if _, err := id.ParsePerson(string(p)); err != nil {
			return fmt.Errorf("%w: block: %w", ErrInvalid, err)
		}
	}
	if b.By == b.Whom || b.At.IsZero() {
		return fmt.Errorf("%w: block by %s of oneself or without a time", ErrInvalid, b.By)
	}
	return nil
}

// BlockFilter chooses blocks; empty fields choose all.
type BlockFilter struct {
	// Person has blocked somebody, or was blocked.
	Person id.PersonID
	// AfterBy and AfterWhom are the last of the page before.
	AfterBy, AfterWhom id.PersonID
	// Limit is the greatest number returned: 1 to MaxLimit, and DefaultLimit
	// for 0.
	Limit int
}

// Blocks keeps who does not want to meet whom.
type Blocks interface {
	// PutBlock stores a block. It may be repeated; the first time counts.
	// Errors match ErrInvalid.
	PutBlock(ctx context.Context, b Block) error
	// DeleteBlock ends a block; one that is not there is no error.
	DeleteBlock(ctx context.Context, by, whom id.PersonID) error
	// Blocked tells whether either of two people has blocked the other.
	Blocked(ctx context.Context, a, b id.PersonID) (bool, error)
	// BlockedWith returns whom a person has blocked, or was blocked by, each once.
	BlockedWith(ctx context.Context, p id.PersonID) ([]id.PersonID, error)
	// AllBlocks returns what the filter chooses, by who blocked and then by whom.
	AllBlocks(ctx context.Context, f BlockFilter) ([]Block, error)
	// BlocksBy returns the blocks of one person, the newest first.
	BlocksBy(ctx context.Context, by id.PersonID) ([]Block, error)
}
