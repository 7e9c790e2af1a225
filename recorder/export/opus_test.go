package export

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"parley/media/audiomatch"
	"parley/media/ogg"
	"parley/media/opus"
)

// TestWriteVoice: a voice comes out as it was stored, to the byte.
func TestWriteVoice(t *testing.T) {
	for _, samples := range lengths {
		member, expert := phrases(samples)
		r := call(t, member, expert)
		for voice, tags := range [][]string{comments, nil} {
			var out bytes.Buffer
			if err := r.source(t).WriteVoice(&out, Voice(voice), tags); err != nil || !bytes.Equal(out.Bytes(), r.files[voice]) {
				t.Errorf("%d samples, voice %d: got %d bytes, %v, want the %d stored", samples, voice, out.Len(), err, len(r.files[voice]))
			}
		}
	}
}

func TestWriteVoiceRefuses(t *testing.T) {
	member, expert := phrases(48000)
	source := call(t, member, expert).source(t)
	if err := source.WriteVoice(&bytes.Buffer{}, Voice(2), nil); err == nil {
		t.Error("third voice: got no error")
	}
	if err := source.WriteVoice(&bytes.Buffer{}, Member, []string{"no tag"}); !errors.Is(err, ogg.ErrTags) {
		t.Errorf("bad tag: got %v, want %v", err, ogg.ErrTags)
	}
	if err := source.WriteVoice(full{}, Member, nil); !errors.Is(err, errFull) {
		t.Errorf("full disk: got %v, want %v", err, errFull)
	}
}

var errFull = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// TestWriteMix: the mix is a mono file of the same length that the reference tools like, and
// sounds like the mono WAV.
func TestWriteMix(t *testing.T) {
	for _, samples := range lengths {
		member, expert := phrases(samples)
		r := call(t, member, expert)
		var out bytes.Buffer
		if err := r.source(t).WriteMix(&out, opus.Config{}, []string{"PARLEY_MIX=1"}); err != nil {
			t.Fatalf("%d samples: %v", samples, err)
		}
		if samples == 0 {
			continue // nothing to play, which opusdec will not
		}
		said := tool(t, "opusinfo", save(t, "mix.opus", out.Bytes()))
		if strings.Contains(strings.ToUpper(said), "WARNING") || !strings.Contains(said, "Channels: 1") || !strings.Contains(said, "PARLEY_MIX=1") {
			t.Errorf("%d samples: opusinfo:\n%s", samples, said)
		}
		wav := opusdec(t, out.Bytes())
		if wav.Channels != 1 || len(wav.Samples) != samples {
			t.Errorf("%d samples: got %d in %d channels", samples, len(wav.Samples), wav.Channels)
		}
		if samples < 3*48000 {
			continue
		}
		mono := samplesOf(whole(t, r.wav(t, Mono)))
		if best, lag := likeness(t, mono, wav.Samples); best < 0.9 || lag < -1 || lag > 1 {
			t.Errorf("%d samples: likeness to the WAV %.3f at %d, want 0.9 at 0", samples, best, lag)
		}
		if got, want := audiomatch.EnergyDBFS(wav.Samples), audiomatch.EnergyDBFS(mono); got < want-1.5 || got > want+1.5 {
			t.Errorf("%d samples: got %.1f dBFS, want %.1f", samples, got, want)
		}
	}
}

// TestWriteMixFails: a stream that ends early is an error, not silence at the end.
func TestWriteMixFails(t *testing.T) {
	member, expert := phrases(3 * 48000)
	r := call(t, member, expert)
	source := r.source(t)
	source.stream = short{source.stream, source.at[2] + 5}
	if err := source.WriteMix(&bytes.Buffer{}, opus.Config{}, nil); err == nil {
		t.Error("stream cut short: got no error")
	}
	if err := source.WriteMix(&bytes.Buffer{}, opus.Config{BitrateBps: 1}, nil); err == nil {
		t.Error("bit rate of 1: got no error")
	}
	if err := source.WriteMix(full{}, opus.Config{}, nil); !errors.Is(err, errFull) {
		t.Errorf("full disk: got %v, want %v", err, errFull)
	}
}
