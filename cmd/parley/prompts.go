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

// line is one of the things that the server says, and begins the name of its files.
type line string

const (
	lineNotice    line = "notice"
	lineRecording line = "recording"
	lineResumed   line = "resumed"
)

var lines = []line{lineNotice, lineRecording, lineResumed}

// prompts are what a server says, by line and language and by their hash.
type prompts struct {
	byLine map[line]map[string]prompt.Prompt
	byHash map[string]prompt.Prompt
	tone   prompt.Prompt
}

// Notice implements hub.Prompts.
func (p prompts) Notice(hash string) (prompt.Prompt, bool) {
	found, ok := p.byHash[hash]
	return found, ok
}

// choose is a line in a person's language, else in its main language, else in
// English: as with the words on the screen.
func (p prompts) choose(said line, language string) (session.Prompt, bool) {
	main, _, _ := strings.Cut(language, "-")
	for _, l := range []string{language, main, "en"} {
		if found, ok := p.byLine[said][strings.ToLower(l)]; ok {
			return session.Prompt{Hash: found.Hash, Language: strings.ToLower(l)}, true
		}
	}
	return session.Prompt{}, false
}

func (p prompts) notice(language string) (session.Prompt, bool) {
	return p.choose(lineNotice, language)
}

// announcement is what begins a span of a recording.
func (p prompts) announcement(language string, again bool) (session.Prompt, bool) {
	if again {
		return p.choose(lineResumed, language)
	}
	return p.choose(lineRecording, language)
}

func (p prompts) add(said line, language string, made prompt.Prompt) {
	if p.byLine[said] == nil {
		p.byLine[said] = map[string]prompt.Prompt{}
	}
	p.byLine[said][language], p.byHash[made.Hash] = made, made
}

// errNoVoice is why a server that must speak cannot.
var errNoVoice = errors.New("--spoken-notice required: there is nothing to play; give recordings with --prompts, or install espeak-ng")

// spokenLines are the lines that a server with these settings says.
func spokenLines(cfg config.Serve) []line {
	var said []line
	if cfg.SpokenNotice != config.SpokenOff {
		said = append(said, lineNotice)
	}
	if cfg.Announce == config.AnnounceOn || cfg.Announce == config.AnnounceAuto && cfg.SpokenNotice != config.SpokenOff {
		said = append(said, lineRecording, lineResumed)
	}
	return said
}

// openPrompts reads the operator's recordings and makes what is missing.
func openPrompts(ctx context.Context, cfg config.Serve, log zerolog.Logger) (prompts, error) {
	p := prompts{byLine: map[line]map[string]prompt.Prompt{}, byHash: map[string]prompt.Prompt{}}
	var err error
	if p.tone, err = prompt.Tone(); err != nil {
		return p, fmt.Errorf("make the tone: %w", err)
	}
	said := spokenLines(cfg)
	if len(said) == 0 {
		return p, nil
	}
	if cfg.Prompts != "" {
		if err := p.readFolder(cfg.Prompts, said); err != nil {
			return p, err
		}
	}
	p.makeMissing(ctx, said, log)
	if len(p.byLine[lineNotice]) == 0 && cfg.SpokenNotice == config.SpokenRequired {
		return p, errNoVoice
	}
	return p, nil
}

// readFolder reads files such as notice.LANGUAGE.opus and recording.LANGUAGE.wav.
// A file that cannot be taken is named: a server that was given recordings must
// play them.
func (p prompts) readFolder(dir string, said []line) error {
	var faults []error
	found := 0
	for _, l := range lines {
		names, err := filepath.Glob(filepath.Join(dir, string(l)+".*.*"))
		if err != nil {
			return fmt.Errorf("--prompts: %w", err)
		}
		found += len(names)
		for _, name := range names {
			if err := p.readFile(name, l, slices.Contains(said, l)); err != nil {
				faults = append(faults, fmt.Errorf("--prompts: %s: %w", name, err))
			}
		}
	}
	if found == 0 {
		faults = append(faults, fmt.Errorf("--prompts: %s holds no file such as notice.en.wav", dir))
	}
	return errors.Join(faults...)
}

func (p prompts) readFile(name string, l line, said bool) error {
	parts := strings.Split(filepath.Base(name), ".")
	if len(parts) != 3 || !slices.Contains([]string{"opus", "ogg", "wav"}, parts[2]) {
		return fmt.Errorf("name it %s.LANGUAGE.opus or %s.LANGUAGE.wav, such as %s.en.wav", l, l, l)
	}
	made, err := readPrompt(name)
	if err == nil && said {
		p.add(l, strings.ToLower(parts[1]), made)
	}
	return err
}

func readPrompt(name string) (prompt.Prompt, error) {
	f, err := os.Open(name)
	if err != nil {
		return prompt.Prompt{}, err
	}
	p, err := prompt.Read(f)
	return p, errors.Join(err, f.Close())
}

// missing is one line that is to be made.
type missing struct {
	line           line
	language, text string
	made           prompt.Prompt
	err            error
}

// makeMissing speaks the shipped words of what there is no recording of, all at
// once. A server that cannot goes on: the notice on the screen is given all the
// same.
func (p prompts) makeMissing(ctx context.Context, said []line, log zerolog.Logger) {
	todo := p.missing(said)
	var work sync.WaitGroup
	for i := range todo {
		work.Go(func() { todo[i].made, todo[i].err = speak(ctx, todo[i].language, todo[i].text) })
	}
	work.Wait()
	without := map[string]bool{}
	for _, m := range todo {
		if m.err != nil {
			log.Debug().Err(m.err).Str("language", m.language).Str("line", string(m.line)).Msg("line not made")
			without[m.language] = true
			continue
		}
		p.add(m.line, m.language, m.made)
	}
	if len(without) > 0 {
		log.Warn().Strs("languages", slices.Sorted(maps.Keys(without))).
			Msg("no spoken notice or no announcement in these languages: only the notice on the screen is given; install espeak-ng or give recordings with --prompts")
	}
}

func (p prompts) missing(said []line) (todo []missing) {
	texts := words.SpokenTexts()
	for _, language := range slices.Sorted(maps.Keys(texts)) {
		text := map[line]string{
			lineNotice: texts[language].Notice, lineRecording: texts[language].Recording, lineResumed: texts[language].Resumed,
		}
		for _, l := range said {
			if _, ok := p.byLine[l][language]; !ok {
				todo = append(todo, missing{line: l, language: language, text: text[l]})
			}
		}
	}
	return todo
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
