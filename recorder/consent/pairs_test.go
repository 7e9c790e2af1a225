package consent_test

import (
	"testing"

	"parley/recorder/consent"
)

// Every pair of places, fallbacks included, with every pair of answers: the
// form is the stricter of the two, both orders agree, and the decision is what
// the table of the rules says for that form.
func TestAllPairs(t *testing.T) {
	tab := embedded(t)
	places := append(tab.Codes(), "", "US", "AU", "CA", "KE")
	answers := []consent.Answer{none, express, continued, declined}
	form := map[string]consent.Form{}
	for _, p := range places {
		form[p] = tab.Judge(consent.Policy{}, facts(at(consent.Caller, p, none))).Form
	}
	for _, a := range places {
		for _, b := range places {
			want := form[a]
			if formRank(form[b]) > formRank(want) {
				want = form[b]
			}
			for _, x := range answers {
				for _, y := range answers {
					v := tab.Judge(consent.Policy{}, facts(at(consent.Caller, a, x), at(consent.Callee, b, y)))
					if v.Form != want {
						t.Fatalf("%q and %q: got form %s, want %s", a, b, v.Form, want)
					}
					if got, decision := v.Decision, pairDecision(want, x, y); got != decision {
						t.Fatalf("%q %s and %q %s: got %s, want %s", a, x, b, y, got, decision)
					}
				}
			}
		}
	}
}

// pairDecision is the table of the rules' section 2 with P1, for two adults.
func pairDecision(f consent.Form, x, y consent.Answer) consent.Decision {
	said := func(a consent.Answer, n int) bool { return (x == a) && (y == a) || n == 1 && (x == a || y == a) }
	switch {
	case said(declined, 1):
		return consent.DontRecord
	case f == consent.FormExpress && !said(express, 2):
		return consent.DontRecord
	case f == consent.FormNotice && said(none, 1):
		return consent.RecordAfterNotice
	case f == consent.FormNone && !said(express, 1):
		return consent.DontRecord
	default:
		return consent.Record
	}
}
