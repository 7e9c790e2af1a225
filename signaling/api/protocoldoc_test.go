package api

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"parley/signaling/api/openapi"
)

// TestTheProtocolHasEveryCall: docs/protocol.md has a row for each call of the API. What
// stands in braces may have another name there.
func TestTheProtocolHasEveryCall(t *testing.T) {
	text, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	braces := regexp.MustCompile(`\{[^}]*\}`)
	doc, err := openapi.New()
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "| `") {
			rows = append(rows, braces.ReplaceAllString(line, "{}"))
		}
	}
	for _, route := range doc.Routes() {
		method, path, _ := strings.Cut(route, " ")
		if method == "HEAD" {
			continue // as GET
		}
		want := regexp.MustCompile("^\\| `(?:[A-Z]+`, `)?" + method + "(?:`, `[A-Z]+)? " + regexp.QuoteMeta(braces.ReplaceAllString(path, "{}")) + "[`?]")
		found := false
		for _, row := range rows {
			found = found || want.MatchString(row)
		}
		if !found {
			t.Errorf("the protocol has no row for %s", route)
		}
	}
}
