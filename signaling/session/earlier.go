package session

import (
	"time"

	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/consent/receipt"
	"parley/recorder/consent/words"
)

// EarlierAnswer is what a person answered last before the call.
type EarlierAnswer struct {
	consent.Earlier
	Receipt string // hash of its receipt
	At      time.Time
}

// standing tells whether a side's earlier answer may stand in for one to the
// question that it would be asked now.
func (c Call) standing(env Env, s Side) bool {
	p := &c.Sides[s]
	if env.Earlier == nil || p.Earlier == nil || !p.FirstAsked() {
		return false
	}
	p.Standing = false
	q := env.Ask(c.Verdict, c, s)
	return q.Kind == words.KindQuestion && env.Earlier(c.Verdict, p.Earlier.Earlier, q.Version)
}

// restand decides anew whether earlier answers stand. One that was taken for this
// call and does so no longer is no answer: the person is asked.
func (m *machine) restand() {
	for s := range m.call.Sides {
		p := m.side(Side(s))
		was := p.Standing
		p.Standing = m.call.standing(m.env, Side(s))
		if was && !p.Standing && p.Answer == consent.AnswerExpress {
			m.forget(Side(s), "asked_again")
		}
	}
}

// agreeAsBefore takes the earlier yes of a side that has been told of it.
func (m *machine) agreeAsBefore(s Side) {
	if p := m.side(s); p.Standing && p.Answer == consent.AnswerNone {
		m.take(s, consent.AnswerExpress, ledger.MethodEarlier)
	}
}

// given is the ledger's body for an answer.
func (p Place) given(s Side, a consent.Answer, method string) AnswerGiven {
	g := AnswerGiven{Side: s.String(), Answer: string(a), Method: method, Hash: p.Question.Hash}
	if method == ledger.MethodEarlier {
		g.Earlier = receipt.EarlierYes(p.Earlier.Receipt, p.Earlier.At)
	}
	return g
}
