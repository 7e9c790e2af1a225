package consent_test

import (
	"os"
	"path/filepath"
	"testing"

	"parley/recorder/consent"
	"parley/recorder/consent/cases"
)

func readCases(t testing.TB, file string, atLeast int) []cases.Case {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	list, err := cases.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < atLeast {
		t.Fatalf("%s: got %d cases, want at least %d", file, len(list), atLeast)
	}
	return list
}

// TestVectors judges the reference vectors, and a file of corners that were
// worked out by hand from the text of the rules, not from the code.
func TestVectors(t *testing.T) {
	tab := embedded(t)
	for file, atLeast := range map[string]int{"vectors.yaml": 42, "corners.yaml": 100} {
		for _, c := range readCases(t, file, atLeast) {
			t.Run(file+"/"+c.ID, func(t *testing.T) {
				want := c.Expected
				if want == nil {
					t.Fatal("the case expects nothing")
				}
				got := c.Judge(tab, consent.Policy{})
				if got.Decision != want.Decision {
					t.Errorf("decision: got %s by %s, want %s (%s)", got.Decision, got.Rule, want.Decision, want.Reason)
				}
				if got.MayRecord() != want.MayRecord {
					t.Errorf("may_record: got %t, want %t", got.MayRecord(), want.MayRecord)
				}
				if !sameSet(got.NoticeTo, want.NoticeTo) {
					t.Errorf("notice_to: got %v, want %v", got.NoticeTo, want.NoticeTo)
				}
				if !sameSet(got.ExpressFrom, want.ExpressFrom) {
					t.Errorf("express_from: got %v, want %v", got.ExpressFrom, want.ExpressFrom)
				}
				if got.Beep != want.Beep {
					t.Errorf("beep: got %s, want %s", got.Beep, want.Beep)
				}
			})
		}
	}
}
