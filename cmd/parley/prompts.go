package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rs/zerolog"

	"parley/cmd/internal/config"
	"parley/media/prompt"
	"parley/recorder/consent/words"
	"parley/signaling/session"
)

// prompts are the spoken notices of a server, by language and by their hash.
type prompts struct {
	byLanguage map[string]prompt.Prompt
	byHash     map[string]prompt.Prompt
}

// Notice implements hub.Prompts.
func (p prompts) Notice(hash string) (prompt.Prompt, bool) {
	found, ok := p.byHash[hash]
	return found, ok
}

// choose is the notice in a person's language, else in its main language, else
// in English: as with the words on the screen.
func (p prompts) choose(language string) (session.Prompt, bool) {
	main, _, _ := strings.Cut(language, "-")
	for _, l := range []string{language, main, "en"} {
		if found, ok := p.byLanguage[strings.ToLower(l)]; ok {
			return session.Prompt{Hash: found.Hash, Language: strings.ToLower(l)}, true
		}
	}
	return session.Prompt{}, false
}

func (p prompts) add(language string, made prompt.Prompt) {
	p.byLanguage[language], p.byHash[made.Hash] = made, made
}

// errNoVoice is why a server that must speak cannot.
var errNoVoice = errors.New("--spoken-notice required: there is nothing to play; give recordings with --prompts, or install espeak-ng")

// openPrompts reads the operator's recordings and makes what is missing.
func openPrompts(ctx context.Context, cfg config.Serve, log zerolog.Logger) (prompts, error) {
	p := prompts{byLanguage: map[string]prompt.Prompt{}, byHash: map[string]prompt.Prompt{}}
	if cfg.SpokenNotice == config.SpokenOff {
		return p, nil
	}
	if cfg.Prompts != "" {
		if err := p.readFolder(cfg.Prompts); err != nil {
			return p, err
		}
	}
	p.makeMissing(ctx, filepath.Join(cfg.Data, "prompts"), log)
	if len(p.byLanguage) == 0 && cfg.SpokenNotice == config.SpokenRequired {
		return p, errNoVoice
	}
	return p, nil
}

// readFolder reads notice.LANGUAGE.opus and .wav files. A file that cannot be
// taken is named: a server that was given recordings must play them.
func (p prompts) readFolder(dir string) error {
	names, err := filepath.Glob(filepath.Join(dir, "notice.*.*"))
	if err != nil {
		return fmt.Errorf("--prompts: %w", err)
	}
	var faults []error
	for _, name := range names {
		parts := strings.Split(filepath.Base(name), ".")
		if len(parts) != 3 || !slices.Contains([]string{"opus", "ogg", "wav"}, parts[2]) {
			faults = append(faults, fmt.Errorf("--prompts: %s: name it notice.LANGUAGE.opus or notice.LANGUAGE.wav, such as notice.en.wav", name))
			continue
		}
		made, err := readPrompt(name)
		if err != nil {
			faults = append(faults, fmt.Errorf("--prompts: %s: %w", name, err))
			continue
		}
		p.add(strings.ToLower(parts[1]), made)
	}
	if len(names) == 0 {
		faults = append(faults, fmt.Errorf("--prompts: %s holds no file such as notice.en.wav", dir))
	}
	return errors.Join(faults...)
}

func readPrompt(name string) (prompt.Prompt, error) {
	f, err := os.Open(name)
	if err != nil {
		return prompt.Prompt{}, err
	}
	p, err := prompt.Read(f)
	return p, errors.Join(err, f.Close())
}

// makeMissing speaks the shipped words of the languages without a recording. A
// server that cannot goes on: the notice on the screen is given all the same.
func (p prompts) makeMissing(ctx context.Context, dir string, log zerolog.Logger) {
	texts := words.SpokenTexts()
	var without []string
	for _, language := range slices.Sorted(maps.Keys(texts)) {
		if _, ok := p.byLanguage[language]; ok {
			continue
		}
		made, err := cachedPrompt(ctx, dir, language, texts[language].Notice)
		if err != nil {
			log.Debug().Err(err).Str("language", language).Msg("spoken notice not made")
			without = append(without, language)
			continue
		}
		p.add(language, made)
	}
	if len(without) > 0 {
		log.Warn().Strs("languages", without).
			Msg("no spoken notice in these languages: only the one on the screen is given; install espeak-ng or give recordings with --prompts")
	}
}

// cachedPrompt reads what an earlier start has made, or makes it.
func cachedPrompt(ctx context.Context, dir, language, text string) (prompt.Prompt, error) {
	sum := sha256.Sum256([]byte(text))
	name := filepath.Join(dir, fmt.Sprintf("notice.%s.%s.opus", language, hex.EncodeToString(sum[:4])))
	if p, err := readPrompt(name); err == nil {
		return p, nil
	}
	var wav, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "espeak-ng", "-v", language, "-s", "150", "--stdout", text)
	cmd.Stdout, cmd.Stderr = &wav, &stderr
	if err := cmd.Run(); err != nil {
		return prompt.Prompt{}, fmt.Errorf("espeak-ng: %w %s", err, stderr.Bytes())
	}
	p, err := prompt.Read(&wav)
	if err != nil {
		return prompt.Prompt{}, err
	}
	return p, keepPrompt(name, p)
}

// keepPrompt writes a prompt for the next start, whole or not at all.
func keepPrompt(name string, p prompt.Prompt) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	var out bytes.Buffer
	if err := p.Write(&out); err != nil {
		return err
	}
	if err := os.WriteFile(name+".new", out.Bytes(), 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}
