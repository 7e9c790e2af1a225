package prompt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"parley/media/audiomatch"
	"parley/media/ogg"
	"parley/media/opus"
)

// Errors of a recording that cannot be a prompt.
var (
	ErrFormat = errors.New("prompt: neither Ogg Opus nor WAV")
	ErrLength = errors.New("prompt: too short or too long")
)

// Bounds of a prompt: shorter is no sentence, longer keeps people from talking.
const (
	MinLength = 200 * time.Millisecond
	MaxLength = time.Minute
)

// maxFileBytes bounds a recording: a minute of 96 kHz stereo WAV.
const maxFileBytes = 24 << 20

// promptComplexity is libopus's: the ears of a telephone call hear no more, and
// a start waits for it.
const promptComplexity = 3

const frameTime = 20 * time.Millisecond

// Prompt is encoded sound. It is not changed after it was made.
type Prompt struct {
	// Frames are Opus packets of one 20 ms mono frame each.
	Frames [][]byte
	// Hash is the SHA-256 of all frames in their order, in hex.
	Hash string
}

// Length is for how long it plays.
func (p Prompt) Length() time.Duration { return time.Duration(len(p.Frames)) * frameTime }

func made(frames [][]byte) (Prompt, error) {
	p := Prompt{Frames: frames}
	if l := p.Length(); l < MinLength || l > MaxLength {
		return Prompt{}, fmt.Errorf("%w: %v, want %v to %v", ErrLength, l, MinLength, MaxLength)
	}
	h := sha256.New()
	for _, f := range frames {
		h.Write(f)
	}
	p.Hash = hex.EncodeToString(h.Sum(nil))
	return p, nil
}

// Encode makes a prompt of mono PCM at 48 kHz. The error is ErrLength or that
// of the encoder.
func Encode(pcm []int16) (Prompt, error) {
	enc, err := opus.NewEncoder(opus.Config{BitrateBps: 32000, Complexity: promptComplexity})
	if err != nil {
		return Prompt{}, err
	}
	if len(pcm) > int(MaxLength.Seconds())*opus.SampleRate {
		return Prompt{}, fmt.Errorf("%w: more than %v", ErrLength, MaxLength)
	}
	var frames [][]byte
	frame, packet := make([]int16, opus.FrameSamples48k), make([]byte, opus.MaxFramePacketBytes)
	for len(pcm) > 0 {
		n := copy(frame, pcm)
		clear(frame[n:])
		pcm = pcm[n:]
		size, err := enc.Encode(frame, packet)
		if err != nil {
			return Prompt{}, err
		}
		frames = append(frames, bytes.Clone(packet[:size]))
	}
	return made(frames)
}

// Read reads a recording. The error is ErrFormat, ErrLength, or says what is
// wrong with the file.
func Read(r io.Reader) (Prompt, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFileBytes+1))
	switch {
	case err != nil:
		return Prompt{}, fmt.Errorf("read prompt: %w", err)
	case len(data) > maxFileBytes:
		return Prompt{}, fmt.Errorf("%w: the file has more than %d MiB", ErrLength, maxFileBytes>>20)
	case bytes.HasPrefix(data, []byte("OggS")):
		return readOgg(data)
	case bytes.HasPrefix(data, []byte("RIFF")):
		return readWAV(data)
	}
	return Prompt{}, ErrFormat
}

func readWAV(data []byte) (Prompt, error) {
	wav, err := audiomatch.ReadWAV(bytes.NewReader(data))
	if err != nil {
		return Prompt{}, err
	}
	if wav.Rate < 8000 || wav.Rate > 192000 {
		return Prompt{}, fmt.Errorf("prompt: %d samples a second, want 8000 to 192000", wav.Rate)
	}
	pcm := wav.Samples
	if wav.Channels == 2 {
		pcm = make([]int16, len(wav.Samples)/2)
		for i := range pcm {
			pcm[i] = int16((int(wav.Samples[2*i]) + int(wav.Samples[2*i+1])) / 2)
		}
	}
	return Encode(resample(pcm, wav.Rate, opus.SampleRate))
}

// readOgg takes packets of one 20 ms mono frame as they are, and encodes others
// anew.
func readOgg(data []byte) (Prompt, error) {
	r, err := ogg.NewReader(bytes.NewReader(data))
	if err != nil {
		return Prompt{}, err
	}
	if r.Head().MappingFamily != 0 {
		return Prompt{}, fmt.Errorf("prompt: %d channels, want one or two", r.Head().Channels)
	}
	dec, err := opus.NewDecoder()
	if err != nil {
		return Prompt{}, err
	}
	var frames [][]byte
	var pcm []int16
	fits, buf := r.Head().Channels == 1, make([]int16, opus.MaxPacketSamples48k)
	for {
		p, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Prompt{}, err
		}
		n, err := dec.Decode(p.Data, buf)
		if err != nil {
			return Prompt{}, err
		}
		fits = fits && n == opus.FrameSamples48k
		frames, pcm = append(frames, bytes.Clone(p.Data)), append(pcm, buf[:n]...)
		if len(pcm) > int(MaxLength.Seconds())*opus.SampleRate {
			return Prompt{}, fmt.Errorf("%w: more than %v", ErrLength, MaxLength)
		}
	}
	if fits {
		return made(frames)
	}
	return Encode(pcm[min(int(r.Head().PreSkip), len(pcm)):])
}
