package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/consent/receipt"
	"parley/signaling/session"
	"parley/storage/id"
	"parley/storage/meta"
)

// placeGood is for how long the places of an earlier call are held to be places of
// this one: who was somewhere last month may be there again.
const placeGood = 30 * 24 * time.Hour

// know adds to a party what its newest receipt says: the answer of before this call,
// and where the person was then. When it cannot be read the person is asked as one
// who is not known.
func (h *Hub) know(ctx context.Context, p session.Party) session.Party {
	if h.cfg.Keys == nil {
		return p
	}
	ctx, cancel := context.WithTimeout(ctx, ioTimeout)
	defer cancel()
	r, err := h.newestReceipt(ctx, p.ID)
	if errors.Is(err, meta.ErrNotExist) {
		return p
	}
	if err == nil {
		p, err = known(p, r, h.cfg.Now())
	}
	if err != nil {
		h.cfg.Log.Warn().Err(err).Str("participant_id", string(p.ID)).Msg("earlier answer not read: the person is asked")
	}
	return p
}

func (h *Hub) newestReceipt(ctx context.Context, p id.PersonID) (receipt.Receipt, error) {
	entry, err := h.cfg.Store.NewestEntry(ctx, ledger.Chain, ledger.KindReceipt, string(p))
	if err != nil {
		return receipt.Receipt{}, err
	}
	var issued ledger.ReceiptIssued
	if err := json.Unmarshal(entry.Body, &issued); err != nil {
		return receipt.Receipt{}, fmt.Errorf("ledger entry %d: %w", entry.Seq, err)
	}
	return receipt.Open(issued.JWS, h.cfg.Keys)
}

// known adds what a receipt says.
func known(p session.Party, r receipt.Receipt, now time.Time) (session.Party, error) {
	at, err := r.GivenAt()
	if err != nil {
		return p, err
	}
	p.Earlier = &session.EarlierAnswer{Earlier: earlierOf(r, now.Sub(at)), Receipt: r.Hash(), At: at}
	if e := r.Extension.Earlier; e != nil {
		p.Earlier.Receipt = e.Receipt
	}
	said, err := time.Parse(time.RFC3339, r.Event.Time)
	if err != nil {
		return p, err
	}
	if now.Sub(said) <= placeGood {
		p.Signals = slices.Concat(p.Signals, previous(r.Extension.Signals))
	}
	return p, nil
}

func earlierOf(r receipt.Receipt, age time.Duration) consent.Earlier {
	e := consent.Earlier{
		Answer: consent.AnswerDeclined, AgeS: int64(age / time.Second),
		Wording: r.Processing.PrivacyNotice.Version, Withdrawn: r.Event.State == receipt.StateWithdrawn,
	}
	if age < 0 {
		e.AgeS = -1 // less than a second is a doubt too
	}
	switch {
	case r.Event.State == receipt.StateGiven && r.Event.ConsentType == receipt.Explicit:
		e.Answer = consent.AnswerExpress
	case r.Event.State == receipt.StateGiven:
		e.Answer = consent.AnswerContinued
	}
	for _, p := range r.Processing.Purposes {
		e.Purpose = append(e.Purpose, p.Purpose)
	}
	return e
}

// previous are the places of an earlier call. What that call knew only from one
// before is left out, or it would never be forgotten.
func previous(signals []consent.Signal) (out []consent.Signal) {
	for _, s := range signals {
		if s.Source != consent.SourcePrevious && s.Place != "" {
			out = append(out, consent.Signal{Place: s.Place, Source: consent.SourcePrevious})
		}
	}
	return out
}
