package consent

import "slices"

// Judge says whether the call may be recorded now, and what is still to be done
// if not. It reads no clock, changes nothing and is safe for concurrent use.
//
// The result of the same facts in another order is equal. A stricter place, a
// further party without a yes, a no, a withdrawal or a doubt never turns a
// verdict that forbids recording into one that allows it.
func (t *Table) Judge(policy Policy, f Facts) Verdict {
	places := t.places(f)
	c := combine(policy, places)
	list := demands(c, f.Parties)
	decision, rule := decide(policy, f, c, list)
	v := Verdict{
		Decision: decision, Rule: rule, Form: c.form,
		Beep: c.beep, BeepDue: c.beepDue, BeepIntervalS: c.intervalS,
		Withdrawal: c.withdrawal, PartBefore: partBefore(c.form, policy),
		MinAge: c.minAge, MaxRetentionDays: c.maxRetentionDays, PerCall: perCall(c, list),
		Places: places, TableVersion: t.version,
		// Lists are empty rather than null in JSON.
		Present: []Party{}, NoticeTo: []Party{}, Untold: []Party{},
		judged: decision, call: f.Call,
	}
	fillLists(&v, policy, f, c, list)
	v.judgedFor = slices.Clone(v.Present)
	v.Rules = ruleRefs(v)
	return v
}

// decide applies the checks in their fixed order: P2, P1, M1, then E and M2.
func decide(policy Policy, f Facts, c combined, list []demand) (Decision, string) {
	switch {
	case f.Unlawful:
		return Refuse, RuleP2
	case slices.ContainsFunc(f.Parties, PartyFacts.saidNo):
		return DontRecord, RuleP1
	}
	if d, rule, stop := decideMinors(policy, list); stop {
		return d, rule
	}
	if len(list) == 0 {
		return DontRecord, RuleNobody
	}
	return decideForm(f, c, list)
}

// saidNo reports a standing no or withdrawal, by the party or its guardian (P1).
// It outlives the party's leaving: nothing but a yes of the same person ends it.
func (p PartyFacts) saidNo() bool {
	return p.Withdrawn || p.GuardianWithdrawn ||
		p.Answer == AnswerDeclined || p.GuardianAnswer == AnswerDeclined
}

// decideMinors applies the operator's switch, M1 and M3. M1 asks for the
// guardian's yes and the child's own together; without either it refuses.
func decideMinors(policy Policy, list []demand) (Decision, string, bool) {
	for _, d := range list {
		if policy.NeverRecordMinors && d.party.isMinor() {
			return Refuse, RuleNoMinors, true
		}
	}
	for _, d := range list {
		if d.guardian && len(d.missing()) > 0 {
			return Refuse, RuleM1, true
		}
	}
	for _, d := range list {
		if d.party.ageUnsettled(policy) {
			return DontRecord, RuleM3, true
		}
	}
	return "", "", false
}

// decideForm applies the form E and M2. A missing active yes weighs more than a
// missing notice, for staying on after a notice could not cure it.
func decideForm(f Facts, c combined, list []demand) (Decision, string) {
	rule := formRule(c.form)
	if slices.ContainsFunc(list, func(d demand) bool { return len(d.missing()) > 0 }) {
		if c.form != FormExpress {
			rule = RuleM2
		}
		return DontRecord, rule
	}
	if c.form == FormNotice && slices.ContainsFunc(list, func(d demand) bool { return !d.told(f, c) }) {
		return RecordAfterNotice, rule
	}
	if anyOne(c, list) && !someYes(list) {
		return DontRecord, rule
	}
	return Record, rule
}

func someYes(list []demand) bool {
	return slices.ContainsFunc(list, func(d demand) bool { return d.party.Answer == AnswerExpress })
}

// fillLists says who must be told, who must say yes, and who has not yet.
func fillLists(v *Verdict, policy Policy, f Facts, c combined, list []demand) {
	for _, d := range list {
		p := d.party.Party
		v.Present = append(v.Present, p)
		v.ExpressFrom = append(v.ExpressFrom, d.persons()...)
		v.Missing = append(v.Missing, d.missing()...)
		if d.notice {
			v.NoticeTo = append(v.NoticeTo, p)
		}
		if d.notice && !d.told(f, c) {
			v.Untold = append(v.Untold, p)
		}
		if d.party.ageUnsettled(policy) {
			v.AgeFrom = append(v.AgeFrom, p)
		}
	}
	if anyOne(c, list) {
		v.ExpressFrom = []Person{AnyOne}
		if !someYes(list) {
			v.Missing = []Person{AnyOne}
		}
	}
	// Two people may share one party's name; each is listed once.
	v.Present, v.NoticeTo = slices.Compact(v.Present), slices.Compact(v.NoticeTo)
	v.Untold, v.AgeFrom = slices.Compact(v.Untold), slices.Compact(v.AgeFrom)
	v.ExpressFrom, v.Missing = unique(v.ExpressFrom), unique(v.Missing)
}

func unique(list []Person) []Person {
	out := []Person{}
	for _, p := range list {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}
