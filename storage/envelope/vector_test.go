package envelope_test

import (
	"os"
	"path/filepath"
	"testing"

	"parley/storage/envelope"
	"parley/storage/id"
)

// TestVersion1StaysReadable opens what was sealed when the format was made. The
// key in testdata has never been used for anything else.
func TestVersion1StaysReadable(t *testing.T) {
	read := func(name string) []byte {
		content, err := os.ReadFile(filepath.Join("testdata", "v1", name))
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	// Parsed, not opened as a file: a checkout does not keep the file's mode.
	m := parseMaster(t, string(read("master.key")))
	b := envelope.Binding{Recording: "rec_06eeodtmfdrkv5a2jj98bvamj4", Part: id.PartExpert}
	identity, err := m.OpenKey(read("expert.envelope"), b)
	if err != nil {
		t.Fatalf("OpenKey: got %v, want no error", err)
	}
	if got, err := envelope.OpenBytes(read("object.age"), identity); err != nil || string(got) != "Sealed by version 1.\n" {
		t.Errorf("OpenBytes: got %q and %v, want the text that was sealed", got, err)
	}
	if got, err := m.OpenSecret("api-key", read("api-key.secret")); err != nil || string(got) != "not a secret: a test vector" {
		t.Errorf("OpenSecret: got %q and %v, want the text that was sealed", got, err)
	}
}
