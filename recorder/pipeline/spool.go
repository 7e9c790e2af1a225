package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"time"

	"parley/recorder/journal"
	"parley/recorder/render"
	"parley/storage/envelope"
	"parley/storage/id"
)

// sealedFile is a file of the spool that seals what is written to it.
type sealedFile struct {
	path   string
	file   *os.File
	hash   hash.Hash
	size   int64
	seal   io.WriteCloser
	closed bool
}

func createSealed(path string, recipient string) (*sealedFile, error) {
	r, err := envelope.ParseRecipient(recipient)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	s := &sealedFile{path: path, file: f, hash: sha256.New()}
	if s.seal, err = envelope.SealWriter(writerFunc(s.writeSealed), r); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(path))
	}
	return s, nil
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func (s *sealedFile) Write(p []byte) (int, error) { return s.seal.Write(p) }

func (s *sealedFile) writeSealed(p []byte) (int, error) {
	n, err := s.file.Write(p)
	s.hash.Write(p[:n])
	s.size += int64(n)
	return n, err
}

// finish ends the sealed stream. The file need not be durable: as long as it is
// not stored, the journal is what counts.
func (s *sealedFile) finish() error {
	s.closed = true
	return errors.Join(s.seal.Close(), s.file.Close())
}

func (s *sealedFile) sum() string { return hex.EncodeToString(s.hash.Sum(nil)) }

// spool is what belongs to the two voices of a recording, on its way to the
// store. Each voice's peaks are sealed to that voice's key as well.
type spool struct {
	voices   [2]*sealedFile
	peaks    [2]*sealedFile // once the render has ended
	drawings [2]*drawing
	newPeaks func(leg int) (*sealedFile, error)
	kept     bool
}

const (
	objectSuffix = ".opus.age"
	peaksSuffix  = ".peaks.age"
)

var partOfLeg = [2]string{id.PartMember, id.PartExpert}

// openRender opens the spool of a recording and a renderer that writes to it.
func (p *Pipeline) openRender(h journal.Header, how plan) (*spool, *render.Renderer, error) {
	create := func(leg int, suffix string) (*sealedFile, error) {
		return createSealed(p.path(h.Recording, partOfLeg[leg]+suffix), h.Lanes[journal.VoiceLane(leg)].Recipient)
	}
	s := &spool{newPeaks: func(leg int) (*sealedFile, error) { return create(leg, peaksSuffix) }}
	cfg := render.Config{Modes: how.modes, Encoder: p.cfg.Encoder, Pauses: p.cfg.Pauses, Comments: comments(h)}
	cfg.Heard = func(leg int, h render.Heard) uint8 { return s.drawings[leg].hear(h) }
	for leg := range s.voices {
		var err error
		if s.voices[leg], err = create(leg, objectSuffix); err == nil {
			s.drawings[leg], err = newDrawing()
		}
		if err != nil {
			s.discard()
			return nil, nil, fmt.Errorf("open the spool of %s: %w", h.Recording, err)
		}
		cfg.Voices[leg] = s.voices[leg]
	}
	ren, err := render.New(cfg)
	if err != nil {
		s.discard()
		return nil, nil, err
	}
	return s, ren, nil
}

// comments bind each stream to its recording and voice, inside the seal.
func comments(h journal.Header) (c [3][]string) {
	for i, voice := range []string{id.PartMember, id.PartExpert, "both"} {
		c[i] = []string{"PARLEY_RECORDING=" + string(h.Recording), "PARLEY_VOICE=" + voice}
	}
	return c
}

// files are all that were made.
func (s *spool) files() (out []*sealedFile) {
	for _, f := range []*sealedFile{s.voices[0], s.voices[1], s.peaks[0], s.peaks[1]} {
		if f != nil {
			out = append(out, f)
		}
	}
	return out
}

// finish seals the peaks of voices of total samples and ends all files.
func (s *spool) finish(total int64) error {
	for leg, d := range s.drawings {
		data, err := d.finish(total)
		if err != nil {
			return err
		}
		if s.peaks[leg], err = s.newPeaks(leg); err != nil {
			return fmt.Errorf("open the peaks: %w", err)
		}
		if _, err := s.peaks[leg].Write(data); err != nil {
			return fmt.Errorf("write %s: %w", s.peaks[leg].path, err)
		}
	}
	for _, f := range s.files() {
		if err := f.finish(); err != nil {
			return fmt.Errorf("finish %s: %w", f.path, err)
		}
	}
	return nil
}

// discard closes and removes an unfinished spool.
func (s *spool) discard() {
	if s.kept {
		return
	}
	for _, f := range s.files() {
		if !f.closed {
			f.closed = true
			_ = f.file.Close() // it is removed in the next line
		}
		_ = os.Remove(f.path) // a file that stays is overwritten by the next render
	}
}

// rendered is a finished render.
type rendered struct {
	out    *spool
	result render.Result
	spans  []journalSpan
	marks  []journal.Event
	silent [2][]stretch // of each leg: nothing came
	still  [2][]stretch // packets came, all of digital silence
	plan   plan
}

func finishRender(out *spool, ren *render.Renderer, s spans, how plan) (rendered, error) {
	closed := s.closed()
	least := time.Duration(0)
	if n := len(closed); n > 0 {
		least = time.Duration(closed[n-1].close) * time.Microsecond
	}
	res, err := ren.Finish(least)
	if err != nil {
		return rendered{}, err
	}
	if err := out.finish(res.Layout.TotalSamples); err != nil {
		return rendered{}, err
	}
	done := rendered{out: out, result: res, spans: closed, marks: s.marks, plan: how}
	for leg := range s.voices {
		done.silent[leg] = s.voices[leg].silences(closed)
		done.still[leg] = without(s.sound[leg].silences(closed), done.silent[leg])
	}
	return done, nil
}
