package words

import "testing"

// TestSpokenTexts: every shipped language has every line.
func TestSpokenTexts(t *testing.T) {
	texts := SpokenTexts()
	for _, language := range Languages() {
		if s := texts[language]; s.Notice == "" || s.Recording == "" || s.Resumed == "" {
			t.Errorf("%s: got %+v, want every line", language, s)
		}
	}
	if len(texts) < 6 {
		t.Errorf("got %d languages, want the six shipped", len(texts))
	}
}
