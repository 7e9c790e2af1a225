package consent_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley/recorder/consent"
)

var (
	genAnswer = rapid.SampledFrom([]consent.Answer{none, express, continued, declined})
	genSource = rapid.SampledFrom([]consent.Source{consent.SourceDeclared, consent.SourceIP, consent.SourceGeo, consent.SourcePhone})
)

// genPlace draws listed, bare, unlisted, unknown and malformed codes. It leans
// to places of form none, where most can be loosened or tightened.
func genPlace(tab *consent.Table) *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom(tab.Codes()),
		rapid.SampledFrom([]string{"US-TX", "US-NY", "US-NV", "US-CT", "US-CA"}),
		rapid.SampledFrom([]string{"", "?", "US", "AU", "CA", "CA-ON", "US-GU", "DE-BY", "KE", "UK", "EL", "PR", "ZZ", "nowhere"}),
		rapid.StringMatching(`[A-Z]{2}(-[A-Z0-9]{1,3})?`),
	)
}

func genSignal(tab *consent.Table) *rapid.Generator[consent.Signal] {
	return rapid.Custom(func(t *rapid.T) consent.Signal {
		return consent.Signal{
			Place:  genPlace(tab).Draw(t, "place"),
			Source: genSource.Draw(t, "source"),
			VPN:    rapid.IntRange(0, 4).Draw(t, "vpn") == 0,
		}
	})
}

func genParty(tab *consent.Table, p consent.Party) *rapid.Generator[consent.PartyFacts] {
	return rapid.Custom(func(t *rapid.T) consent.PartyFacts {
		rare := func(name string) bool { return rapid.IntRange(0, 9).Draw(t, name) == 0 }
		f := consent.PartyFacts{
			Party:             p,
			Signals:           rapid.SliceOfN(genSignal(tab), 0, 3).Draw(t, "signals"),
			Later:             rapid.SliceOfN(genSignal(tab), 0, 2).Draw(t, "later"),
			Answer:            genAnswer.Draw(t, "answer"),
			GuardianAnswer:    rapid.SampledFrom([]consent.Answer{none, express}).Draw(t, "guardian"),
			Left:              rare("left"),
			Withdrawn:         rare("withdrawn"),
			GuardianWithdrawn: rare("guardian withdrawn"),
		}
		if rapid.Bool().Draw(t, "age known") {
			age := rapid.IntRange(8, 20).Draw(t, "age")
			f.Age = &age
		}
		return f
	})
}

func genFacts(tab *consent.Table) *rapid.Generator[consent.Facts] {
	return rapid.Custom(func(t *rapid.T) consent.Facts {
		f := consent.Facts{
			Recorder: rapid.SliceOfN(genSignal(tab), 0, 2).Draw(t, "recorder"),
			BeepOnly: rapid.IntRange(0, 4).Draw(t, "beep") == 0,
			Unlawful: rapid.IntRange(0, 19).Draw(t, "unlawful") == 0,
		}
		for _, p := range []consent.Party{consent.Caller, consent.Callee, consent.Third}[:rapid.IntRange(1, 3).Draw(t, "parties")] {
			f.Parties = append(f.Parties, genParty(tab, p).Draw(t, string(p)))
		}
		return f
	})
}

func genPolicy() *rapid.Generator[consent.Policy] {
	return rapid.Custom(func(t *rapid.T) consent.Policy {
		return consent.Policy{
			NeverRecordMinors: rapid.Bool().Draw(t, "never minors"),
			UnknownAge:        rapid.SampledFrom([]consent.UnknownAge{consent.UnknownIsAdult, consent.UnknownMustAsk}).Draw(t, "unknown age"),
			AtLeast:           rapid.SampledFrom([]consent.Form{"", consent.FormNotice, consent.FormExpress}).Draw(t, "at least"),
			Beep:              rapid.Bool().Draw(t, "beep"),
			MaxRetentionDays:  rapid.SampledFrom([]int{0, 30}).Draw(t, "retention"),
			PartBefore:        rapid.SampledFrom([]consent.PartBefore{"", consent.AskKeepOrErase, consent.Erase}).Draw(t, "part before"),
		}
	})
}

// notLooser fails if the verdict after asks less than the one before.
func notLooser(t *rapid.T, before, after consent.Verdict) {
	t.Helper()
	if after.MayRecord() && !before.MayRecord() {
		t.Fatalf("opened: got %s by %s, before it was %s by %s", after.Decision, after.Rule, before.Decision, before.Rule)
	}
	if formRank(after.Form) < formRank(before.Form) {
		t.Fatalf("form: got %s, before it was %s", after.Form, before.Form)
	}
	if after.MinAge < before.MinAge {
		t.Fatalf("age: got %d, before it was %d", after.MinAge, before.MinAge)
	}
	if before.BeepDue && !after.BeepDue || before.PerCall && !after.PerCall {
		t.Fatalf("tone due %t, each call %t; before it was %t, %t", after.BeepDue, after.PerCall, before.BeepDue, before.PerCall)
	}
	if b, a := before.MaxRetentionDays, after.MaxRetentionDays; b != 0 && (a == 0 || a > b) {
		t.Fatalf("retention: got %d days, before it was %d", a, b)
	}
	if before.Withdrawal == consent.WithdrawalMustStop && after.Withdrawal != consent.WithdrawalMustStop {
		t.Fatalf("withdrawal: got %s, before it was must_stop", after.Withdrawal)
	}
}

// tightening checks that a step never loosens, from any facts under any policy.
func tightening(t *testing.T, step func(*rapid.T, *consent.Table, consent.Facts) consent.Facts) {
	t.Helper()
	tab := embedded(t)
	rapid.Check(t, func(t *rapid.T) {
		f, policy := genFacts(tab).Draw(t, "facts"), genPolicy().Draw(t, "policy")
		before := tab.Judge(policy, f)
		notLooser(t, before, tab.Judge(policy, step(t, tab, consent.Apply(f, consent.Pause{}))))
	})
}

func pick(t *rapid.T, f consent.Facts) *consent.PartyFacts {
	return &f.Parties[rapid.IntRange(0, len(f.Parties)-1).Draw(t, "which")]
}

func TestAddingAPartyNeverLoosens(t *testing.T) {
	tightening(t, func(t *rapid.T, tab *consent.Table, f consent.Facts) consent.Facts {
		// A newcomer's own yes may be the one that a one-party place asks for, so
		// the newcomer has said none.
		p := genParty(tab, "fourth").Draw(t, "newcomer")
		p.Answer = rapid.SampledFrom([]consent.Answer{none, continued, declined}).Draw(t, "answer")
		if !slices.ContainsFunc(f.Parties, func(p consent.PartyFacts) bool { return !p.Left }) {
			p.Left = true
		}
		f.Parties = append(f.Parties, p)
		return f
	})
}

func TestJoiningNeverLoosens(t *testing.T) {
	tightening(t, func(t *rapid.T, tab *consent.Table, f consent.Facts) consent.Facts {
		if !slices.ContainsFunc(f.Parties, func(p consent.PartyFacts) bool { return !p.Left }) {
			return f
		}
		answer := rapid.SampledFrom([]consent.Answer{none, declined}).Draw(t, "answer")
		return consent.Apply(f, consent.Join{Party: "fourth", Place: genPlace(tab).Draw(t, "place"), Answer: answer})
	})
}

func TestALaterPlaceNeverLoosens(t *testing.T) {
	tightening(t, func(t *rapid.T, tab *consent.Table, f consent.Facts) consent.Facts {
		s := genSignal(tab).Draw(t, "signal")
		return consent.Apply(f, consent.Location{Party: pick(t, f).Party, Place: s.Place, Source: s.Source, VPN: s.VPN})
	})
}

// Before the call a signal may replace ignorance by knowledge (L4, L6, L7).
// Where a party has a firm place, a signal of another country only adds.
func TestAForeignSignalNeverLoosens(t *testing.T) {
	tab := embedded(t)
	rapid.Check(t, func(t *rapid.T) {
		f, policy := genFacts(tab).Draw(t, "facts"), genPolicy().Draw(t, "policy")
		p := pick(t, f)
		p.Signals = []consent.Signal{{Place: rapid.SampledFrom([]string{"US-TX", "US-NY", "US", "AU-WA"}).Draw(t, "home"), Source: consent.SourceDeclared}}
		p.Later = nil
		before := tab.Judge(policy, f)
		s := genSignal(tab).Filter(func(s consent.Signal) bool {
			return !slices.ContainsFunc([]string{"US", "AU", "PR"}, func(c string) bool { return strings.HasPrefix(s.Place, c) })
		}).Draw(t, "signal")
		p.Signals = append(p.Signals, s)
		notLooser(t, before, tab.Judge(policy, f))
	})
}

func TestARecorderPlaceNeverLoosens(t *testing.T) {
	tightening(t, func(t *rapid.T, tab *consent.Table, f consent.Facts) consent.Facts {
		f.Recorder = append(f.Recorder, genSignal(tab).Draw(t, "signal"))
		return f
	})
}

func TestADoubtNeverLoosens(t *testing.T) {
	tightening(t, func(t *rapid.T, tab *consent.Table, f consent.Facts) consent.Facts {
		p := pick(t, f)
		switch rapid.IntRange(0, 3).Draw(t, "doubt") {
		case 0:
			for i := range p.Signals {
				p.Signals[i].VPN = true
			}
		case 1:
			p.Signals = nil
		case 2:
			f.BeepOnly = true
		default:
			f.Unlawful = true
		}
		return f
	})
}

// TestAnUnknownAgeNeverLoosens: neither the loss of an adult's age nor a lower
// age opens anything.
func TestAnUnknownAgeNeverLoosens(t *testing.T) {
	tightening(t, func(t *rapid.T, _ *consent.Table, f consent.Facts) consent.Facts {
		p := pick(t, f)
		switch {
		case p.Age != nil && *p.Age < 18:
			age := rapid.IntRange(0, *p.Age).Draw(t, "younger")
			p.Age = &age
		case p.Age != nil && rapid.Bool().Draw(t, "forget"):
			p.Age = nil
		case p.Age == nil && !p.Adult:
			// Where the age must be known, learning it ends a doubt, even if it is a child's.
		default:
			age := rapid.IntRange(0, 17).Draw(t, "a minor")
			p.Age = &age
		}
		return f
	})
}

// TestAnEarlierYesNeverOpensMore: whatever the call, an earlier yes counts at
// most where an active yes now would, and never where each call is asked.
func TestAnEarlierYesNeverOpensMore(t *testing.T) {
	tab := embedded(t)
	rapid.Check(t, func(t *rapid.T) {
		f := genFacts(tab).Draw(t, "facts")
		v := tab.Judge(genPolicy().Draw(t, "policy"), f)
		e := consent.Earlier{Answer: genAnswer.Draw(t, "earlier"), AgeS: rapid.Int64Range(-10, 1<<26).Draw(t, "age"), Purpose: []string{"q"}, Wording: "en-1"}
		ok, _ := consent.EarlierPolicy{Allowed: true, MaxAgeDays: 400}.Counts(v, e, consent.Scope{Purpose: []string{"q"}, Wording: "en-1"})
		if ok && (v.PerCall || v.Form == consent.FormExpress || e.Answer != express || v.Decision == consent.Refuse) {
			t.Fatalf("an earlier %s counted under %s of form %s", e.Answer, v.Decision, v.Form)
		}
	})
}

func TestLessConsentNeverOpens(t *testing.T) {
	tightening(t, func(t *rapid.T, _ *consent.Table, f consent.Facts) consent.Facts {
		p := pick(t, f)
		weaker := map[consent.Answer][]consent.Answer{
			express:   {continued, none, declined},
			continued: {none, declined},
			none:      {none, declined},
			declined:  {declined},
		}
		if rapid.Bool().Draw(t, "guardian") {
			p.GuardianAnswer = rapid.SampledFrom(weaker[p.GuardianAnswer]).Draw(t, "weaker")
			return f
		}
		p.Answer = rapid.SampledFrom(weaker[p.Answer]).Draw(t, "weaker")
		return f
	})
}

func TestANoNeverOpens(t *testing.T) {
	tab := embedded(t)
	rapid.Check(t, func(t *rapid.T) {
		f := genFacts(tab).Draw(t, "facts")
		by := consent.Person(pick(t, f).Party)
		if rapid.Bool().Draw(t, "guardian") {
			by = consent.Guardian(by.Party())
		}
		no := rapid.SampledFrom([]consent.Event{consent.Decline{By: by}, consent.Withdraw{By: by}}).Draw(t, "no")
		f = consent.Apply(f, no)
		// Nothing but a yes of the same person or a new question ends a no.
		after := []consent.Event{
			consent.Continued{By: by}, consent.Leave{Party: by.Party()}, consent.Pause{}, consent.Resume{},
			consent.Join{Party: by.Party(), Place: "US-TX", Answer: continued}, consent.Join{Party: "fourth", Place: "US-TX", Answer: express},
			consent.Consent{By: "fourth"}, consent.AgeLearned{Party: by.Party(), Age: 30},
		}
		for _, e := range rapid.SliceOf(rapid.SampledFrom(after)).Draw(t, "after") {
			f = consent.Apply(f, e)
		}
		if v := tab.Judge(consent.Policy{}, f); v.MayRecord() {
			t.Fatalf("after a no by %s: got %s by %s, want no recording", by, v.Decision, v.Rule)
		}
	})
}

func TestPolicyNeverLoosens(t *testing.T) {
	tab := embedded(t)
	rapid.Check(t, func(t *rapid.T) {
		f := genFacts(tab).Draw(t, "facts")
		notLooser(t, tab.Judge(consent.Policy{}, f), tab.Judge(genPolicy().Draw(t, "policy"), f))
	})
}

func TestOrderNeverMatters(t *testing.T) {
	tab := embedded(t)
	rapid.Check(t, func(t *rapid.T) {
		f, policy := genFacts(tab).Draw(t, "facts"), genPolicy().Draw(t, "policy")
		g := consent.Facts{BeepOnly: f.BeepOnly, Unlawful: f.Unlawful}
		g.Recorder = rapid.Permutation(f.Recorder).Draw(t, "recorder")
		for _, p := range rapid.Permutation(f.Parties).Draw(t, "parties") {
			p.Signals = rapid.Permutation(p.Signals).Draw(t, "signals")
			g.Parties = append(g.Parties, p)
		}
		if got, want := tab.Judge(policy, g), tab.Judge(policy, f); !reflect.DeepEqual(got, want) {
			t.Fatalf("another order: got %+v, want %+v", got, want)
		}
	})
}

func TestEveryCodeYieldsAVerdict(t *testing.T) {
	tab := embedded(t)
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.OneOf(rapid.String(), genPlace(tab)).Draw(t, "code")
		v := tab.Judge(consent.Policy{}, facts(at(consent.Caller, code, none)))
		if v.MayRecord() || len(v.Places) == 0 || v.Places[0].Name == "" || len(v.Rules) == 0 {
			t.Fatalf("%q: got %+v, want a verdict with places and reasons", code, v)
		}
		if _, err := v.Grant(); err == nil {
			t.Fatalf("%q: a grant without an answer", code)
		}
	})
}
