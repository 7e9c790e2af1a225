package consent_test

import (
	"slices"
	"testing"

	"parley/recorder/consent"
)

const (
	none      = consent.AnswerNone
	express   = consent.AnswerExpress
	continued = consent.AnswerContinued
	declined  = consent.AnswerDeclined
)

func TestDecide(t *testing.T) {
	a, b := consent.Caller, consent.Callee
	guarded := func(p consent.PartyFacts, g consent.Answer) consent.PartyFacts {
		p.GuardianAnswer = g
		return p
	}
	left := func(p consent.PartyFacts) consent.PartyFacts {
		p.Left = true
		return p
	}
	tests := []struct {
		name   string
		policy consent.Policy
		facts  consent.Facts
		want   consent.Decision
		rule   string
	}{
		{"nobody", consent.Policy{}, facts(), consent.DontRecord, consent.RuleNobody},
		{"all left", consent.Policy{}, facts(left(at(a, "US-CA", express))), consent.DontRecord, consent.RuleNobody},
		{"an answer nobody knows", consent.Policy{}, facts(at(a, "US-TX", "yes"), at(b, "US-TX", "YES")), consent.DontRecord, consent.RuleENone},
		{"one party, both stayed", consent.Policy{}, facts(at(a, "US-TX", continued), at(b, "US-TX", continued)), consent.DontRecord, consent.RuleENone},
		{"one party, the one who said yes left", consent.Policy{}, facts(left(at(a, "US-TX", express)), at(b, "US-TX", none)), consent.DontRecord, consent.RuleENone},
		{"notice, who left need not be told", consent.Policy{}, facts(left(at(a, "US-CA", none)), at(b, "US-CA", continued)), consent.Record, consent.RuleENotice},
		{"who left keeps the place", consent.Policy{}, facts(left(at(a, "DE", none)), at(b, "US-TX", continued)), consent.DontRecord, consent.RuleEExpress},
		{"who left keeps the no", consent.Policy{}, facts(left(at(a, "US-TX", declined)), at(b, "US-TX", express)), consent.DontRecord, consent.RuleP1},
		{"guardian's no", consent.Policy{}, facts(guarded(at(a, "US-TX", express), declined), at(b, "US-TX", express)), consent.DontRecord, consent.RuleP1},
		{"no before age", consent.Policy{}, facts(aged(at(a, "US-TX", declined), 9)), consent.DontRecord, consent.RuleP1},
		{"child, guardian only stayed", consent.Policy{}, facts(aged(guarded(at(a, "US-TX", express), continued), 12)), consent.Refuse, consent.RuleM1},
		{"child, only the guardian agreed", consent.Policy{}, facts(aged(guarded(at(a, "US-TX", none), express), 12)), consent.Refuse, consent.RuleM1},
		{"child, both agreed, one party", consent.Policy{}, facts(aged(guarded(at(a, "US-TX", express), express), 12), at(b, "US-TX", none)), consent.Record, consent.RuleENone},
		{"child, both agreed, notice", consent.Policy{}, facts(aged(guarded(at(a, "US-CA", express), express), 12), at(b, "US-CA", none)), consent.RecordAfterNotice, consent.RuleENotice},
		{"minor silent, adult agreed, one party", consent.Policy{}, facts(aged(at(a, "US-TX", continued), 16), at(b, "US-TX", express)), consent.DontRecord, consent.RuleM2},
		{"minor silent under notice", consent.Policy{}, facts(aged(at(a, "US-CA", none), 16), at(b, "US-CA", none)), consent.DontRecord, consent.RuleM2},
		{"at the limit no guardian is asked", consent.Policy{}, facts(aged(at(a, "US-TX", express), 13)), consent.Record, consent.RuleENone},
		{"a year below the limit", consent.Policy{}, facts(aged(at(a, "US-TX", express), 12)), consent.Refuse, consent.RuleM1},
		{"eighteen is adult", consent.Policy{}, facts(aged(at(a, "US-CA", continued), 18)), consent.Record, consent.RuleENotice},
		{"Georgia: eighteen is the limit", consent.Policy{}, facts(aged(at(a, "US-GA", express), 17)), consent.Refuse, consent.RuleM1},
		{"the other end's limit counts", consent.Policy{}, facts(aged(at(a, "US-TX", express), 15), at(b, "DE", express)), consent.Refuse, consent.RuleM1},
		{"a negative age is a child", consent.Policy{}, facts(aged(at(a, "US-TX", express), -1)), consent.Refuse, consent.RuleM1},
		{"a child who left is not asked", consent.Policy{}, facts(left(aged(at(a, "US-TX", none), 9)), at(b, "US-TX", express)), consent.Record, consent.RuleENone},
		{"switch: never minors", consent.Policy{NeverRecordMinors: true}, facts(aged(at(a, "US-TX", express), 17)), consent.Refuse, consent.RuleNoMinors},
		{"switch: adults only", consent.Policy{NeverRecordMinors: true}, facts(aged(at(a, "US-TX", express), 18)), consent.Record, consent.RuleENone},
		{"switch: age unknown", consent.Policy{UnknownAge: consent.UnknownMustAsk}, facts(aged(at(a, "US-TX", express), 30), at(b, "US-TX", express)), consent.DontRecord, consent.RuleM3},
		{"switch: age known", consent.Policy{UnknownAge: consent.UnknownMustAsk}, facts(aged(at(a, "US-TX", express), 30)), consent.Record, consent.RuleENone},
		{"unlawful comes before all", consent.Policy{}, consent.Facts{Unlawful: true, Parties: []consent.PartyFacts{at(a, "US-TX", declined)}}, consent.Refuse, consent.RuleP2},
		{"tone alone where it is taken", consent.Policy{}, consent.Facts{BeepOnly: true, Parties: []consent.PartyFacts{at(a, "US-CT", continued), at(b, "US-TX", continued)}}, consent.Record, consent.RuleENotice},
		{"a yes is more than a tone", consent.Policy{}, consent.Facts{BeepOnly: true, Parties: []consent.PartyFacts{at(a, "US-CA", express), at(b, "US-CA", express)}}, consent.Record, consent.RuleENotice},
	}
	tab := embedded(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := tab.Judge(tt.policy, tt.facts)
			if v.Decision != tt.want || v.Rule != tt.rule {
				t.Errorf("got %s by %s, want %s by %s", v.Decision, v.Rule, tt.want, tt.rule)
			}
			if got, want := v.MayRecord(), tt.want == consent.Record; got != want {
				t.Errorf("MayRecord: got %t, want %t", got, want)
			}
			if len(v.Rules) == 0 || v.Rules[0].ID != tt.rule {
				t.Errorf("first reason: got %v, want %s", v.Rules, tt.rule)
			}
		})
	}
}

func TestVerdictLists(t *testing.T) {
	tab := embedded(t)
	v := tab.Judge(consent.Policy{UnknownAge: consent.UnknownMustAsk}, facts(
		at(consent.Callee, "US-CA", none), aged(at(consent.Caller, "DE", express), 15)))
	check := func(field string, ok bool, got any) {
		t.Helper()
		if !ok {
			t.Errorf("%s: got %v", field, got)
		}
	}
	check("present", slices.Equal(v.Present, []consent.Party{"caller", "callee"}), v.Present)
	check("notice_to", slices.Equal(v.NoticeTo, []consent.Party{"caller", "callee"}), v.NoticeTo)
	check("untold", slices.Equal(v.Untold, []consent.Party{"callee"}), v.Untold)
	check("express_from", slices.Equal(v.ExpressFrom, []consent.Person{"caller", "caller_guardian", "callee"}), v.ExpressFrom)
	check("missing", slices.Equal(v.Missing, []consent.Person{"caller_guardian", "callee"}), v.Missing)
	check("age_from", slices.Equal(v.AgeFrom, []consent.Party{"callee"}), v.AgeFrom)
	check("min_age", v.MinAge == 16, v.MinAge)
	check("withdrawal", v.Withdrawal == consent.WithdrawalMustStop, v.Withdrawal)
	check("part_before", v.PartBefore == consent.AskKeepOrErase, v.PartBefore)
	check("table_version", v.TableVersion == tab.Version(), v.TableVersion)
	governing := v.Governing()
	check("governing", len(governing) == 1 && governing[0].Name == "Germany", governing)
	cites := slices.ContainsFunc(v.Rules, func(r consent.RuleRef) bool {
		return r.ID == consent.RuleEExpress && r.Place == "DE" && r.Citation == "StGB s. 201(1)-(2)"
	})
	check("rules", cites, v.Rules)
}

func TestToneInterval(t *testing.T) {
	tab := embedded(t)
	tests := []struct {
		a, b string
		beep consent.Beep
		want int
	}{
		{"US-CT", "US-CT", consent.BeepSufficientAlone, 15},
		{"US-CT", "US-TX", consent.BeepSufficientAlone, 15},
		{"US-CT", "US-CA", consent.BeepInsufficientAlone, 0},
		{"US-TX", "US-TX", consent.BeepNoneNeeded, 0},
		{"DE", "US-CT", consent.BeepInsufficientAlone, 0},
	}
	for _, tt := range tests {
		v := tab.Judge(consent.Policy{}, facts(at(consent.Caller, tt.a, none), at(consent.Callee, tt.b, none)))
		if v.Beep != tt.beep || v.BeepIntervalS != tt.want {
			t.Errorf("%s and %s: got %s every %d s, want %s every %d s", tt.a, tt.b, v.Beep, v.BeepIntervalS, tt.beep, tt.want)
		}
	}
}

// No place requires a tone today, so the rule is shown with a table of its own.
func TestToneRequired(t *testing.T) {
	last := consent.Entry{Code: "ZZ", Name: "Unknown", Rule: consent.RuleProhibited, Form: consent.FormExpress, OptIn: true,
		NoticeBefore: true, Tone: consent.Tone{Required: true}, Withdrawal: consent.WithdrawalMustStop, MinAge: 18}
	plain := consent.Entry{Code: "XA", Name: "A", Rule: consent.RuleOneParty, Form: consent.FormNone, Withdrawal: consent.WithdrawalMayContinue, MinAge: 13}
	tone := plain
	tone.Code, tone.Form, tone.Tone = "XB", consent.FormNotice, consent.Tone{Accepted: true, Required: true, IntervalS: 10}
	tab, err := consent.NewTable(consent.TableData{Version: "test", Fallbacks: []consent.Entry{last}, Entries: []consent.Entry{plain, tone}})
	if err != nil {
		t.Fatal(err)
	}
	f := facts(at(consent.Caller, "XA", continued), at(consent.Callee, "XB", continued))
	f.BeepOnly = true
	v := tab.Judge(consent.Policy{}, f)
	if v.Beep != consent.BeepRequired || v.BeepIntervalS != 10 || v.Decision != consent.Record {
		t.Errorf("got %s every %d s and %s, want required every 10 s and record", v.Beep, v.BeepIntervalS, v.Decision)
	}
}

// Where the policy wants every age known, the word that somebody is of age is
// enough, but never against a known age.
func TestAgesThatMustBeKnown(t *testing.T) {
	tab := embedded(t)
	policy := consent.Policy{UnknownAge: consent.UnknownMustAsk, NeverRecordMinors: true}
	adult := func(p consent.PartyFacts) consent.PartyFacts {
		p.Adult = true
		return p
	}
	a, b := at(consent.Caller, "US-TX", express), at(consent.Callee, "US-TX", express)
	tests := []struct {
		name    string
		parties []consent.PartyFacts
		want    consent.Decision
		rule    string
		ageFrom []consent.Party
	}{
		{"nothing known", []consent.PartyFacts{a, b}, consent.DontRecord, consent.RuleM3, []consent.Party{"caller", "callee"}},
		{"one is of age", []consent.PartyFacts{adult(a), b}, consent.DontRecord, consent.RuleM3, []consent.Party{"callee"}},
		{"both are of age", []consent.PartyFacts{adult(a), adult(b)}, consent.Record, consent.RuleENone, nil},
		{"one age is known", []consent.PartyFacts{aged(a, 18), adult(b)}, consent.Record, consent.RuleENone, nil},
		{"a known age outweighs the word", []consent.PartyFacts{adult(aged(a, 17)), adult(b)}, consent.Refuse, consent.RuleNoMinors, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := tab.Judge(policy, facts(tt.parties...))
			if v.Decision != tt.want || v.Rule != tt.rule || !slices.Equal(v.AgeFrom, tt.ageFrom) {
				t.Errorf("got %s by %s, age from %v; want %s by %s, age from %v", v.Decision, v.Rule, v.AgeFrom, tt.want, tt.rule, tt.ageFrom)
			}
		})
	}
}

func TestMayCall(t *testing.T) {
	years := func(n int) *int { return &n }
	tests := []struct {
		policy consent.Policy
		age    *int
		want   bool
	}{
		{consent.Policy{}, nil, true},
		{consent.Policy{}, years(15), false},
		{consent.Policy{}, years(16), true},
		{consent.Policy{CallAge: 12}, years(15), false}, // it never lowers the bar
		{consent.Policy{CallAge: 18}, years(17), false},
		{consent.Policy{CallAge: 18}, years(18), true},
	}
	for _, tt := range tests {
		if got := tt.policy.MayCall(tt.age); got != tt.want {
			t.Errorf("%+v: got %t, want %t", tt, got, tt.want)
		}
	}
}
