package rotation

import (
	"context"
	"fmt"

	"parley/storage/envelope"
	"parley/storage/meta"
)

// Use counts what is sealed to a master key.
type Use struct {
	// Sealed counts what it opens, Alone what nothing else does.
	Sealed, Alone int
}

// Uses tells what is sealed to which master keys, as it says itself; nothing is
// opened.
type Uses struct {
	ByKey map[string]Use
	// Unnamed counts what does not say which keys open it: it was sealed by an
	// earlier version.
	Unnamed int
	Total   int
}

// Count goes through everything. Errors are those of the store.
func Count(ctx context.Context, store Store) (Uses, error) {
	u := Uses{ByKey: map[string]Use{}}
	err := walk(ctx, store, func(page []meta.Sealed) error {
		for _, one := range page {
			u.count(envelope.SealedTo(one.Bytes))
		}
		return nil
	})
	if err != nil {
		return u, fmt.Errorf("count what is sealed: %w", err)
	}
	return u, nil
}

func (u *Uses) count(ids []string) {
	u.Total++
	if ids == nil {
		u.Unnamed++
	}
	for _, id := range ids {
		use := u.ByKey[id]
		use.Sealed++
		if len(ids) == 1 {
			use.Alone++
		}
		u.ByKey[id] = use
	}
}
