package words

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"parley/recorder/consent"
	"parley/recorder/consent/table"
)

var update = flag.Bool("update", false, "write the golden files anew")

// embedded are the project's own rules, read once.
var embedded = sync.OnceValues(table.Embedded)

func judge(t testing.TB, f consent.Facts) consent.Verdict {
	t.Helper()
	tab, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	return tab.Judge(consent.Policy{}, f)
}

func at(p consent.Party, a consent.Answer, places ...string) consent.PartyFacts {
	f := consent.PartyFacts{Party: p, Answer: a}
	for _, place := range places {
		f.Signals = append(f.Signals, consent.Signal{Place: place, Source: consent.SourceDeclared})
	}
	return f
}

func aged(p consent.PartyFacts, age int) consent.PartyFacts {
	p.Age = &age
	return p
}

func two(a, b consent.PartyFacts) consent.Facts {
	return consent.Facts{Parties: []consent.PartyFacts{a, b}}
}

func fullContext() Context {
	return Context{
		Language: "en", Operator: "Example Advice Ltd", Contact: "privacy@example.com",
		RetentionDays: 90, Purposes: []string{"checking the quality of advice"},
		StoredIn: "Germany", ComplaintBody: "the data protection authority where you live",
		Others: map[consent.Party]Other{consent.Callee: {Name: "Dr. Lee", Role: "tax adviser"}},
	}
}

// render writes everything a person sees, in reading order.
func render(q Question) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s, %s\n# %s\n", q.Kind, q.Language, q.Version, q.Title)
	for _, line := range q.Body {
		fmt.Fprintf(&b, "%s\n", line)
	}
	fmt.Fprintf(&b, "[%s] [%s]\n## %s\n", q.Yes, q.No, q.DetailsTitle)
	for _, line := range q.WhatHappens {
		fmt.Fprintf(&b, "- %s\n", line)
	}
	fmt.Fprintf(&b, "## %s\n", q.WhyTitle)
	for _, line := range q.Why {
		fmt.Fprintf(&b, "- %s\n", line)
	}
	for _, s := range q.Sources {
		fmt.Fprintf(&b, "* %s, %s: %s\n", s.Place, s.Citation, s.Says)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	vendor := fullContext()
	vendor.Recipients, vendor.Transcript, vendor.CourtUse, vendor.RetentionDays = []string{"Scribe Inc. (transcription by AI)"}, true, true, 1
	guarded := aged(at(consent.Caller, consent.AnswerNone, "DE"), 12)
	guarded.GuardianAnswer = consent.AnswerExpress
	serverInFrance := two(at(consent.Caller, "", "US-TX"), at(consent.Callee, "", "US-NY"))
	serverInFrance.Recorder = []consent.Signal{{Place: "FR", Source: consent.SourceServer}}
	three := two(at(consent.Caller, "", "US-CA"), at(consent.Callee, "", "US-TX"))
	three.Parties = append(three.Parties, at(consent.Third, "", "FR", "US-NY"))
	in := func(language string) Context {
		c := fullContext()
		c.Language = language
		return c
	}
	ending := fullContext()
	ending.NoEnds = true
	earlier := fullContext()
	earlier.AgreedOn = "2026-03-14"
	abroad := two(at(consent.Caller, "", "US-CA"), at(consent.Callee, "", "DE"))
	tests := []struct {
		name  string
		facts consent.Facts
		party consent.Party
		ctx   Context
	}{
		{"express_de", abroad, consent.Caller, in("de")},
		{"express_fr", abroad, consent.Caller, in("fr")},
		{"express_es", abroad, consent.Caller, in("es")},
		{"express_pt", abroad, consent.Caller, in("pt")},
		{"express_he", abroad, consent.Caller, in("he")},
		{"agreed_earlier", two(at(consent.Caller, "", "US-TX"), at(consent.Callee, "", "US-NY")), consent.Callee, earlier},
		{"express_no_ends", abroad, consent.Caller, ending},
		{"notice_no_ends", two(at(consent.Caller, "", "US-CA"), at(consent.Callee, "", "US-TX")), consent.Caller, ending},
		{"three_de", three, consent.Third, in("de")},
		{"express", two(at(consent.Caller, "", "US-CA"), at(consent.Callee, "", "DE")), consent.Caller, fullContext()},
		{"notice", two(at(consent.Caller, "", "US-CA"), at(consent.Callee, "", "US-TX")), consent.Caller, vendor},
		{"one_party", two(at(consent.Caller, "", "US-TX"), at(consent.Callee, "", "US-NY")), consent.Callee, fullContext()},
		{"minor", two(aged(at(consent.Caller, "", "US-TX"), 16), at(consent.Callee, "", "US-CA")), consent.Caller, fullContext()},
		{"beside_a_minor", two(aged(at(consent.Caller, "", "US-TX"), 16), at(consent.Callee, "", "US-NY")), consent.Callee, fullContext()},
		{"child_guardian_agreed", two(guarded, at(consent.Callee, consent.AnswerExpress, "DE")), consent.Caller, fullContext()},
		{"child_no_guardian", two(aged(at(consent.Caller, "", "DE"), 12), at(consent.Callee, "", "DE")), consent.Caller, fullContext()},
		{"unknown", two(at(consent.Caller, ""), at(consent.Callee, "", "US")), consent.Caller, Context{}},
		{"recorder", serverInFrance, consent.Caller, fullContext()},
		{"three", three, consent.Third, fullContext()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := render(Ask(judge(t, tt.facts), tt.party, tt.ctx))
			file := filepath.Join("testdata", tt.name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
			if strings.ContainsAny(got, "{}") {
				t.Errorf("a placeholder was left:\n%s", got)
			}
		})
	}
}

func TestKind(t *testing.T) {
	gone := at(consent.Caller, "", "DE")
	gone.Left = true
	unlawful := two(at(consent.Caller, "", "US-TX"), at(consent.Callee, "", "US-TX"))
	unlawful.Unlawful = true
	tests := []struct {
		name  string
		facts consent.Facts
		party consent.Party
		want  Kind
	}{
		{"everybody must agree", two(at(consent.Caller, "", "DE"), at(consent.Callee, "", "DE")), consent.Callee, KindQuestion},
		{"already agreed", two(at(consent.Caller, "express", "DE"), at(consent.Callee, "", "DE")), consent.Caller, KindQuestion},
		{"telling is enough", two(at(consent.Caller, "", "US-CA"), at(consent.Callee, "", "US-CA")), consent.Callee, KindNotice},
		{"one yes is enough", two(at(consent.Caller, "", "US-TX"), at(consent.Callee, "", "US-TX")), consent.Callee, KindQuestion},
		{"a minor where telling is enough", two(aged(at(consent.Caller, "", "US-CA"), 15), at(consent.Callee, "", "US-CA")), consent.Caller, KindQuestion},
		{"beside that minor", two(aged(at(consent.Caller, "", "US-CA"), 15), at(consent.Callee, "", "US-CA")), consent.Callee, KindNotice},
		{"unlawful", unlawful, consent.Caller, KindNone},
		{"left", two(gone, at(consent.Callee, "", "DE")), consent.Caller, KindNone},
		{"not on the call", two(gone, at(consent.Callee, "", "DE")), consent.Third, KindNone},
		{"beside a child who may not", two(aged(at(consent.Caller, "", "DE"), 12), at(consent.Callee, "", "DE")), consent.Callee, KindNone},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Ask(judge(t, tt.facts), tt.party, fullContext()).Kind; got != tt.want {
				t.Errorf("kind: got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestOthersDoNotLearnOfAMinor(t *testing.T) {
	child := aged(at(consent.Caller, consent.AnswerNone, "DE"), 12)
	child.GuardianAnswer = consent.AnswerExpress
	child.Answer = consent.AnswerExpress
	text := render(Ask(judge(t, two(child, at(consent.Callee, "", "DE"))), consent.Callee, fullContext()))
	for _, word := range []string{"guardian", "parent", "child", "minor", "18", "age of"} {
		if strings.Contains(text, word) {
			t.Errorf("the expert's text says %q:\n%s", word, text)
		}
	}
}

func TestHashFollowsTheWording(t *testing.T) {
	v := judge(t, two(at(consent.Caller, "", "US-CA"), at(consent.Callee, "", "DE")))
	base := Ask(v, consent.Caller, fullContext())
	if again := Ask(v, consent.Caller, fullContext()); again.Hash != base.Hash || len(base.Hash) != 64 {
		t.Errorf("hash of the same text: got %q, want %q of 64 digits", again.Hash, base.Hash)
	}
	other := fullContext()
	other.RetentionDays = 91
	changes := map[string]Question{
		"retention":    Ask(v, consent.Caller, other),
		"party":        Ask(v, consent.Callee, fullContext()),
		"kind":         Ask(v, consent.Third, fullContext()),
		"edited title": func() Question { q := base; q.Title = "x"; return q.sealed() }(),
	}
	for name, q := range changes {
		if q.Hash == base.Hash {
			t.Errorf("%s: the hash did not change", name)
		}
	}
}

func TestNamesAreNotTemplates(t *testing.T) {
	ctx := fullContext()
	ctx.Others = map[consent.Party]Other{consent.Callee: {Name: "{place} <b>"}}
	q := Ask(judge(t, two(at(consent.Caller, "", "US-CA"), at(consent.Callee, "", "DE"))), consent.Caller, ctx)
	if want := "You are in California and {place} <b> is in Germany."; q.Why[0] != want {
		t.Errorf("why: got %q, want %q", q.Why[0], want)
	}
	if !strings.Contains(string(q.Canonical()), "{place} <b>") {
		t.Errorf("canonical: the name is escaped: %s", q.Canonical())
	}
}

func TestLanguageFallsBack(t *testing.T) {
	for _, tag := range []string{"", "en", "EN-gb", "tlh-Latn", "-", "x"} {
		if got := Ask(consent.Verdict{}, consent.Caller, Context{Language: tag}).Language; got != "en" {
			t.Errorf("language for %q: got %q, want en", tag, got)
		}
	}
	if got := Languages(); !slices.Contains(got, "en") {
		t.Errorf("Languages: got %v, want en among them", got)
	}
}

func TestNeutral(t *testing.T) {
	tx := func(a, b consent.Answer) consent.Verdict {
		return judge(t, two(at(consent.Caller, a, "US-TX"), at(consent.Callee, b, "US-TX")))
	}
	child := judge(t, two(aged(at(consent.Caller, "express", "US-TX"), 9), at(consent.Callee, "express", "US-TX")))
	tests := []struct {
		name  string
		state State
		want  string
	}{
		{"on", StateOf(tx("express", "")), "Recording is on."},
		{"caller said no", StateOf(tx("declined", "express")), "Recording is off: not everybody agreed."},
		{"callee said no", StateOf(tx("express", "declined")), "Recording is off: not everybody agreed."},
		{"nobody answered", StateOf(tx("", "")), "Recording is off until everybody has been told and asked."},
		{"child", StateOf(child), "This call cannot be recorded."},
		{"paused", StatePaused, "Recording is paused."},
		{"stopped", StateStopped, "Recording stopped."},
		{"unknown state", "happy", "This call cannot be recorded."},
	}
	for _, tt := range tests {
		if got := Neutral("en", tt.state); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestContextValidate(t *testing.T) {
	if err := fullContext().Validate(); err != nil {
		t.Errorf("full context: got %v, want no error", err)
	}
	err := Context{}.Validate()
	for _, want := range []string{"operator", "contact", "purposes", "place of storage", "complaint body"} {
		if err == nil || !strings.Contains(err.Error(), want+": missing") {
			t.Errorf("empty context: got %v, want an error that names %s", err, want)
		}
	}
}
