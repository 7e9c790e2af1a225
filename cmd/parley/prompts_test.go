package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"parley/cmd/internal/config"
	"parley/recorder/consent/words"
)

func TestPromptsAreMade(t *testing.T) {
	cfg := config.Serve{Data: t.TempDir(), SpokenNotice: config.SpokenRequired, Announce: config.AnnounceAuto}
	var log strings.Builder
	first, err := openPrompts(t.Context(), cfg, zerolog.New(&log))
	if err != nil {
		t.Fatal(err)
	}
	for language := range words.SpokenTexts() {
		for l, least := range map[line]time.Duration{lineNotice: 3 * time.Second, lineRecording: time.Second, lineResumed: time.Second / 2} {
			p, ok := first.byLine[l][language]
			if !ok || p.Length() < least || l != lineNotice && p.Length() > 4*time.Second {
				t.Errorf("%s, %s: got %v, want %v or more, and announcements short\n%s", language, l, p.Length(), least, log.String())
			}
		}
	}
	second, err := openPrompts(t.Context(), cfg, zerolog.Nop())
	if err != nil || len(second.byHash) != len(first.byHash) || second.byLine[lineNotice]["de"].Hash != first.byLine[lineNotice]["de"].Hash {
		t.Errorf("second start: got %d prompts and %v, want the %d of the first", len(second.byHash), err, len(first.byHash))
	}
	if left, err := os.ReadDir(cfg.Data); err != nil || len(left) != 0 {
		t.Errorf("data folder: got %v and %v, want no sound in it", left, err)
	}
	for language, want := range map[string]string{"de-AT": "de", "EN": "en", "sv": "en", "": "en"} {
		if got, ok := second.notice(language); !ok || got.Language != want {
			t.Errorf("for %q: got %+v, want %s", language, got, want)
		}
	}
}

func TestAServerWithoutAVoice(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	cfg := config.Serve{Data: t.TempDir(), SpokenNotice: config.SpokenExtra}
	var log strings.Builder
	p, err := openPrompts(t.Context(), cfg, zerolog.New(&log))
	if err != nil || !strings.Contains(log.String(), "espeak-ng") {
		t.Errorf("extra: got %v and the log %q, want a start with a warning", err, log.String())
	}
	if _, ok := p.notice("en"); ok {
		t.Error("extra: there is a prompt without a voice")
	}
	cfg.SpokenNotice = config.SpokenRequired
	if _, err := openPrompts(t.Context(), cfg, zerolog.Nop()); err == nil || !strings.Contains(err.Error(), "--prompts") {
		t.Errorf("required: got %v, want what to do", err)
	}
}

func TestRecordingsOfTheOperator(t *testing.T) {
	dir := t.TempDir()
	cfg := config.Serve{Data: t.TempDir(), SpokenNotice: config.SpokenExtra, Prompts: dir}
	if _, err := openPrompts(t.Context(), cfg, zerolog.Nop()); err == nil || !strings.Contains(err.Error(), "notice.en.wav") {
		t.Errorf("empty folder: got %v, want what belongs there", err)
	}
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("notice.en.wav", "RIFF....WAVE")
	write("notice.de.mp3", "ID3")
	_, err := openPrompts(t.Context(), cfg, zerolog.Nop())
	for _, want := range []string{"notice.en.wav", "notice.de.mp3: name it"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("bad files: got %v, want it to name %s", err, want)
		}
	}
}
