package prompt

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"parley/media/audiomatch"
	"parley/media/ogg"
	"parley/media/opus"
)

func sine(rate, channels int, hz float64, d time.Duration) audiomatch.WAV {
	w := audiomatch.WAV{Rate: rate, Channels: channels}
	for i := range int(d.Seconds() * float64(rate)) {
		for range channels {
			w.Samples = append(w.Samples, int16(12000*math.Sin(2*math.Pi*hz*float64(i)/float64(rate))))
		}
	}
	return w
}

func file(t *testing.T, w audiomatch.WAV) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := w.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// crossings counts how often the decoded prompt goes up through zero a second.
func crossings(t *testing.T, p Prompt) float64 {
	t.Helper()
	dec, err := opus.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	var pcm []int16
	buf := make([]int16, opus.MaxPacketSamples48k)
	for _, f := range p.Frames {
		n, err := dec.Decode(f, buf)
		if err != nil || n != opus.FrameSamples48k {
			t.Fatalf("a frame of %d samples, %v, want 20 ms", n, err)
		}
		pcm = append(pcm, buf[:n]...)
	}
	count := 0
	for i := 1; i < len(pcm); i++ {
		if pcm[i-1] < 0 && pcm[i] >= 0 {
			count++
		}
	}
	return float64(count) / p.Length().Seconds()
}

func TestReadWAV(t *testing.T) {
	for _, rate := range []int{8000, 22050, 44100, 48000, 96000} {
		for channels := 1; channels <= 2; channels++ {
			p, err := Read(bytes.NewReader(file(t, sine(rate, channels, 440, time.Second))))
			if err != nil {
				t.Fatalf("%d Hz, %d channels: %v", rate, channels, err)
			}
			if p.Length() != time.Second || len(p.Hash) != 64 {
				t.Errorf("%d Hz, %d channels: got %v with hash %q, want 1 s", rate, channels, p.Length(), p.Hash)
			}
			if got := crossings(t, p); math.Abs(got-440) > 5 {
				t.Errorf("%d Hz, %d channels: got a tone of %.0f Hz, want 440", rate, channels, got)
			}
		}
	}
}

func TestReadOgg(t *testing.T) {
	p, err := Read(bytes.NewReader(file(t, sine(48000, 1, 440, time.Second))))
	if err != nil {
		t.Fatal(err)
	}
	var own bytes.Buffer
	if err := write(&own, p); err != nil {
		t.Fatal(err)
	}
	again, err := Read(&own)
	if err != nil || again.Hash != p.Hash {
		t.Errorf("written and read again: got %s and %v, want the same frames", again.Hash, err)
	}
	// A file of another program, stereo and in frames of 60 ms.
	dir := t.TempDir()
	wav, out := filepath.Join(dir, "in.wav"), filepath.Join(dir, "out.opus")
	tool(t, "sox", "-n", "-b", "16", "-r", "44100", "-c", "2", wav, "synth", "2", "sine", "440")
	tool(t, "opusenc", "--quiet", "--framesize", "60", wav, out)
	p, err = Read(bytes.NewReader([]byte(tool(t, "cat", out))))
	if err != nil {
		t.Fatal(err)
	}
	if got := crossings(t, p); math.Abs(got-440) > 8 || p.Length() < 1900*time.Millisecond {
		t.Errorf("opusenc's file: got %v of %.0f Hz, want 2 s of 440", p.Length(), got)
	}
}

// write writes a prompt as Ogg Opus.
func write(w io.Writer, p Prompt) error {
	out, err := ogg.NewWriter(w, ogg.MonoHead(opus.Lookahead48k), ogg.Tags{Vendor: "parley"}, 1)
	if err != nil {
		return err
	}
	for _, f := range p.Frames {
		if err := out.WritePacket(f, opus.FrameSamples48k); err != nil {
			return err
		}
	}
	return out.Close(int64(len(p.Frames)*opus.FrameSamples48k - opus.Lookahead48k))
}

func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}

func TestReadRefuses(t *testing.T) {
	whole := file(t, sine(8000, 1, 440, time.Second))
	tests := []struct {
		name string
		data []byte
		want error
	}{
		{"nothing", nil, ErrFormat},
		{"an MP3", []byte("ID3\x04"), ErrFormat},
		{"a WAV without sound", whole[:44], ErrLength},
		{"a click", file(t, sine(8000, 1, 440, 100*time.Millisecond)), ErrLength},
		{"a speech", file(t, sine(8000, 1, 440, 61*time.Second)), ErrLength},
		{"a WAV cut in its header", whole[:20], audiomatch.ErrWAV},
		{"an Ogg of something else", append([]byte("OggS"), make([]byte, 40)...), nil},
	}
	for _, tt := range tests {
		if _, err := Read(bytes.NewReader(tt.data)); err == nil || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}
