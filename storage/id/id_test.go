package id_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/storage/id"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func TestMintedIDsParseOnlyAsTheirKind(t *testing.T) {
	parsers := map[string]func(string) error{
		"call": func(s string) error { _, err := id.ParseCall(s); return err },
		"leg":  func(s string) error { _, err := id.ParseLeg(s); return err },
		"rec":  func(s string) error { _, err := id.ParseRecording(s); return err },
		"play": func(s string) error { _, err := id.ParsePlay(s); return err },
		"hook": func(s string) error { _, err := id.ParseWebhook(s); return err },
		"evt":  func(s string) error { _, err := id.ParseEvent(s); return err },
	}
	minted := map[string]string{
		"call": string(id.NewCall(noon)),
		"leg":  string(id.NewLeg(noon)),
		"rec":  string(id.NewRecording(noon)),
		"play": string(id.NewPlay(noon)),
		"hook": string(id.NewWebhook(noon)),
		"evt":  string(id.NewEvent(noon)),
	}
	for kind, s := range minted {
		for parser, parse := range parsers {
			err := parse(s)
			if parser == kind && err != nil {
				t.Errorf("parse %q as %s: got %v, want no error", s, parser, err)
			}
			if parser != kind && !errors.Is(err, id.ErrInvalid) {
				t.Errorf("parse %q as %s: got %v, want ErrInvalid", s, parser, err)
			}
		}
	}
}

func TestMintedIDsSortByTime(t *testing.T) {
	steps := []time.Duration{0, time.Microsecond, time.Millisecond - 1, time.Millisecond, time.Second, 24 * 365 * time.Hour}
	var minted []string
	for _, step := range steps {
		minted = append(minted, string(id.NewRecording(noon.Add(step))))
	}
	if !slices.IsSorted(minted) {
		t.Errorf("ids minted at growing times: got %q, want ascending order", minted)
	}
}

func TestMintedIDsDiffer(t *testing.T) {
	seen := map[id.CallID]bool{}
	for range 10_000 {
		c := id.NewCall(noon)
		if seen[c] {
			t.Fatalf("id %s was minted twice for one instant", c)
		}
		seen[c] = true
	}
}

func TestMintedIDsAreSafeInNames(t *testing.T) {
	const safe = "abcdefghijklmnopqrstuvwxyz0123456789_"
	for _, s := range []string{string(id.NewCall(noon)), string(id.NewPlay(noon))} {
		if rest := strings.Trim(s, safe); rest != "" {
			t.Errorf("id %q: got the characters %q, want only %q", s, rest, safe)
		}
	}
}

func TestParseRecordingRefuses(t *testing.T) {
	good := string(id.NewRecording(noon))
	token := strings.TrimPrefix(good, "rec_")
	cases := map[string]string{
		"empty":             "",
		"no kind":           token,
		"kind only":         "rec_",
		"upper case":        strings.ToUpper(good),
		"too short":         good[:len(good)-1],
		"too long":          good + "0",
		"path":              "rec_../" + token[3:],
		"newline inside":    "rec_" + token[:12] + "\n" + token[13:],
		"outside alphabet":  "rec_" + token[:25] + "z",
		"spare bits set":    "rec_" + token[:25] + "1",
		"not version 7":     "rec_" + token[:9] + "0" + token[10:],
		"all zero":          "rec_" + strings.Repeat("0", 26),
		"leading space":     " " + good,
		"non-ASCII look-al": "rес_" + token,
	}
	for name, input := range cases {
		t.Run(name, func(t *testing.T) {
			if got, err := id.ParseRecording(input); !errors.Is(err, id.ErrInvalid) {
				t.Errorf("ParseRecording(%q): got %q and %v, want ErrInvalid", input, got, err)
			}
		})
	}
}

func TestParsePerson(t *testing.T) {
	cases := []struct {
		name, input string
		ok          bool
	}{
		{"plain", "user-42", true},
		{"with address characters", "auth0|5f7c@example.org", true},
		{"letters outside ASCII", "zoë", true},
		{"longest", strings.Repeat("ä", id.MaxPersonLen), true},
		{"empty", "", false},
		{"too long", strings.Repeat("a", id.MaxPersonLen+1), false},
		{"space", "a b", false},
		{"no-break space", "a\u00a0b", false},
		{"newline", "a\n", false},
		{"NUL", "a\x00b", false},
		{"zero-width joiner", "a\u200db", false},
		{"right-to-left override", "a\u202eb", false},
		{"broken UTF-8", "a\xff", false},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			got, err := id.ParsePerson(tc.input)
			if tc.ok && (err != nil || string(got) != tc.input) {
				t.Errorf("ParsePerson(%q): got %q and %v, want the input back", tc.input, got, err)
			}
			if !tc.ok && !errors.Is(err, id.ErrInvalid) {
				t.Errorf("ParsePerson(%q): got %q and %v, want ErrInvalid", tc.input, got, err)
			}
		})
	}
}

func TestErrorsDoNotRepeatTheInput(t *testing.T) {
	const secret = "hunter2 hunter2"
	_, callErr := id.ParseCall(secret)
	_, personErr := id.ParsePerson(secret)
	for _, err := range []error{callErr, personErr} {
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("error text %q: got the input in it, want none of it", err)
		}
	}
}

func FuzzParseRecording(f *testing.F) {
	f.Add(string(id.NewRecording(noon)))
	f.Add("rec_")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := id.ParseRecording(s)
		if err == nil && string(got) != s {
			t.Errorf("ParseRecording(%q): got %q, want the input unchanged", s, got)
		}
	})
}

func TestParts(t *testing.T) {
	for _, part := range id.Parts() {
		if !id.ValidPart(part) {
			t.Errorf("ValidPart(%q): got false, want true", part)
		}
	}
	for _, part := range []string{"", "Member", "member ", "voice"} {
		if id.ValidPart(part) {
			t.Errorf("ValidPart(%q): got true, want false", part)
		}
	}
}
