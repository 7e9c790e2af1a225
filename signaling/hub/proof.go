package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"parley/recorder/consent/ledger"
	"parley/recorder/consent/receipt"
	"parley/signaling/session"
	"parley/storage/chain"
	"parley/storage/id"
)

// proof is what the ledger holds of a call so far: whoever opens the gate must
// show it.
type proof struct {
	legs [2]legProof
	gate ledger.Proof // of the newest gate.open entry
}

type legProof struct {
	notice  ledger.NoticeShown // shown last
	entry   string             // hash of the notice's entry
	receipt string             // hash of the newest receipt
	void    bool               // the answer of that receipt counts no longer
}

var errNoSigner = errors.New("hub: nobody signs receipts")

// note appends to the consent ledger, and after an answer its receipt; it returns
// when all of it is durable. A call whose ledger has a gap is not recorded any
// more.
func (c *call) note(n session.Note) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.hub.ctx), ioTimeout)
	defer cancel()
	if err := c.write(ctx, n); err != nil {
		c.closeGate() // before anything else
		c.noteFailed = true
		c.log.Error().Err(err).Str("kind", n.Kind).Msg("consent ledger not written: this call will not be recorded")
		c.later(session.LedgerFailed{})
	}
}

func (c *call) write(ctx context.Context, n session.Note) error {
	if changed, ok := n.Body.(ledger.GateChanged); ok && n.Kind == ledger.KindGateOpen {
		n.Body = ledger.GateOpened{Reason: changed.Reason, Verdict: receipt.Judged(c.state.Verdict), Legs: c.proof.hashes()}
	}
	entry, err := c.append(ctx, n.Kind, n.Actor, n.Body)
	if err != nil {
		return err
	}
	switch body := n.Body.(type) {
	case ledger.NoticeShown:
		if side, ok := c.state.SideOf(id.PersonID(n.Actor)); ok {
			leg := &c.proof.legs[side]
			leg.notice, leg.entry = body, entry.Hash
		}
	case ledger.AnswerGiven:
		return c.issue(ctx, entry, body)
	case ledger.AnswerVoid:
		for side := range c.proof.legs {
			leg := &c.proof.legs[side]
			leg.void = leg.void || session.Side(side).String() == body.Side
		}
	case ledger.GateOpened:
		c.proof.gate = ledger.Proof{Entry: entry.Hash, Legs: body.Legs}
	}
	return nil
}

func (c *call) append(ctx context.Context, kind, actor string, body any) (chain.Entry, error) {
	return c.hub.cfg.Store.AppendChain(ctx, ledger.Chain, kind, string(c.id), actor, body, c.hub.cfg.Now())
}

// issue signs the receipt of an answer and appends it: what the person downloads
// is what stands there.
func (c *call) issue(ctx context.Context, entry chain.Entry, given ledger.AnswerGiven) error {
	if c.hub.cfg.Signer == nil {
		return errNoSigner
	}
	side, ok := c.state.SideOf(id.PersonID(entry.Actor))
	if !ok {
		return fmt.Errorf("hub: an answer of nobody on the call: entry %d", entry.Seq)
	}
	leg, place := &c.proof.legs[side], c.state.Sides[side]
	r, err := ledger.Answer{
		Entry: entry, Given: given, Notice: leg.notice, Verdict: c.state.Verdict, Party: ledger.PartyOf(side.String()),
		Signals: slices.Concat(place.Signals, place.Later), AgeKnown: place.Age != nil || place.Adult, Previous: leg.receipt, Operator: c.hub.cfg.recorder(),
	}.Receipt()
	if err != nil {
		return err
	}
	jws, err := r.Sign(c.hub.cfg.Signer)
	if err != nil {
		return err
	}
	issued := ledger.ReceiptIssued{Answer: entry.Seq, Receipt: r.Hash(), JWS: jws}
	if _, err := c.append(ctx, ledger.KindReceipt, entry.Actor, issued); err != nil {
		return err
	}
	leg.receipt, leg.void = r.Hash(), false
	return nil
}

// hashes is what stands for each leg now.
func (p proof) hashes() []ledger.LegProof {
	out := []ledger.LegProof{}
	for side, leg := range p.legs {
		l := ledger.LegProof{Leg: session.Side(side).String(), Receipt: leg.receipt, Notice: leg.entry}
		if leg.void {
			l.Receipt = ""
		}
		out = append(out, l)
	}
	return out
}

// recorder is what receipts say of who records.
func (c Config) recorder() ledger.Operator {
	return ledger.Operator{Name: c.Operator.Name, RetentionDays: c.Operator.RetentionDays, Purposes: c.Purposes}
}
