package words

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
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
		{"a lost placeholder", "de.yaml", strings.Replace(german, "It is kept {days} days", "Sie bleibt lange", 1), "line 18: kept_days: placeholders [], want [{days}]"},
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
