package consent_test

import (
	"slices"
	"sync"
	"testing"

	"parley/recorder/consent"
	"parley/recorder/consent/table"
)

// readOnce reads the project's own rules, once for all tests.
var readOnce = sync.OnceValues(table.Embedded)

func embedded(t testing.TB) *consent.Table {
	t.Helper()
	tab, err := readOnce()
	if err != nil {
		t.Fatalf("table.Embedded: %v", err)
	}
	return tab
}

// at is a party in one declared place; "" is unknown.
func at(p consent.Party, place string, a consent.Answer) consent.PartyFacts {
	pf := consent.PartyFacts{Party: p, Answer: a}
	if place != "" {
		pf.Signals = []consent.Signal{{Place: place, Source: consent.SourceDeclared}}
	}
	return pf
}

func aged(p consent.PartyFacts, age int) consent.PartyFacts {
	p.Age = &age
	return p
}

func facts(parties ...consent.PartyFacts) consent.Facts { return consent.Facts{Parties: parties} }

// codes returns the codes of the entries that count for one party.
func codes(v consent.Verdict, p consent.Party) []string {
	var out []string
	for _, r := range v.Places {
		if r.Party == p {
			out = append(out, r.Code)
		}
	}
	return out
}

func sameSet[T ~string](a, b []T) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

func formRank(f consent.Form) int {
	return slices.Index([]consent.Form{consent.FormNone, consent.FormNotice, consent.FormExpress}, f)
}
