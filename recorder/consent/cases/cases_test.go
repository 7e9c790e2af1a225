package cases_test

import (
	"strings"
	"testing"

	"parley/recorder/consent"
	"parley/recorder/consent/cases"
)

const one = `- id: "K1"
  caller_jurisdiction: "US-TX"
  callee_jurisdiction: null
  caller_age: 40
  callee_age: null
  signals: {server: "DE", notice_mode: "beep_only", caller: {ip: "US", geo: "US-TX", billing: "PR", phone: "KE", vpn: true, timezone: "Asia/Tokyo", language: "ja"}}
  answers: {caller: "express", callee: "continued", caller_guardian: "none", callee_guardian: "declined"}
  events:
    - {type: join, party: third, jurisdiction: null}
    - {type: join, party: third, jurisdiction: "NO", answer: "declined"}
    - {type: leave, party: third}
    - {type: location, party: caller, to: "US-CA"}
    - {type: withdraw, by: third_guardian}
    - {type: consent, by: caller}
    - {type: continued, by: callee}
    - {type: pause, reason: "card"}
    - {type: resume}
    - {type: purpose_change, purpose: "training"}
    - {type: recipient_added, recipient: "vendor"}
    - {type: age_learned, party: callee, age: 17}
  expected: {decision: refuse, may_record: false, notice_to: [caller], express_from: ["any_one"], beep: none_needed, reason: "x"}
`

func TestDecode(t *testing.T) {
	list, err := cases.Decode([]byte(one))
	if err != nil {
		t.Fatal(err)
	}
	c := list[0]
	if c.ID != "K1" || c.Line != 1 || len(c.Events) != 12 || c.Expected == nil || c.Expected.ExpressFrom[0] != consent.AnyOne {
		t.Errorf("got %+v, want all that the file says", c)
	}
	caller, callee := c.Facts.Parties[0], c.Facts.Parties[1]
	if len(caller.Signals) != 5 || *caller.Age != 40 || !c.Facts.BeepOnly || c.Facts.Recorder[0].Place != "DE" {
		t.Errorf("got %+v", c.Facts)
	}
	if len(callee.Signals) != 0 || callee.Age != nil || callee.GuardianAnswer != consent.AnswerDeclined {
		t.Errorf("callee: got %+v", callee)
	}
	for _, s := range caller.Signals {
		if s.VPN != (s.Source == consent.SourceIP) {
			t.Errorf("vpn marks the address alone: got %+v", s)
		}
	}
}

// TestDecodeTakesABareNorway: YAML 1.1 would read a boolean.
func TestDecodeTakesABareNorway(t *testing.T) {
	list, err := cases.Decode([]byte(strings.Replace(one, `jurisdiction: "US-TX"`, `jurisdiction: NO`, 1)))
	if err != nil || list[0].Facts.Parties[0].Signals[0].Place != "NO" {
		t.Errorf("got %+v and %v, want Norway", list, err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct{ name, old, with, want string }{
		{"no list", one, "id: x\n", "holds no list of cases"},
		{"nothing", one, "", "holds no list of cases"},
		{"no YAML", one, "- {", "yaml"},
		{"an unknown key", "caller_age: 40", "caler_age: 40", `case "K1", line 4: a case: the format has no key "caler_age"`},
		{"a missing key", "  caller_age: 40\n", "", `case "K1", line 1: a case: caller_age is missing`},
		{"no id", `- id: "K1"`, `- ids: "K1"`, `case number 1, line 1: a case: the format has no key "ids"`},
		{"a key twice", "  caller_age: 40\n", "  caller_age: 40\n  caller_age: 41\n", `case "K1", line 5: a case: caller_age is given twice`},
		{"an impossible age", "caller_age: 40", "caller_age: -1", `case "K1", line 4: caller_age: "-1" is no age`},
		{"a huge age", "caller_age: 40", "caller_age: 131", "line 4: caller_age"},
		{"half an age", "caller_age: 40", "caller_age: 12.5", "line 4: caller_age"},
		{"an age in words", "caller_age: 40", `caller_age: "old"`, "line 4: caller_age"},
		{"a learned age", "age: 17}", "age: 999}", `line 20: age: "999" is no age`},
		{"no code", `"US-TX"`, `"Texas"`, `case "K1", line 2: caller_jurisdiction: "Texas" is no code of a place`},
		{"a boolean place", `server: "DE"`, `server: {x: y}`, "line 6: server"},
		{"an unknown answer", `callee: "continued"`, `callee: "yes"`, `line 7: callee: "yes" is none of express, continued, declined, none`},
		{"a stranger", "leave, party: third", "leave, party: fourth", `line 11: party: "fourth" is none of`},
		{"the caller joins", "join, party: third, jurisdiction: null", "join, party: caller, jurisdiction: null", `line 9: party: "caller" is none of third`},
		{"an unknown event", "type: pause", "type: halt", `line 16: type: "halt" is no event`},
		{"an event without a type", "{type: resume}", "{kind: resume}", "line 17: events: an event is a mapping with a type"},
		{"an event's unknown key", "{type: resume}", "{type: resume, at: 3}", `line 17: event resume: the format has no key "at"`},
		{"an event's missing key", `{type: pause, reason: "card"}`, "{type: pause}", "line 16: event pause: reason is missing"},
		{"an unknown hint", `phone: "KE"`, `fax: "KE"`, `line 6: signals.caller: the format has no key "fax"`},
		{"a vague vpn", "vpn: true", `vpn: "maybe"`, "line 6: vpn"},
		{"an unknown mode", "beep_only", "beep", `line 6: notice_mode: "beep" is none of beep_only`},
		{"an unknown decision", "decision: refuse", "decision: maybe", `line 21: decision: "maybe" is none of`},
		{"events that are none", "  events:\n    - {type: join, party: third, jurisdiction: null}\n", "  events: 3\n  x:\n", "line 8: events: a list is due"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(one, tt.old) {
				t.Fatalf("the case has no %q", tt.old)
			}
			list, err := cases.Decode([]byte(strings.Replace(one, tt.old, tt.with, 1)))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
			if list != nil {
				t.Error("there are cases beside the error")
			}
		})
	}
	if _, err := cases.Decode([]byte(one + one)); err == nil || !strings.Contains(err.Error(), `case "K1", line 22: id: line 1 has this id too`) {
		t.Errorf("an id twice: got %v", err)
	}
}

// FuzzDecode: no bytes make the reader panic, and what it accepts can be judged.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(one))
	f.Add([]byte("- &a {id: x, signals: *a}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := cases.Decode(data)
		if err != nil {
			return
		}
		for _, c := range list {
			if v := c.Judge(new(consent.Table), consent.Policy{}); v.Rule == "" {
				t.Fatalf("case %q: no rule decided", c.ID)
			}
		}
	})
}
