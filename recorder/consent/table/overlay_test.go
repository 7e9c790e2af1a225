package table

import (
	"bytes"
	"strings"
	"testing"

	"parley/recorder/consent"
)

const overlayText = `overlay: 1
date: "2026-12-01"
by: "Example Advice Ltd"
jurisdictions:
  "US-TX":
    form: notice
    notice_before: true
    reviewed_by: "J. Counsel"
    reviewed_on: "2026-11-30"
  "US":
    minors: {age_of_consent_for_data: 16, source: "policy"}
  "CA-ON":
    form: express
  "DE":
    retention_max_days: 30
    minors: {age_of_consent_for_data: 19, source: "policy"}
    per_call: true
`

func load(overlay string) (*consent.Table, error) {
	return Load(Source{Overlay: File{"o.yaml", []byte(overlay)}})
}

func TestOverlay(t *testing.T) {
	tab, err := load(overlayText)
	if err != nil {
		t.Fatal(err)
	}
	own, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if v := tab.Version(); !strings.HasPrefix(v, own.Version()+"+") {
		t.Errorf("version: got %q, want that of the table and a mark of the overlay", v)
	}
	entry := func(code string) consent.Entry {
		e, _ := tab.Lookup(code)
		return e
	}
	tests := []struct {
		what      string
		got, want any
	}{
		{"Texas asks for a notice", entry("US-TX").EffectiveForm(), consent.FormNotice},
		{"who reviewed Texas", entry("US-TX").ReviewedBy + " " + entry("US-TX").ReviewedOn, "J. Counsel 2026-11-30"},
		{"what Texas rests on stays", len(entry("US-TX").Basis) > 0, true},
		{"a country binds its parts", entry("US-NY").MinAge, 16},
		{"a part of its own keeps the parent's law", entry("CA-ON").Withdrawal, consent.WithdrawalMustStop},
		{"a part of its own asks more", entry("CA-ON").EffectiveForm(), consent.FormExpress},
		{"other parts stay", entry("CA-BC").EffectiveForm(), consent.FormNotice},
		{"the cases of doubt follow", entry("US").MinAge, 18},
		{"so does the unknown", entry("?").MinAge, 19},
		{"retention", entry("DE").MaxRetentionDays, 30},
		{"the strictest retention", entry("?").MaxRetentionDays, 30},
		{"each call anew", entry("DE").PerCall, true},
		{"nothing is looser", len(tab.Looser(own)), 0},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.what, tt.got, tt.want)
		}
	}
	v := tab.Judge(consent.Policy{MaxRetentionDays: 90}, consent.Facts{Parties: []consent.PartyFacts{
		{Party: consent.Caller, Signals: []consent.Signal{{Place: "DE"}}},
	}})
	if v.MaxRetentionDays != 30 {
		t.Errorf("retention of a call with Germany: got %d days, want 30", v.MaxRetentionDays)
	}
}

func TestOverlayRefuses(t *testing.T) {
	place := func(code, fields string) string {
		return "overlay: 1\ndate: \"2026-12-01\"\njurisdictions:\n  \"" + code + "\":\n    " + fields + "\n"
	}
	tests := []struct{ name, text, want string }{
		{"a looser form", place("US-CA", "form: none"), `o.yaml: line 5: US-CA: form: none is looser than notice in the table; an overlay may only be stricter: write notice or more, or take the line out`},
		{"a looser rule", place("DE", "consent: one_party"), "line 5: DE: consent: one_party is looser than prohibited_without_explicit"},
		{"no opt-in", place("GB", "explicit_opt_in: false"), "line 5: GB: explicit_opt_in: false is looser"},
		{"no notice", place("US-CA", "notice_before: false"), "line 5: US-CA: notice_before"},
		{"a tone as notice", place("US-CA", "beep_tone: {accepted: true}"), "line 5: US-CA: beep_tone.accepted: true is looser"},
		{"a rarer tone", place("US-CT", "beep_tone: {interval_s: 60}"), "line 5: US-CT: beep_tone.interval_s: 60 is looser than 15"},
		{"going on after a withdrawal", place("US-CA", "withdrawal: may_continue"), "line 5: US-CA: withdrawal"},
		{"a lower age", place("US-GA", "minors: {age_of_consent_for_data: 13}"), "line 5: US-GA: minors.age_of_consent_for_data: 13 is looser than 18"},
		{"a place that counts as unknown", place("KE", "consent: one_party"), "line 5: KE: consent: one_party is looser than prohibited_without_explicit"},
		{"a looser fallback", "overlay: 1\ndate: \"2026-12-01\"\nfallbacks:\n  \"US-ZZ\":\n    form: notice\n", "line 5: US-ZZ: form: notice is looser than express"},
		{"a fallback that is none", "overlay: 1\ndate: \"2026-12-01\"\nfallbacks:\n  \"DE-ZZ\":\n    form: notice\n", "line 4: DE-ZZ: no such code"},
		{"no code", place("Texas", "form: notice"), "line 4: Texas: no such code in the table"},
		{"another name", place("UK", "form: express"), "line 4: UK: only another name of GB"},
		{"a part of an undivided country", place("DE-BY", "form: express"), "line 4: DE-BY: subdivisions has no rule for DE"},
		{"an unknown value", place("US-CA", "form: silent"), `line 5: US-CA: form: "silent" is not a known value: write one of none, notice, express`},
		{"an impossible age", place("US-CA", "minors: {age_of_consent_for_data: 99}"), "line 5: US-CA: minors.age_of_consent_for_data: 99 is outside 1 to 21"},
		{"an unknown key", place("US-CA", "forms: express"), "line 5: field forms not found"},
		{"a key twice", place("US-CA", "form: express\n    form: notice"), "already defined"},
		{"half a review", place("US-CA", "reviewed_by: \"J\""), "line 5: US-CA: reviewed_by: a review needs both"},
		{"a bad date of review", place("US-CA", "reviewed_by: \"J\"\n    reviewed_on: \"soon\""), "line 6: US-CA: reviewed_on: \"soon\" is no date"},
		{"no layout", "date: \"2026-12-01\"\njurisdictions: {\"DE\": {per_call: true}}\n", "overlay: must be 1"},
		{"no date", "overlay: 1\njurisdictions: {\"DE\": {per_call: true}}\n", "date: missing"},
		{"a bad date", "overlay: 1\ndate: \"now\"\njurisdictions: {\"DE\": {per_call: true}}\n", "line 2: date: \"now\" is no date"},
		{"nothing in it", "overlay: 1\ndate: \"2026-12-01\"\n", "changes nothing"},
		{"empty", "", "the file is empty"},
		{"a second document", place("DE", "per_call: true") + "---\nx: 1\n", "more than one document"},
		{"no YAML", "\t{", "yaml"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tab, err := load(tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
			if tab != nil {
				t.Error("there is a table beside the error")
			}
		})
	}
}

// TestOverlayNamesEveryFault: an operator mends the file once.
func TestOverlayNamesEveryFault(t *testing.T) {
	_, err := load("overlay: 1\ndate: \"2026-12-01\"\njurisdictions:\n  \"DE\":\n    form: none\n  \"US-CA\":\n    form: none\n")
	for _, want := range []string{"line 5: DE", "line 7: US-CA"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

// TestReplacement: a table that replaces the shipped one may only be stricter.
func TestReplacement(t *testing.T) {
	const texas = "\"US-TX\":\n    name: \"Texas\"\n    parent: \"US\"\n    consent: one_party"
	with := func(old, new string) []byte { return replaceFirst(t, old, new) }
	tests := []struct {
		name string
		data []byte
		want string // "" is accepted
	}{
		{"the same", bytes.Clone(embedded), ""},
		{"stricter", with(texas, strings.Replace(texas, "one_party", "all_party", 1)), ""},
		{"looser", with("    form: notice\n    explicit_opt_in: true", "    form: notice\n    explicit_opt_in: false"), "GB: explicit_opt_in is looser than in the shipped table (GB)"},
		{"an alias to a looser place", with(`"PR": "US-PR"`, `"KE": "US-TX"`), "t.yaml: line 35: KE: consent is looser than in the shipped table (ZZ)"},
		{"parts of a country", with(`"AU": {unlisted: fallback`, `"AU": {unlisted: parent`), ""},
		{"not a table", []byte("x: 1\n"), "t.yaml: consent table"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(Source{Table: File{"t.yaml", tt.data}})
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("got %v, want no error", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

// TestRequireReview: an entry that nobody has reviewed counts as unknown.
func TestRequireReview(t *testing.T) {
	tab, err := Load(Source{Overlay: File{"o.yaml", []byte(overlayText)}, RequireReview: true})
	if err != nil {
		t.Fatal(err)
	}
	judge := func(a, b string) consent.Verdict {
		return tab.Judge(consent.Policy{}, consent.Facts{Parties: []consent.PartyFacts{
			{Party: consent.Caller, Signals: []consent.Signal{{Place: a}}, Answer: consent.AnswerContinued},
			{Party: consent.Callee, Signals: []consent.Signal{{Place: b}}, Answer: consent.AnswerContinued},
		}})
	}
	if v := judge("US-TX", "US-TX"); v.Form != consent.FormNotice || v.Decision != consent.Record {
		t.Errorf("two reviewed places: got %s and %s, want notice and record", v.Form, v.Decision)
	}
	v := judge("US-TX", "US-NY")
	if v.Form != consent.FormExpress || v.MinAge != 19 || v.MayRecord() {
		t.Errorf("beside an unreviewed place: got %s, age %d, want the strictest of all", v.Form, v.MinAge)
	}
	told := false
	for _, r := range v.Rules {
		told = told || r.ID == consent.RuleReview
	}
	if !told {
		t.Errorf("rules: got %v, want %s among them", v.Rules, consent.RuleReview)
	}
	if e, rule := tab.Lookup("US-NY"); e.Code != "ZZ" || rule != consent.RuleReview {
		t.Errorf("Lookup: got %s by %s", e.Code, rule)
	}
	if !strings.HasSuffix(tab.Version(), "+reviewed") {
		t.Errorf("version: got %q, want it to tell", tab.Version())
	}
}
