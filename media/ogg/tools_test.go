package ogg

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/media/audiomatch"
	"parley/media/opus"
)

// encoded returns the packets of a phrase, and one more frame of silence: the pre-skip
// takes from the start what the encoder delays, so the end needs as much more.
func encoded(t *testing.T, phrase []int16) [][]byte {
	t.Helper()
	encoder, err := opus.NewEncoder(opus.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var packets [][]byte
	pcm := append(append([]int16(nil), phrase...), make([]int16, 2*opus.FrameSamples48k)...)
	for need := len(phrase) + opus.Lookahead48k; need > 0; need -= opus.FrameSamples48k {
		packet := make([]byte, opus.MaxFramePacketBytes)
		n, err := encoder.Encode(pcm[:opus.FrameSamples48k], packet)
		if err != nil {
			t.Fatal(err)
		}
		packets = append(packets, packet[:n])
		pcm = pcm[opus.FrameSamples48k:]
	}
	return packets
}

// save writes data to a file that the tools can open.
func save(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// mustSatisfyOpusinfo fails on any warning of opusinfo.
func mustSatisfyOpusinfo(t *testing.T, path string, wants ...string) {
	t.Helper()
	out, err := exec.Command("opusinfo", path).CombinedOutput()
	if err != nil || bytes.Contains(bytes.ToUpper(out), []byte("WARNING")) || bytes.Contains(bytes.ToUpper(out), []byte("ERROR")) {
		t.Errorf("opusinfo: %v\n%s", err, out)
	}
	for _, want := range wants {
		if !strings.Contains(string(out), want) {
			t.Errorf("opusinfo does not say %q:\n%s", want, out)
		}
	}
}

// opusdec decodes a file with the reference decoder.
func opusdec(t *testing.T, path string) audiomatch.WAV {
	t.Helper()
	decoded := filepath.Join(t.TempDir(), "out.wav")
	if out, err := exec.Command("opusdec", "--quiet", "--no-dither", "--rate", "48000", path, decoded).CombinedOutput(); err != nil {
		t.Fatalf("opusdec: %v\n%s", err, out)
	}
	file, err := os.Open(decoded)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	wav, err := audiomatch.ReadWAV(file)
	if err != nil {
		t.Fatal(err)
	}
	return wav
}

// likeness compares at 8 kHz.
func likeness(t *testing.T, ref, got []int16) (best float64, lag int) {
	t.Helper()
	a, err := audiomatch.Resample(ref, opus.SampleRate, 8000)
	if err != nil {
		t.Fatal(err)
	}
	b, err := audiomatch.Resample(got, opus.SampleRate, 8000)
	if err != nil {
		t.Fatal(err)
	}
	return audiomatch.Correlate(a, b)
}

// lengths are playing times in samples around the frames and seconds.
var lengths = []int{1, 647, 648, 649, 960, 48000 - 312, 48000, 48001, 100_000, 3*48000 + 7}

func TestToolsOnMono(t *testing.T) {
	for _, samples := range lengths {
		phrase := audiomatch.Phrase(1, 4*time.Second)[:samples]
		data, _ := write(t, Tags{Vendor: "parley", Comments: []string{"PARLEY_VOICE=member"}}, encoded(t, phrase), int64(samples))
		path := save(t, "voice.opus", data)
		mustSatisfyOpusinfo(t, path, "PARLEY_VOICE=member", "Channels: 1", "Pre-skip: 312")
		wav := opusdec(t, path)
		if wav.Channels != 1 || len(wav.Samples) != samples {
			t.Errorf("%d samples: opusdec gives %d in %d channels", samples, len(wav.Samples), wav.Channels)
		}
		if samples < 48000 {
			continue
		}
		if best, lag := likeness(t, phrase, wav.Samples); best < 0.9 || lag < -1 || lag > 1 {
			t.Errorf("%d samples: likeness %.3f at lag %d, want 0.9 at 0", samples, best, lag)
		}
	}
}

func TestToolsOnStereo(t *testing.T) {
	for _, samples := range lengths {
		member, expert := audiomatch.Phrase(1, 4*time.Second)[:samples], audiomatch.Phrase(2, 4*time.Second)[:samples]
		path := save(t, "call.opus", stereoFile(t, encoded(t, member), encoded(t, expert), int64(samples)))
		mustSatisfyOpusinfo(t, path, "PARLEY_RECORDING=01J", "Channels: 2", "Streams: 2, Coupled: 0", "Map: [0, 1]")
		wav := opusdec(t, path)
		if wav.Channels != 2 || len(wav.Samples) != 2*samples {
			t.Errorf("%d samples: opusdec gives %d in %d channels", samples, len(wav.Samples)/2, wav.Channels)
		}
		if samples < 2*48000 {
			continue
		}
		for channel, own := range [][]int16{member, expert} {
			heard := wav.Channel(channel)
			other := [][]int16{expert, member}[channel]
			if best, lag := likeness(t, own, heard); best < 0.9 || lag < -1 || lag > 1 {
				t.Errorf("%d samples: channel %d: likeness to its voice %.3f at %d, want 0.9 at 0", samples, channel, best, lag)
			}
			if best, _ := likeness(t, other, heard); best > 0.2 {
				t.Errorf("%d samples: channel %d: likeness to the other voice %.3f", samples, channel, best)
			}
		}
	}
}

// A channel is silent to the last bit while its voice is, whatever the other one says.
func TestChannelsAreApart(t *testing.T) {
	member := audiomatch.Phrase(1, 2*time.Second)
	path := save(t, "call.opus", stereoFile(t, encoded(t, member), encoded(t, make([]int16, len(member))), int64(len(member))))
	wav := opusdec(t, path)
	if got := audiomatch.EnergyDBFS(wav.Channel(0)); got < -30 {
		t.Errorf("the voice: got %.1f dBFS", got)
	}
	if got := audiomatch.EnergyDBFS(wav.Channel(1)); got > -90 {
		t.Errorf("the silent channel: got %.1f dBFS, want below −90", got)
	}
}

// Seconds too large for one page, and lost frames, are no trouble to the tools either.
func TestToolsOnOddPackets(t *testing.T) {
	encoder, err := opus.NewEncoder(opus.Config{BitrateBps: opus.MaxBitrateBps, Application: opus.Audio})
	if err != nil {
		t.Fatal(err)
	}
	noise := audiomatch.Phrase(3, 3*time.Second)
	for i := range noise {
		noise[i] += int16(i * 7919 % 20011)
	}
	var left, right [][]byte
	for at := 0; at < len(noise); at += opus.FrameSamples48k {
		packet := make([]byte, opus.MaxFramePacketBytes)
		n, err := encoder.Encode(noise[at:at+opus.FrameSamples48k], packet)
		if err != nil {
			t.Fatal(err)
		}
		left, right = append(left, packet[:n]), append(right, packet[:n])
		if at/opus.FrameSamples48k%7 == 3 {
			right[len(right)-1] = packet[:1]
		}
	}
	total := fill(len(left))
	data := stereoFile(t, left, right, total)
	if pages := bytes.Count(data, []byte(capturePattern)); pages < 2+2*3 {
		t.Errorf("pages: got %d, want several a second", pages)
	}
	path := save(t, "loud.opus", data)
	mustSatisfyOpusinfo(t, path)
	if wav := opusdec(t, path); len(wav.Samples) != 2*int(total) {
		t.Errorf("opusdec gives %d samples, want %d", len(wav.Samples)/2, total)
	}
}

// stereoFile is the stereo stream of two voices.
func stereoFile(t *testing.T, left, right [][]byte, total int64) []byte {
	t.Helper()
	var leftFile, rightFile bytes.Buffer
	w, err := NewPairWriter(&leftFile, &rightFile, PairConfig{
		PreSkip: opus.Lookahead48k,
		Stereo:  Stream{Serial: 7, Comments: []string{"PARLEY_RECORDING=01J"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range left {
		if err := w.WriteFrame(left[i], right[i]); err != nil {
			t.Fatal(err)
		}
	}
	layout, err := w.Close(total)
	if err != nil {
		t.Fatal(err)
	}
	p := pair{left: leftFile.Bytes(), right: rightFile.Bytes(), layout: layout}
	return p.whole(t)
}
