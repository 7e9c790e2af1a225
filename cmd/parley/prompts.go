package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

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
	p.makeMissing(ctx, log)
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

// makeMissing speaks the shipped words of the languages without a recording,
// all at once. A server that cannot goes on: the notice on the screen is given
// all the same.
func (p prompts) makeMissing(ctx context.Context, log zerolog.Logger) {
	texts := words.SpokenTexts()
	languages := slices.DeleteFunc(slices.Sorted(maps.Keys(texts)), func(language string) bool {
		_, ok := p.byLanguage[language]
		return ok
	})
	made, failed := make([]prompt.Prompt, len(languages)), make([]error, len(languages))
	var work sync.WaitGroup
	for i, language := range languages {
		work.Go(func() { made[i], failed[i] = speak(ctx, language, texts[language].Notice) })
	}
	work.Wait()
	var without []string
	for i, language := range languages {
		if failed[i] != nil {
			log.Debug().Err(failed[i]).Str("language", language).Msg("spoken notice not made")
			without = append(without, language)
			continue
		}
		p.add(language, made[i])
	}
	if len(without) > 0 {
		log.Warn().Strs("languages", without).
			Msg("no spoken notice in these languages: only the one on the screen is given; install espeak-ng or give recordings with --prompts")
	}
}

// speak makes a prompt of a text. It is made anew at each start and kept in
// memory only: no sound lies on the disk in the clear, not even the server's own.
func speak(ctx context.Context, language, text string) (prompt.Prompt, error) {
	var wav, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "espeak-ng", "-v", language, "-s", "150", "--stdout", text)
	cmd.Stdout, cmd.Stderr = &wav, &stderr
	if err := cmd.Run(); err != nil {
		return prompt.Prompt{}, fmt.Errorf("espeak-ng: %w %s", err, stderr.Bytes())
	}
	return prompt.Read(&wav)
}
