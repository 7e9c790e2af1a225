package words

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"parley/recorder/consent"
	"parley/recorder/consent/table"
)

func english(t testing.TB) string {
	t.Helper()
	data, err := fs.ReadFile(files, "catalogue/en.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestLoadRefuses(t *testing.T) {
	en := english(t)
	german := strings.Replace(en, "language: en", "language: de", 1)
	tests := []struct {
		name, file, text, want string
	}{
		{"a gap", "de.yaml", strings.Replace(german, `notice_title: "This call will be recorded"`, "", 1), "de.yaml: notice_title: missing"},
		{"a gap in a group", "de.yaml", strings.Replace(german, `  paused: "Recording is paused."`, "", 1), "neutral.paused: missing"},
		{"a lost placeholder", "de.yaml", strings.Replace(german, "It is kept {days} days", "Sie bleibt lange", 1), "line 20: kept_days: placeholders [], want [{days}]"},
		{"a foreign placeholder", "de.yaml", strings.Replace(german, "mark: \"A mark", "mark: \"A {place} mark", 1), "mark: placeholders [{place}]"},
		{"an unknown key", "de.yaml", german + "\nmore: \"x\"\n", "field more not found"},
		{"a wrong name", "fr.yaml", german, `language is "de", the file name says "fr"`},
		{"a second document", "de.yaml", german + "\n---\nlanguage: de\n", "more than one document"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := fstest.MapFS{
				"en.yaml": {Data: []byte(en)},
				tt.file:   {Data: []byte(tt.text)},
			}
			_, err := load(fsys, nil)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("load: got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestLoadNeedsEnglish(t *testing.T) {
	_, err := load(fstest.MapFS{"de.yaml": {Data: []byte(strings.Replace(english(t), "language: en", "language: de", 1))}}, nil)
	if err == nil || !strings.Contains(err.Error(), `no catalogue for "en"`) {
		t.Errorf("load: got %v, want an error for the missing English", err)
	}
}

func TestLoadTakesAnotherLanguage(t *testing.T) {
	de := strings.Replace(english(t), "language: en", "language: de", 1) + "\n"
	de = strings.Replace(de, "places:\n", "places:\n  \"DE\": \"Deutschland\"\n", 1)
	all, err := Catalogue{}.With(fstest.MapFS{"de.yaml": {Data: []byte(de)}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := all.book("de").Places["DE"], "Deutschland"; got != want {
		t.Errorf("place name: got %q, want %q", got, want)
	}
}

// TestShippedLanguages: six languages with every text and every place. What is
// missing or has other placeholders than English does not even load.
func TestShippedLanguages(t *testing.T) {
	if got, want := Languages(), []string{"de", "en", "es", "fr", "he", "pt"}; !slices.Equal(got, want) {
		t.Fatalf("languages: got %v, want %v", got, want)
	}
	rules, err := table.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	english := flatten(books()["en"])
	for lang, texts := range books() {
		for key, text := range flatten(texts) {
			if lang != "en" && key != "named_role" && text == english[key] && len(text) > 12 && !strings.HasPrefix(key, "places.") {
				t.Errorf("%s: %s is not translated: %q", lang, key, text)
			}
			if strings.TrimSpace(text) != text {
				t.Errorf("%s: %s has white space at an end: %q", lang, key, text)
			}
		}
		if lang == "en" {
			continue // English takes the names of the table
		}
		for _, code := range slices.Concat(rules.Codes(), rules.Fallbacks()) {
			if texts.Places[code] == "" {
				t.Errorf("%s: no name of %s", lang, code)
			}
		}
	}
}

// TestNothingOfEnglishIsLeft: whatever the verdict, a person reads one language
// and no placeholder. The law's sources alone are in that of the table.
func TestNothingOfEnglishIsLeft(t *testing.T) {
	rules, err := table.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	answers := []consent.Answer{"", consent.AnswerExpress, consent.AnswerDeclined, consent.AnswerContinued}
	for _, lang := range Languages() {
		ctx := Context{
			Language: lang, Operator: "O", Contact: "C", RetentionDays: 90, Purposes: []string{"P"}, Recipients: []string{"R"},
			StoredIn: "S", CourtUse: true, Transcript: true, ComplaintBody: "B",
		}
		for _, place := range slices.Concat(rules.Codes(), []string{"", "US", "KE"}) {
			for i, age := range []int{40, 17, 12} {
				f := two(aged(at(consent.Caller, answers[i], place), age), at(consent.Callee, answers[i+1], "US-TX"))
				v := rules.Judge(consent.Policy{}, f)
				q := Ask(v, consent.Caller, ctx)
				q.Sources = nil
				text := render(q) + strings.Join(Catalogue{}.Account(v, ctx), "\n")
				if strings.ContainsAny(text, "{}") || strings.Contains(text, "%!") {
					t.Fatalf("%s, %q: a placeholder was left:\n%s", lang, place, text)
				}
				for _, word := range []string{" the ", "recording", "agree"} {
					if lang != "en" && strings.Contains(text, word) {
						t.Fatalf("%s, %q: %q is English:\n%s", lang, place, word, text)
					}
				}
			}
		}
	}
}

// TestOwnLanguage: an operator adds a language without a build, and it serves
// questions, states, reasons and accounts alike.
func TestOwnLanguage(t *testing.T) {
	it := strings.Replace(english(t), "language: en", "language: it", 1)
	it = strings.Replace(it, `question_title: "May`, `question_title: "Può`, 1)
	it = strings.Replace(it, `  on: "Recording`, `  on: "Registrazione`, 1)
	c, err := Catalogue{}.With(fstest.MapFS{"it.yaml": {Data: []byte(it)}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(c.Languages(), "it") || !slices.Contains(c.Languages(), "de") {
		t.Errorf("languages: got %v, want Italian beside those that are shipped", c.Languages())
	}
	v := judge(t, two(at(consent.Caller, "", "IT"), at(consent.Callee, "", "DE")))
	if q := c.Ask(v, consent.Caller, Context{Language: "it-IT"}); q.Language != "it" || !strings.HasPrefix(q.Title, "Può") {
		t.Errorf("question: got %s %q", q.Language, q.Title)
	}
	for tag, want := range map[string]string{"it-IT": "it", "DE-at": "de", "xx": "en", "": "en"} {
		if got := c.Language(tag); got != want {
			t.Errorf("language for %q: got %s, want %s", tag, got, want)
		}
	}
	if n := c.Neutral("it", StateOn); n != "Registrazione is on." {
		t.Errorf("state: got %q", n)
	}
	if q := Ask(v, consent.Caller, Context{Language: "it"}); q.Language != "en" {
		t.Errorf("without the operator's file: got %s", q.Language)
	}
}
