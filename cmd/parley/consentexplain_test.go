package main

import (
	"encoding/json"
	"strings"
	"testing"

	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/consent/words"
	"parley/storage/chain"
)

// TestHoldIsTold: who put the call on hold, that nothing was recorded, and who ended
// it, in every language.
func TestHoldIsTold(t *testing.T) {
	body, err := json.Marshal(ledger.HoldChanged{Side: ledger.Expert})
	if err != nil {
		t.Fatal(err)
	}
	for language, want := range map[string][2]string{
		"en": {"nothing was recorded", "off hold"}, "de": {"nichts wurde aufgenommen", "zurück"}, "fr": {"rien n'a été enregistré", "repris"},
		"es": {"no se grabó nada", "recuperó"}, "he": {"ובלי הקלטה", "סוף ההמתנה"}, "pt": {"nada foi gravado", "retomou"},
	} {
		tell := teller{ctx: words.Context{Language: language, Others: map[consent.Party]words.Other{consent.Callee: {Name: "Dr. Lee"}}}}
		for i, kind := range []string{ledger.KindHold, ledger.KindUnhold} {
			text, err := tell.text(chain.Entry{Kind: kind, Body: body})
			if err != nil || !strings.Contains(text, want[i]) || !strings.Contains(text, "Dr. Lee") {
				t.Errorf("%s in %s: got %q and %v, want %q by name", kind, language, text, err, want[i])
			}
		}
	}
}

// TestThePartBeforeIsTold: whether what was recorded before consent was taken back
// was kept or erased.
func TestThePartBeforeIsTold(t *testing.T) {
	for part, want := range map[string]string{"kept": "is kept", "erased": "was erased", "": "part.before"} {
		body, err := json.Marshal(ledger.PartDecided{Side: ledger.Expert, Part: part, Why: "chosen"})
		if err != nil {
			t.Fatal(err)
		}
		tell := teller{ctx: words.Context{Language: "en", Others: map[consent.Party]words.Other{consent.Callee: {Name: "Dr. Lee"}}}}
		if text, err := tell.text(chain.Entry{Kind: ledger.KindPart, Body: body}); err != nil || !strings.Contains(text, want) {
			t.Errorf("a part that is %q: got %q and %v, want %q", part, text, err, want)
		}
	}
}
