package consent_test

import (
	"reflect"
	"testing"

	"parley/recorder/consent"
)

func TestApply(t *testing.T) {
	tx := func(a, b consent.Answer) consent.Facts {
		return facts(at(consent.Caller, "US-TX", a), at(consent.Callee, "US-TX", b))
	}
	ca := func(a, b consent.Answer) consent.Facts {
		return facts(at(consent.Caller, "US-CA", a), at(consent.Callee, "US-CA", b))
	}
	type events = []consent.Event
	tests := []struct {
		name   string
		start  consent.Facts
		events events
		want   consent.Decision
	}{
		{"withdraw then yes", ca(continued, continued), events{consent.Withdraw{By: "callee"}, consent.Consent{By: "callee"}}, consent.Record},
		{"withdraw then stay", ca(continued, continued), events{consent.Withdraw{By: "callee"}, consent.Continued{By: "callee"}}, consent.DontRecord},
		{"withdraw then the other's yes", ca(continued, continued), events{consent.Withdraw{By: "callee"}, consent.Consent{By: "caller"}}, consent.DontRecord},
		{"withdraw outlives a change of purpose", ca(express, express), events{consent.Withdraw{By: "callee"}, consent.PurposeChange{Purpose: "training"}, consent.Continued{By: "caller"}, consent.Continued{By: "callee"}}, consent.DontRecord},
		{"no then stay", ca(continued, declined), events{consent.Continued{By: "callee"}}, consent.DontRecord},
		{"no then yes", ca(continued, declined), events{consent.Consent{By: "callee"}}, consent.Record},
		{"decline", tx(express, none), events{consent.Decline{By: "callee"}}, consent.DontRecord},
		{"fresh notice replaces an old yes", tx(express, none), events{consent.Continued{By: "caller"}}, consent.DontRecord},
		{"guardian withdraws", facts(guardedChild(consent.AnswerExpress)), events{consent.Withdraw{By: "caller_guardian"}}, consent.DontRecord},
		{"guardian comes back", facts(guardedChild(consent.AnswerExpress)), events{consent.Withdraw{By: "caller_guardian"}, consent.Consent{By: "caller_guardian"}}, consent.Record},
		{"guardian declines", facts(guardedChild(consent.AnswerExpress)), events{consent.Decline{By: "caller_guardian"}}, consent.DontRecord},
		{"guardian agrees at last", facts(guardedChild(consent.AnswerNone)), events{consent.Consent{By: "caller_guardian"}}, consent.Record},
		{"guardian only stays", facts(guardedChild(consent.AnswerNone)), events{consent.Continued{By: "caller_guardian"}}, consent.Refuse},
		{"new purpose, told again", ca(continued, continued), events{consent.PurposeChange{Purpose: "training"}, consent.Continued{By: "caller"}, consent.Continued{By: "callee"}}, consent.Record},
		{"new recipient forgets a yes", tx(express, express), events{consent.RecipientAdded{Recipient: "vendor"}}, consent.DontRecord},
		{"unlawful stays", tx(express, express), events{consent.PurposeChange{Purpose: "unlawful"}, consent.PurposeChange{Purpose: "quality"}, consent.Consent{By: "caller"}}, consent.Refuse},
		{"pause and resume", tx(express, none), events{consent.Pause{Reason: "hold"}, consent.Resume{}}, consent.Record},
		{"third joins with a yes", tx(express, none), events{consent.Join{Party: "third", Place: "US-NY", Answer: express}}, consent.Record},
		{"third joins from nowhere", tx(express, express), events{consent.Join{Party: "third", Answer: continued}}, consent.DontRecord},
		{"third leaves, its place stays", ca(continued, continued), events{consent.Join{Party: "third", Place: "DE"}, consent.Leave{Party: "third"}}, consent.DontRecord},
		{"third leaves, its yes is not needed", ca(continued, continued), events{consent.Join{Party: "third", Place: "US-TX"}, consent.Leave{Party: "third"}}, consent.Record},
		{"third comes back and is asked again", ca(continued, continued), events{consent.Join{Party: "third", Place: "US-TX", Answer: continued}, consent.Leave{Party: "third"}, consent.Join{Party: "third", Place: "US-TX"}}, consent.RecordAfterNotice},
		{"third comes back after a no", ca(continued, continued), events{consent.Join{Party: "third", Place: "US-TX", Answer: declined}, consent.Leave{Party: "third"}, consent.Join{Party: "third", Place: "US-TX", Answer: continued}}, consent.DontRecord},
		{"third comes back with a yes", ca(continued, continued), events{consent.Join{Party: "third", Place: "US-TX", Answer: declined}, consent.Leave{Party: "third"}, consent.Join{Party: "third", Place: "US-TX", Answer: express}}, consent.Record},
		{"age learned: child", tx(express, express), events{consent.AgeLearned{Party: "callee", Age: 12}}, consent.Refuse},
		{"age learned: minor who stayed", ca(continued, continued), events{consent.AgeLearned{Party: "callee", Age: 17}}, consent.DontRecord},
		{"age learned: adult", ca(continued, continued), events{consent.AgeLearned{Party: "callee", Age: 44}}, consent.Record},
		{"a stranger's yes", tx(none, none), events{consent.Consent{By: "third"}, consent.Continued{By: "third"}, consent.Leave{Party: "third"}}, consent.DontRecord},
		{"a stranger's withdrawal", tx(express, none), events{consent.Withdraw{By: "third"}}, consent.DontRecord},
		{"a stranger's place", tx(express, none), events{consent.Location{Party: "third", Place: "DE"}}, consent.DontRecord},
	}
	tab := embedded(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.start
			for _, e := range tt.events {
				f = consent.Apply(f, e)
			}
			if v := tab.Judge(consent.Policy{}, f); v.Decision != tt.want {
				t.Errorf("after %v: got %s by %s, want %s", tt.events, v.Decision, v.Rule, tt.want)
			}
		})
	}
}

func guardedChild(guardian consent.Answer) consent.PartyFacts {
	p := aged(at(consent.Caller, "US-TX", consent.AnswerExpress), 12)
	p.GuardianAnswer = guardian
	return p
}

func TestApplyKeepsItsArgument(t *testing.T) {
	build := func() consent.Facts {
		p := aged(at(consent.Caller, "US-TX", express), 30)
		// Spare capacity would let an append write into the argument.
		p.Signals = append(make([]consent.Signal, 0, 8), p.Signals...)
		p.Later = append(make([]consent.Signal, 0, 8), consent.Signal{Place: "US-NY"})
		f := consent.Facts{Parties: append(make([]consent.PartyFacts, 0, 8), p)}
		f.Recorder = append(make([]consent.Signal, 0, 8), consent.Signal{Place: "DE"})
		return f
	}
	before, want := build(), build()
	for _, e := range []consent.Event{
		consent.Join{Party: "third", Place: "DE"}, consent.Leave{Party: "caller"},
		consent.Location{Party: "caller", Place: "FR"}, consent.Withdraw{By: "caller"},
		consent.Decline{By: "caller"}, consent.Continued{By: "caller"}, consent.Consent{By: "caller_guardian"},
		consent.PurposeChange{Purpose: "unlawful"}, consent.RecipientAdded{}, consent.AgeLearned{Party: "caller", Age: 3},
	} {
		after := consent.Apply(before, e)
		if reflect.DeepEqual(after, before) {
			t.Errorf("%T: changed nothing", e)
		}
		if !reflect.DeepEqual(before, want) {
			t.Fatalf("%T changed its argument: got %+v, want %+v", e, before, want)
		}
	}
}
