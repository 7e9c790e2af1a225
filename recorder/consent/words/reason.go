package words

import "parley/recorder/consent"

// Reason says in one or two sentences why the verdict is what it is: the rule
// and what it comes to now. It is for whoever accounts for the call, not for the
// people on it: it may tell that somebody is a minor.
func (c Catalogue) Reason(language string, v consent.Verdict) string {
	t := c.book(language)
	sentence := outcome(t, v)
	if len(v.Places) == 0 || v.Rule == consent.RuleP2 || v.Rule == consent.RuleNobody {
		return sentence
	}
	return upperFirst(ruleLine(t, v)) + " " + sentence
}

// outcome says what the deciding rule comes to.
func outcome(t texts, v consent.Verdict) string {
	met := v.Decision == consent.Record
	either := func(yes, no string) string {
		if met {
			return yes
		}
		return no
	}
	switch v.Rule {
	case consent.RuleP1:
		return t.Reason.P1
	case consent.RuleP2:
		return t.Reason.P2
	case consent.RuleM1:
		return t.Reason.M1
	case consent.RuleM2:
		return t.Reason.M2
	case consent.RuleM3:
		return t.Reason.M3
	case consent.RuleNoMinors:
		return t.Reason.NoMinors
	case consent.RuleENone:
		return either(t.Reason.NoneMet, t.Reason.NoneOpen)
	case consent.RuleENotice:
		return either(t.Reason.NoticeMet, t.Reason.NoticeOpen)
	case consent.RuleEExpress:
		return either(t.Reason.ExpressMet, t.Reason.ExpressOpen)
	default:
		return t.Reason.Nobody
	}
}

// Account explains a verdict to somebody who was not on the call: where each
// may have been, the rule, what it came to, and that this is no legal advice.
func (c Catalogue) Account(v consent.Verdict, ctx Context) []string {
	t := c.book(ctx.Language)
	var clauses []string
	for _, p := range parties(v) {
		clauses = append(clauses, clause(t, v, p, label(t, p, ctx), t.OtherIn, t.OtherMaybe, t.OtherUnknown))
	}
	var lines []string
	if len(clauses) > 0 {
		lines = append(lines, upperFirst(list(t.And, clauses))+".")
	}
	if names := placeNames(t, v.Places, consent.RecorderSide); len(names) > 0 {
		lines = append(lines, upperFirst(fill(t.RecorderIn, "place", list(t.And, names))))
	}
	return append(lines, c.Reason(ctx.Language, v), t.NotAdvice)
}

// Happening is something that a call's ledger tells.
type Happening string

// The happenings that there are words for; any other is told by its own name.
const (
	Recorded      Happening = "recorded"
	NotRecorded   Happening = "not_recorded"
	ShownQuestion Happening = "shown_question"
	ShownNotice   Happening = "shown_notice"
	ShownNone     Happening = "shown_none"
	SaidYes       Happening = "yes"
	SaidNo        Happening = "no"
	Continued     Happening = "continued"
	StayedOn      Happening = "stayed_on"
	Withdrew      Happening = "withdrew"
	GateOpened    Happening = "gate_open"
	GateClosed    Happening = "gate_close"
	AnswerVoid    Happening = "void"
	PlaceLearned  Happening = "place"
	PartyJoined   Happening = "joined"
	Paused        Happening = "paused"
	Resumed       Happening = "resumed"
	PutOnHold     Happening = "hold"
	TakenOffHold  Happening = "unhold"
	PartKept      Happening = "part_kept"
	PartErased    Happening = "part_erased"
	NoticeSpoken  Happening = "spoken"
	Announced     Happening = "announced"
)

// Tell puts one happening into a sentence; who is the party it is about, if any.
func (c Catalogue) Tell(ctx Context, h Happening, who consent.Party) string {
	t := c.book(ctx.Language)
	text, known := map[Happening]string{
		Recorded: t.Log.Recorded, NotRecorded: t.Log.NotRecorded,
		ShownQuestion: t.Log.ShownQuestion, ShownNotice: t.Log.ShownNotice, ShownNone: t.Log.ShownNone,
		SaidYes: t.Log.Yes, SaidNo: t.Log.No, Continued: t.Log.Continued,
		StayedOn: t.Log.StayedOn, Withdrew: t.Log.Withdrew,
		GateOpened: t.Log.GateOpen, GateClosed: t.Log.GateClose,
		AnswerVoid: t.Log.Void, PlaceLearned: t.Log.Place, PartyJoined: t.Log.Joined,
		Paused: t.Log.Paused, Resumed: t.Log.Resumed, PutOnHold: t.Log.Hold, TakenOffHold: t.Log.Unhold,
		PartKept: t.Log.PartKept, PartErased: t.Log.PartErased, NoticeSpoken: t.Log.Spoken, Announced: t.Log.Announced,
	}[h]
	if !known {
		return fill(t.Log.Other, "kind", string(h))
	}
	return upperFirst(fill(text, "name", label(t, who, ctx)))
}
