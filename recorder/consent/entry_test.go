package consent_test

import (
	"strings"
	"testing"

	"parley/recorder/consent"
)

func TestEffectiveForm(t *testing.T) {
	tests := []struct {
		name  string
		entry consent.Entry
		want  consent.Form
	}{
		{"pure one-party", consent.Entry{Rule: consent.RuleOneParty, Form: consent.FormNone}, consent.FormNone},
		{"all-party", consent.Entry{Rule: consent.RuleAllParty, Form: consent.FormNone}, consent.FormNotice},
		{"contested", consent.Entry{Rule: consent.RuleContested, Form: consent.FormNone}, consent.FormNotice},
		{"notice form", consent.Entry{Rule: consent.RuleOneParty, Form: consent.FormNotice}, consent.FormNotice},
		{"notice before", consent.Entry{Rule: consent.RuleOneParty, Form: consent.FormNone, NoticeBefore: true}, consent.FormNotice},
		{"opt-in", consent.Entry{Rule: consent.RuleOneParty, Form: consent.FormNone, OptIn: true}, consent.FormExpress},
		{"express form", consent.Entry{Rule: consent.RuleOneParty, Form: consent.FormExpress}, consent.FormExpress},
		{"prohibited", consent.Entry{Rule: consent.RuleProhibited, Form: consent.FormNone}, consent.FormExpress},
		{"nothing set", consent.Entry{}, consent.FormNotice},
	}
	for _, tt := range tests {
		if got := tt.entry.EffectiveForm(); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestNewTableRefuses(t *testing.T) {
	last := consent.Entry{Code: "ZZ", Name: "Unknown", Rule: consent.RuleProhibited, Form: consent.FormExpress, OptIn: true,
		NoticeBefore: true, Withdrawal: consent.WithdrawalMustStop, MinAge: 18}
	plain := consent.Entry{Code: "XA", Name: "A", Rule: consent.RuleOneParty, Form: consent.FormNone, Withdrawal: consent.WithdrawalMayContinue, MinAge: 13}
	with := func(change func(*consent.Entry)) consent.Entry {
		e := plain
		change(&e)
		return e
	}
	tests := []struct {
		name  string
		entry consent.Entry
		want  string
	}{
		{"twice", plain, "XA: listed twice"},
		{"a bad code", with(func(e *consent.Entry) { e.Code = "xa" }), `xa: code: "xa"`},
		{"no name", with(func(e *consent.Entry) { e.Code, e.Name = "XB", "" }), "XB: name"},
		{"older than the last resort", with(func(e *consent.Entry) { e.Code, e.MinAge = "XB", 19 }), "fallback ZZ: minors.age_of_consent_for_data is looser than in XB"},
		{"a tone that the last resort lacks", with(func(e *consent.Entry) { e.Code, e.Tone.Required = "XB", true }), "fallback ZZ: beep_tone.required"},
		{"a negative interval", with(func(e *consent.Entry) { e.Code, e.Tone.IntervalS = "XB", -1 }), "XB: beep_tone.interval_s"},
		{"an orphan", with(func(e *consent.Entry) { e.Code, e.Parent = "XB", "XC" }), `XB: parent "XC" is not listed`},
		{"a part without a rule", with(func(e *consent.Entry) { e.Code = "XA-B" }), "subdivisions has no rule for XA"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := consent.NewTable(consent.TableData{Version: "test", Fallbacks: []consent.Entry{last}, Entries: []consent.Entry{plain, tt.entry}})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("NewTable: got %v, want an error with %q", err, tt.want)
			}
		})
	}
}
