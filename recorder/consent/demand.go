package consent

import "slices"

// demand is what the rule asks of one party that is on the call.
type demand struct {
	party    PartyFacts
	notice   bool // must be told
	own      bool // must say an active yes itself
	guardian bool // its guardian must say an active yes
}

// demands lists what the form E and the minors' rules ask of everybody present.
func demands(c combined, parties []PartyFacts) []demand {
	var out []demand
	for _, p := range parties {
		if p.Left {
			continue
		}
		guardian := p.needsGuardian(c.minAge)
		minor := p.isMinor() || guardian
		out = append(out, demand{
			party:    p,
			notice:   c.form != FormNone || minor,
			own:      c.form == FormExpress || minor,
			guardian: guardian,
		})
	}
	slices.SortStableFunc(out, func(a, b demand) int { return compareParty(a.party.Party, b.party.Party) })
	return out
}

// anyOne reports whether one yes from whichever party is what is asked. A minor
// stands in its place.
func anyOne(c combined, list []demand) bool {
	return c.form == FormNone && !slices.ContainsFunc(list, func(d demand) bool { return d.own })
}

// missing lists the persons whose active yes is asked and not there.
func (d demand) missing() []Person {
	var out []Person
	if d.own && d.party.Answer != AnswerExpress {
		out = append(out, Person(d.party.Party))
	}
	if d.guardian && d.party.GuardianAnswer != AnswerExpress {
		out = append(out, Guardian(d.party.Party))
	}
	return out
}

func (d demand) persons() []Person {
	var out []Person
	if d.own {
		out = append(out, Person(d.party.Party))
	}
	if d.guardian {
		out = append(out, Guardian(d.party.Party))
	}
	return out
}

// told reports whether the party has had its notice: whoever says yes has been
// asked and so been told (P3), and staying on counts unless all that was heard
// is a tone that the law does not take.
func (d demand) told(f Facts, c combined) bool {
	switch d.party.Answer {
	case AnswerExpress:
		return true
	case AnswerContinued:
		return !f.BeepOnly || c.toneIsNotice
	default:
		return false
	}
}
