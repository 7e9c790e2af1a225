package ledger

import (
	"encoding/json"
	"errors"
	"fmt"

	"parley/recorder/consent/receipt"
	"parley/storage/chain"
)

// ErrReceipt says that a receipt entry does not hold the receipt of its answer.
var ErrReceipt = errors.New("ledger: not the receipt of the answer")

// Issued is a receipt entry with the receipt in it.
type Issued struct {
	Entry   chain.Entry
	Body    ReceiptIssued
	Receipt receipt.Receipt
}

// OpenIssued verifies a receipt entry by itself: the signature holds, and the
// receipt is of the entry's call and person. Errors match ErrReceipt.
func OpenIssued(e chain.Entry, keys receipt.Verifier) (Issued, error) {
	i := Issued{Entry: e}
	if err := json.Unmarshal(e.Body, &i.Body); err != nil {
		return i, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	r, err := receipt.Open(i.Body.JWS, keys)
	if err != nil {
		return i, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	i.Receipt = r
	switch {
	case r.Hash() != i.Body.Receipt:
		return i, fmt.Errorf("%w: it has the hash %s, its entry says %s", ErrReceipt, r.Hash(), i.Body.Receipt)
	case r.Extension.CallID != e.Subject:
		return i, fmt.Errorf("%w: it is of call %s", ErrReceipt, r.Extension.CallID)
	case r.Event.IndicatedBy != e.Actor:
		return i, fmt.Errorf("%w: it is of another person", ErrReceipt)
	case r.Extension.LedgerSeq != i.Body.Answer || i.Body.Answer >= e.Seq:
		return i, fmt.Errorf("%w: it names entry %d", ErrReceipt, r.Extension.LedgerSeq)
	}
	return i, nil
}

// Auditor holds each receipt of a ledger against the answer that it names. It sees
// the entries in order; the zero value with Keys is ready.
type Auditor struct {
	Keys receipt.Verifier
	// Receipts counts those that stand.
	Receipts int
	waiting  map[uint64]chain.Entry // answers without their receipt so far
}

// Visit is for chain.Inspect: it returns a fault for a receipt that does not stand.
func (a *Auditor) Visit(e chain.Entry) *chain.Fault {
	if e.Chain != Chain {
		return nil
	}
	if a.waiting == nil {
		a.waiting = map[uint64]chain.Entry{}
	}
	switch e.Kind {
	case KindAnswer:
		a.waiting[e.Seq] = e
	case KindReceipt:
		if err := a.check(e); err != nil {
			return &chain.Fault{Seq: e.Seq, Kind: chain.Unsigned, Detail: err.Error()}
		}
		a.Receipts++
	}
	return nil
}

func (a *Auditor) check(e chain.Entry) error {
	i, err := OpenIssued(e, a.Keys)
	if err != nil {
		return err
	}
	answer, ok := a.waiting[i.Body.Answer]
	if !ok || answer.Hash != i.Receipt.Extension.LedgerHash || answer.Subject != e.Subject || answer.Actor != e.Actor {
		return fmt.Errorf("%w: entry %d is not the answer that it names", ErrReceipt, i.Body.Answer)
	}
	delete(a.waiting, i.Body.Answer)
	return nil
}
