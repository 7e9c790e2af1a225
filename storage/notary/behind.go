package notary

import (
	"context"
	"fmt"

	"parley/storage/chain"
)

// Behind tells whether the store was put back to an older day: it returns the
// newest entry of heads that the witness keeps, if the store has none or another
// one in its place, and nil otherwise. A store that was put back looks whole by
// itself; it only lacks its end.
//
// It reads one entry of the store and checks no signature: a witness that was
// tampered with can raise a false alarm. What lies after the newest head is not
// missed.
func Behind(ctx context.Context, r Reader, w Witness) (*chain.Entry, error) {
	var newest chain.Entry
	for e, err := range w.Kept(ctx) {
		if err != nil {
			return nil, fmt.Errorf("read a witness: %w", err)
		}
		// By time, since numbers begin again from an older one after a restore.
		if e.Seq > 0 && !e.At.Before(newest.At) {
			newest = e
		}
	}
	if newest.Seq == 0 {
		return nil, nil
	}
	there, err := r.ChainEntries(ctx, Chain, "", newest.Seq-1, 1)
	if err != nil {
		return nil, fmt.Errorf("read the heads: %w", err)
	}
	if len(there) == 1 && there[0].Seq == newest.Seq && there[0].Hash == newest.Hash {
		return nil, nil
	}
	return &newest, nil
}
