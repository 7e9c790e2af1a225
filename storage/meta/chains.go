package meta

import (
	"context"
	"time"

	"parley/storage/chain"
)

// Chains keeps append-only logs whose entries are linked by hashes. A chain comes
// to be with its first entry. Nothing changes or removes an entry.
type Chains interface {
	// AppendChain appends an entry, which is durable when it returns nil.
	// Entries of one chain get consecutive numbers in the order of the appends.
	// body is what encoding/json makes a JSON value of. Errors match
	// chain.ErrInvalid or ErrInvalid.
	AppendChain(ctx context.Context, name, kind, subject, actor string, body any, at time.Time) (chain.Entry, error)
	// ChainEntries returns the entries of a chain with numbers above afterSeq,
	// in order: of one subject, or of all if subject is empty. limit is 1 to
	// MaxLimit, and DefaultLimit for 0; errors match ErrInvalid for another.
	ChainEntries(ctx context.Context, name, subject string, afterSeq uint64, limit int) ([]chain.Entry, error)
	// NewestEntry returns the last entry of a chain that is of a kind and by an
	// actor. Errors match ErrNotExist if there is none.
	NewestEntry(ctx context.Context, name, kind, actor string) (chain.Entry, error)
	// VerifyChain checks a whole chain. Its error is a *chain.BrokenError if
	// entries were changed, added, moved, or are missing before the last.
	VerifyChain(ctx context.Context, name string) error
}
