package table

import (
	"testing"

	"parley/recorder/consent"
)

// minimal is a table of one place, a seed that mutates faster than the real one.
const minimal = `schema_version: 1
last_checked: "2026-11-21"
disclaimer: "none"
recorder_model: third_party_server
aliases: {"XB": "XA"}
subdivisions: {}
fallbacks:
  "ZZ": {name: "Unknown", consent: prohibited_without_explicit, form: express, explicit_opt_in: true, notice_before: true, beep_tone: {accepted: false, required: false, interval_s: null, note: ""}, withdrawal: must_stop, minors: {age_of_consent_for_data: 18, source: "s"}, notes: ""}
jurisdictions:
  "XA": {name: "A", parent: null, consent: one_party, participant_rule: one_party, third_party_rule: one_party, contested: false, form: none, explicit_opt_in: false, notice_before: false, beep_tone: {accepted: false, required: false, interval_s: null, note: ""}, withdrawal: may_continue, minors: {age_of_consent_for_data: 13, source: "s"}, retention_note: null, basis: [{citation: "c", what_it_says: "s"}], confidence: high, evidence_seen: primary, last_checked: "2026-11-21", notes: ""}
`

// FuzzDecode checks that no bytes make the decoder panic, and that a table it
// accepts still treats the unknown as the strictest.
func FuzzDecode(f *testing.F) {
	if _, err := Decode([]byte(minimal)); err != nil {
		f.Fatalf("the seed does not decode: %v", err)
	}
	f.Add([]byte(minimal))
	f.Add([]byte("jurisdictions: &a {\"US\": *a}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tab, err := Decode(data)
		if err != nil {
			return
		}
		unknown, _ := tab.Lookup("?")
		for _, code := range tab.Codes() {
			e, _ := tab.Lookup(code)
			if rank(unknown.EffectiveForm()) < rank(e.EffectiveForm()) {
				t.Fatalf("unknown place: got form %s, looser than %s of %s", unknown.EffectiveForm(), e.EffectiveForm(), code)
			}
			if unknown.MinAge < e.MinAge {
				t.Fatalf("unknown place: got age %d, below %d of %s", unknown.MinAge, e.MinAge, code)
			}
		}
	})
}

func rank(f consent.Form) int {
	return map[consent.Form]int{consent.FormNone: 0, consent.FormNotice: 1, consent.FormExpress: 2}[f]
}
