package session

import (
	"slices"

	"parley/recorder/consent"
)

// seen adds what a side's newest sign-in says about place and age. Whatever it
// is, the gate shuts first; it opens again if the verdict still allows it.
func (m *machine) seen(e Seen) {
	p := m.side(e.Side)
	var fresh []consent.Signal
	for _, s := range e.Signals {
		if !slices.Contains(p.Signals, s) && !slices.Contains(p.Later, s) && !slices.Contains(fresh, s) {
			fresh = append(fresh, s)
		}
	}
	aged := e.Age != nil && (p.Age == nil || *e.Age < *p.Age)
	if len(fresh) == 0 && !aged {
		return
	}
	m.shut("place")
	p.Later = slices.Concat(p.Later, fresh)
	if aged {
		p.Age = e.Age
	}
	m.moved = true
	m.do(Note{Kind: NotePlace, Actor: string(p.ID), Body: PlaceSeen{
		Side: e.Side.String(), Signals: slices.Concat([]consent.Signal{}, fresh), AgeKnown: aged,
	}})
}

// partyJoined adds a person who has answered nothing yet.
func (m *machine) partyJoined(e PartyJoined) {
	m.shut("party")
	m.call.Others = slices.Concat(m.call.Others, []consent.PartyFacts{
		{Party: consent.Third, Signals: e.Signals, Answer: consent.AnswerNone},
	})
	m.moved = true
	m.do(Note{Kind: NoteJoined, Actor: ServerActor, Body: PlaceSeen{
		Side: string(consent.Third), Signals: slices.Concat([]consent.Signal{}, e.Signals),
	}})
}
