package coverage

import (
	"encoding/json"
	"slices"

	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/consent/receipt"
	"parley/storage/chain"
)

// need is what a verdict wants of a person before recording.
type need int

const (
	nothing need = iota
	notice       // to be told, and to go on
	express      // an active yes
)

func needOf(v receipt.Judgement, p consent.Party) need {
	switch {
	case slices.ContainsFunc(v.ExpressFrom, func(who consent.Person) bool { return who.Party() == p }):
		return express
	case slices.Contains(v.NoticeTo, p):
		return notice
	}
	return nothing
}

// legCheck checks the proof of one person's part in a span.
type legCheck struct {
	*checker
	leg    string
	person string
	gate   chain.Entry
}

// check tells whether the proof is an active yes that stands.
func (l legCheck) check(p ledger.LegProof, n need) (yes bool) {
	if p.Receipt != "" || n != nothing {
		yes = l.checkReceipt(p.Receipt, n)
	}
	if p.Notice != "" || n == notice {
		l.checkNotice(p.Notice)
	}
	return yes
}

func (l legCheck) checkReceipt(hash string, n need) (yes bool) {
	e, ok := l.find(l.leg, "the receipt", hash, func(e chain.Entry) bool {
		var body ledger.ReceiptIssued
		return e.Kind == ledger.KindReceipt && json.Unmarshal(e.Body, &body) == nil && body.Receipt == hash
	})
	if !ok || !l.own(e, "the receipt") {
		return false
	}
	issued, err := ledger.OpenIssued(e, l.keys)
	if err != nil {
		l.gap(l.leg, Altered, "the receipt does not stand: %v", err)
		return false
	}
	if issued.Receipt.Extension.Party != ledger.PartyOf(l.leg) {
		l.gap(l.leg, OtherPerson, "the receipt is of the other side of the call")
		return false
	}
	event := issued.Receipt.Event
	switch {
	case event.State != receipt.StateGiven:
		l.gap(l.leg, NotValid, "the receipt says %s", event.State)
	case n == express && event.ConsentType != receipt.Explicit:
		l.gap(l.leg, NotValid, "an active yes was needed, and the receipt says %s", event.ConsentType)
	case !l.newest(issued.Body.Answer):
		l.gap(l.leg, NotValid, "that answer of the %s no longer stood when the gate opened", l.leg)
	default:
		return event.ConsentType == receipt.Explicit
	}
	return false
}

// own tells whether an entry is of this person, and was there when the gate opened.
func (l legCheck) own(e chain.Entry, what string) bool {
	switch {
	case e.Actor != l.person:
		l.gap(l.leg, OtherPerson, "%s is of another person", what)
	case e.Seq >= l.gate.Seq:
		l.gap(l.leg, NotValid, "%s came after the gate had opened", what)
	default:
		return true
	}
	return false
}

// newest tells whether an answer still stood when the gate opened: the person gave no
// further one, and it was not void.
func (l legCheck) newest(answer uint64) bool {
	return !slices.ContainsFunc(l.entries, func(e chain.Entry) bool {
		if e.Subject != l.gate.Subject || e.Seq <= answer || e.Seq >= l.gate.Seq {
			return false
		}
		if e.Kind == ledger.KindVoid {
			leg, _ := refusal(e)
			return leg == l.leg
		}
		return e.Kind == ledger.KindAnswer && e.Actor == l.person
	})
}

func (l legCheck) checkNotice(hash string) {
	e, ok := l.find(l.leg, "the notice", hash, func(e chain.Entry) bool { return e.Kind == ledger.KindNotice && e.Hash == hash })
	if ok {
		l.own(e, "the notice")
	}
}
