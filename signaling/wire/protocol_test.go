package wire

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// TestTheProtocolIsWrittenDown: docs/protocol.md has a row for each message with
// each of its fields, and names each field of what is inside of them.
func TestTheProtocolIsWrittenDown(t *testing.T) {
	text, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(text)
	inside := map[reflect.Type]bool{}
	for _, m := range clientMessages() {
		hasRow(t, doc, m.clientType(), reflect.TypeOf(m).Elem(), inside)
	}
	for _, m := range fixtures() {
		hasRow(t, doc, m.serverType(), reflect.TypeOf(m), inside)
	}
	for of := range inside {
		for name := range fields(of) {
			if !strings.Contains(doc, `"`+name+`"`) && !strings.Contains(doc, "`"+name+"`") {
				t.Errorf("the protocol has no %q, which %s has", name, of)
			}
		}
	}
}

func hasRow(t *testing.T, doc, kind string, of reflect.Type, inside map[reflect.Type]bool) {
	t.Helper()
	row := regexp.MustCompile(`(?m)^\| ` + "`" + regexp.QuoteMeta(kind) + "`" + ` \|([^|]*)\|.*$`).FindStringSubmatch(doc)
	if row == nil {
		t.Errorf("the protocol has no row for %s", kind)
		return
	}
	for name, f := range fields(of) {
		if name != "ref" && !strings.Contains(row[1], "`"+name+"`") {
			t.Errorf("the protocol's row for %s has no %s", kind, name)
		}
		gather(f.Type, inside)
	}
}

// gather collects the structs of this package in a type.
func gather(of reflect.Type, into map[reflect.Type]bool) {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Map {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || into[of] || of.PkgPath() != reflect.TypeFor[Hello]().PkgPath() {
		return
	}
	into[of] = true
	for _, f := range fields(of) {
		gather(f.Type, into)
	}
}
