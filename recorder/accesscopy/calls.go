package accesscopy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"parley/recorder/consent/ledger"
	"parley/recorder/consent/receipt"
	"parley/storage/chain"
	"parley/storage/id"
	"parley/storage/meta"
)

// calls writes what is kept of each call of the person's.
func (b *Builder) calls(ctx context.Context, a *archive, s Subject, c *Contents) error {
	for after := id.CallID(""); ; {
		page, err := b.Store.ListCalls(ctx, meta.CallFilter{Participant: s.Person, After: after, Limit: meta.MaxLimit})
		if err != nil {
			return err
		}
		for _, call := range page {
			if after = call.ID; !s.spoke(call.MemberID, call.ExpertID) {
				continue
			}
			row, err := b.call(ctx, a, s, call)
			if err != nil {
				return fmt.Errorf("copy call %s: %w", call.ID, err)
			}
			c.Calls = append(c.Calls, row)
		}
		if len(page) < meta.MaxLimit {
			return nil
		}
	}
}

func (b *Builder) call(ctx context.Context, a *archive, s Subject, call meta.Call) (Call, error) {
	row := Call{
		ID: call.ID, With: [2]string{call.ExpertName, call.MemberName}[s.leg()], CalledAt: call.CreatedAt,
		AcceptedAt: call.AcceptedAt, ConnectedAt: call.ConnectedAt, EndedAt: call.EndedAt, EndReason: call.EndReason,
		Sound: call.Alarms[s.leg()], Recording: call.RecordingID, Receipts: []Receipt{},
	}
	if err := b.wrote(ctx, s, &row); err != nil {
		return row, err
	}
	folder := "calls/" + string(call.ID) + "/"
	own := ledgerFile{Call: call.ID}
	for after, more := uint64(0), true; more; {
		page, err := b.Store.ChainEntries(ctx, ledger.Chain, string(call.ID), after, meta.MaxLimit)
		if err != nil {
			return row, err
		}
		for _, e := range page {
			if after = e.Seq; !s.concerns(e) {
				continue
			}
			if e.Kind != ledger.KindReceipt {
				own.Entries = append(own.Entries, e)
				continue
			}
			r, err := b.receipt(a, folder, e)
			if err != nil {
				return row, err
			}
			row.Receipts = append(row.Receipts, r)
		}
		more = len(page) == meta.MaxLimit
	}
	if len(own.Entries) == 0 {
		return row, nil
	}
	row.Ledger = folder + "ledger.json"
	return row, a.json(row.Ledger, own)
}

// wrote adds what the person wrote, and no word of the other side.
func (b *Builder) wrote(ctx context.Context, s Subject, row *Call) error {
	rating, err := b.Store.Rating(ctx, row.ID, s.Person)
	switch {
	case err == nil:
		row.Rating = &Rating{rating.Stars, rating.Survey, rating.At}
	case !errors.Is(err, meta.ErrNotExist):
		return err
	}
	for f := (meta.TextFilter{Call: row.ID, Author: s.Person, Limit: meta.MaxLimit}); ; {
		page, err := b.Store.Texts(ctx, f)
		if err != nil {
			return err
		}
		for _, t := range page {
			text, err := b.Vault.OpenSecret(t.SealName(), t.Sealed)
			if err != nil {
				return err
			}
			row.Wrote = append(row.Wrote, Wrote{t.Kind, t.At, string(text)})
			f.After = t.ID
		}
		if len(page) < meta.MaxLimit {
			return nil
		}
	}
}

// concerns tells whether an entry of the ledger is of what the person did, or of
// what was done on their side of the call.
func (s Subject) concerns(e chain.Entry) bool {
	if e.Actor == string(s.Person) {
		return true
	}
	var body struct {
		Side string `json:"side"`
	}
	return e.Actor == ledger.Server && json.Unmarshal(e.Body, &body) == nil && body.Side == s.Role
}

func (b *Builder) receipt(a *archive, folder string, e chain.Entry) (Receipt, error) {
	var issued ledger.ReceiptIssued
	if err := json.Unmarshal(e.Body, &issued); err != nil {
		return Receipt{}, fmt.Errorf("ledger entry %d: %w", e.Seq, err)
	}
	signed, err := receipt.Open(issued.JWS, b.Keys)
	if err != nil {
		return Receipt{}, fmt.Errorf("ledger entry %d: %w", e.Seq, err)
	}
	file, err := receipt.File(issued.JWS)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{File: fmt.Sprintf("%sreceipt-%d.json", folder, issued.Answer), At: signed.Event.Time, Said: signed.Event.State}
	return r, a.file(r.File, file)
}
