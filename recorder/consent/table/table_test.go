package table

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

func TestEmbedded(t *testing.T) {
	tab, err := Embedded()
	if err != nil {
		t.Fatalf("Embedded: %v", err)
	}
	if got, want := len(tab.Codes()), 113; got != want {
		t.Errorf("places with an entry: got %d, want %d", got, want)
	}
	form := regexp.MustCompile(`^1\.2026-11-21\.[0-9a-f]{12}$`)
	if got := tab.Version(); !form.MatchString(got) {
		t.Errorf("Version: got %q, want %s", got, form)
	}
}

func TestVersionFollowsTheBytes(t *testing.T) {
	one, err := Decode(embedded)
	if err != nil {
		t.Fatal(err)
	}
	two, err := Decode(append(bytes.Clone(embedded), "# a comment\n"...))
	if err != nil {
		t.Fatal(err)
	}
	if one.Version() == two.Version() {
		t.Errorf("two different files have one version %q", one.Version())
	}
}

// replaceFirst changes the first occurrence, which must exist.
func replaceFirst(t testing.TB, old, with string) []byte {
	t.Helper()
	text := string(embedded)
	if !strings.Contains(text, old) {
		t.Fatalf("the embedded table has no %q", old)
	}
	return []byte(strings.Replace(text, old, with, 1))
}

func TestDecodeRefuses(t *testing.T) {
	const california = "  \"US-CA\":\n    name: \"California\"\n    parent: \"US\"\n    consent: all_party\n"
	tests := []struct {
		name, old, with, want string
	}{
		{"unknown key", "    contested: false\n", "    contestet: false\n", "field contestet not found"},
		{"unknown key names its line", "schema_version: 1\n", "schema_version: 1\nfoo: 2\n", "line 32: field foo"},
		{"missing key", "    explicit_opt_in: true\n", "", "missing: fallbacks.ZZ.explicit_opt_in"},
		{"null where a value is due", "    notice_before: true\n", "    notice_before: null\n", "fallbacks.ZZ.notice_before"},
		{"key twice", "  \"US-AK\":\n", "  \"US-AL\":\n", "already defined"},
		{"wrong type", "age_of_consent_for_data: 18", "age_of_consent_for_data: old", "cannot unmarshal"},
		{"age out of range", "age_of_consent_for_data: 18", "age_of_consent_for_data: 0", "outside 1 to 21"},
		{"bad rule", california, strings.Replace(california, "all_party", "every_party", 1), `US-CA: consent: "every_party"`},
		{"looser than parent", "withdrawal: may_continue", "withdrawal: must_stop", "withdrawal is looser than in its parent US"},
		{"fallback too loose", "    form: express\n", "    form: none\n", "fallback ZZ: form is looser"},
		{"no last resort", "  \"ZZ\":\n", "  \"YY\":\n", "ZZ is missing"},
		{"other schema", "schema_version: 1", "schema_version: 2", "schema_version: 2 is not 1"},
		{"other model", "third_party_server", "participant", "recorder_model"},
		{"no date", `last_checked: "2026-11-21"`, `last_checked: "soon"`, "last_checked"},
		{"unknown subdivision rule", "unknown: fallback", "unknown: parent", "subdivisions: US: unknown"},
		{"bad unlisted rule", "unlisted: parent", "unlisted: maybe", "subdivisions: CA: unlisted"},
		{"subdivision without rule", `  "AU": {unlisted: fallback, unknown: fallback}`, "", "subdivisions has no rule for AU"},
		{"alias to nowhere", `"UK": "GB"`, `"UK": "GX"`, `aliases: UK: "GX" is not listed`},
		{"alias of a listed place", `"UK": "GB"`, `"DE": "GB"`, "aliases: DE is listed"},
		{"second document", "schema_version: 1", "schema_version: 1\n---\nschema_version: 1", "more than one document"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Decode(replaceFirst(t, tt.old, tt.with))
			if err == nil {
				t.Fatalf("Decode: got no error, want one with %q", tt.want)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Decode: got %.300q, want a text with %q", err.Error(), tt.want)
			}
		})
	}
}

func TestDecodeRefusesWhole(t *testing.T) {
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "EOF"},
		{"too large", bytes.Repeat([]byte(" "), maxBytes+1), "the limit is"},
		{"trailing document", append(bytes.Clone(embedded), "\n---\na: 1\n"...), "more than one document"},
		{"not YAML", []byte("\t{"), "yaml"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Decode(tt.data)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Decode: got %v, want an error with %q", err, tt.want)
			}
		})
	}
}
