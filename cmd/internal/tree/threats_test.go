package tree

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestTheThreatModelNamesTests: each test that docs/threat-model.md names is there.
func TestTheThreatModelNamesTests(t *testing.T) {
	const root = "../../.."
	text, err := os.ReadFile(root + "/docs/threat-model.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`([a-z0-9/]+)\\.((?:Test|Fuzz)\\w+)`").FindAllStringSubmatch(string(text), -1)
	if len(named) < 50 {
		t.Fatalf("it names %d tests", len(named))
	}
	for _, n := range named {
		if !hasTest(t, filepath.Join(root, n[1]), n[2]) {
			t.Errorf("the threat model names %s of %s, which there is not", n[2], n[1])
		}
	}
}

func hasTest(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := filepath.Glob(folder + "/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`(?m)^func ` + name + `\(`)
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if want.Match(source) {
			return true
		}
	}
	return false
}
