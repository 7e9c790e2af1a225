package coverage

import (
	"context"
	"fmt"
	"strings"

	"parley/recorder/consent/ledger"
	"parley/recorder/consent/receipt"
	"parley/recorder/manifest"
	"parley/storage/chain"
	"parley/storage/id"
	"parley/storage/meta"
)

// Entries reads chains; a meta.Store is one.
type Entries interface {
	ChainEntries(ctx context.Context, name, subject string, afterSeq uint64, limit int) ([]chain.Entry, error)
}

// Ledger checks recordings against the ledger of a store.
type Ledger struct {
	Entries Entries
	Keys    receipt.Verifier
}

// UncoveredError says that a recording is not covered by consent, and why.
type UncoveredError struct {
	Recording id.RecordingID
	Gaps      []Gap
}

// Error implements error.
func (e *UncoveredError) Error() string {
	var all []string
	for _, g := range e.Gaps {
		all = append(all, g.String())
	}
	return fmt.Sprintf("recording %s is not covered by consent: %s", e.Recording, strings.Join(all, "; "))
}

// Covers returns an *UncoveredError for a recording whose spans are not covered, or
// what kept the ledger from being read.
func (l Ledger) Covers(ctx context.Context, rec meta.Recording, m manifest.Manifest) error {
	entries, err := l.call(ctx, rec.CallID)
	if err != nil {
		return err
	}
	claim := Of(m, rec.MemberID, rec.ExpertID)
	gaps := Check(claim, entries, l.Keys)
	if m.Call != rec.CallID {
		gaps = append(gaps, Gap{Span: -1, Reason: OtherCall, Detail: "the manifest is of another call"})
	}
	if len(gaps) > 0 {
		return &UncoveredError{Recording: rec.ID, Gaps: gaps}
	}
	return nil
}

func (l Ledger) call(ctx context.Context, call id.CallID) ([]chain.Entry, error) {
	var all []chain.Entry
	for seq := uint64(0); ; {
		page, err := l.Entries.ChainEntries(ctx, ledger.Chain, string(call), seq, meta.MaxLimit)
		if err != nil {
			return nil, fmt.Errorf("read the ledger: %w", err)
		}
		all = append(all, page...)
		if len(page) < meta.MaxLimit {
			return all, nil
		}
		seq = page[len(page)-1].Seq
	}
}
