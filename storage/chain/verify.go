package chain

import (
	"fmt"
	"iter"
)

// BrokenError tells where a chain stops being what was appended.
type BrokenError struct {
	// Chain is the chain's name.
	Chain string
	// Seq is the number of the first entry that is wrong or missing.
	Seq uint64
	// Reason is what is wrong with it, for people.
	Reason string
}

func (e *BrokenError) Error() string {
	return fmt.Sprintf("chain %s is broken at entry %d: %s", e.Chain, e.Seq, e.Reason)
}

// Verify checks all entries of one chain, from the first on and in order. It
// returns a [*BrokenError] that names the first entry that does not fit, or the
// first error of entries; nil for a whole chain, of which an empty one is a case.
// That entries are missing at the end it cannot see.
func Verify(entries iter.Seq2[Entry, error]) error {
	var prev Entry
	for entry, err := range entries {
		if err != nil {
			return fmt.Errorf("read the entry after %d: %w", prev.Seq, err)
		}
		if reason := misfit(prev, entry); reason != "" {
			broken := &BrokenError{Chain: entry.Chain, Seq: prev.Seq + 1, Reason: reason}
			if prev.Seq != 0 {
				broken.Chain = prev.Chain
			}
			return broken
		}
		prev = entry
	}
	return nil
}

// misfit says why entry cannot follow prev, and nothing if it can.
func misfit(prev, entry Entry) string {
	wantPrev := prev.Hash
	if prev.Seq == 0 {
		wantPrev = Genesis
	}
	switch {
	case entry.Seq != prev.Seq+1:
		return fmt.Sprintf("entry %d stands in its place", entry.Seq)
	case prev.Seq != 0 && entry.Chain != prev.Chain:
		return fmt.Sprintf("it is of chain %s", entry.Chain)
	case entry.Prev != wantPrev:
		return "it follows an entry with another hash"
	}
	hash, err := entry.sum()
	switch {
	case err != nil:
		return err.Error()
	case hash != entry.Hash:
		return "its content does not have its hash"
	}
	return ""
}

// Follows tells whether the entry is whole and the one after prev.
func (e Entry) Follows(prev Entry) bool { return misfit(prev, e) == "" }
