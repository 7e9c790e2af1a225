package export

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"parley/media/audiomatch"
	"parley/media/ogg"
	"parley/media/opus"
)

// recording is a call as the recorder stores it.
type recording struct {
	layout ogg.Layout
	files  [voices][]byte
}

var comments = []string{"PARLEY_VOICE=member"}

// store writes packets as the recorder does.
func store(t testing.TB, member, expert [][]byte, total int64) recording {
	t.Helper()
	var files [voices]bytes.Buffer
	out, err := ogg.NewPairWriter(&files[0], &files[1], ogg.PairConfig{
		PreSkip: opus.Lookahead48k,
		Left:    ogg.Stream{Serial: 1, Comments: comments},
		Right:   ogg.Stream{Serial: 2},
		Stereo:  ogg.Stream{Serial: 3},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range member {
		if err := out.WriteFrame(member[i], expert[i]); err != nil {
			t.Fatal(err)
		}
	}
	layout, err := out.Close(total)
	if err != nil {
		t.Fatal(err)
	}
	return recording{layout, [voices][]byte{files[0].Bytes(), files[1].Bytes()}}
}

// encoded encodes a voice, and as much silence behind it as the encoder's delay needs.
func encoded(t testing.TB, pcm []int16, config opus.Config) [][]byte {
	t.Helper()
	encoder, err := opus.NewEncoder(config)
	if err != nil {
		t.Fatal(err)
	}
	var packets [][]byte
	frame := make([]int16, opus.FrameSamples48k)
	for at := 0; at < len(pcm)+opus.Lookahead48k; at += len(frame) {
		clear(frame)
		copy(frame, pcm[min(at, len(pcm)):])
		packet := make([]byte, opus.MaxFramePacketBytes)
		n, err := encoder.Encode(frame, packet)
		if err != nil {
			t.Fatal(err)
		}
		packets = append(packets, packet[:n])
	}
	return packets
}

// call is a recording of two phrases.
func call(t testing.TB, member, expert []int16) recording {
	t.Helper()
	return store(t, encoded(t, member, opus.Config{}), encoded(t, expert, opus.Config{}), int64(len(member)))
}

// phrases returns what both say for so many samples.
func phrases(samples int) (member, expert []int16) {
	d := time.Duration(samples)*time.Second/opus.SampleRate + time.Millisecond
	return audiomatch.Phrase(1, d)[:samples], audiomatch.Phrase(2, d)[:samples]
}

func (r recording) stream(t testing.TB) *ogg.StereoReader {
	t.Helper()
	stream, err := ogg.NewStereoReader(r.layout, bytes.NewReader(r.files[0]), bytes.NewReader(r.files[1]))
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

func (r recording) source(t testing.TB) *Source {
	t.Helper()
	source, err := NewSource(r.layout, r.stream(t))
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// wav is a fresh reader, which has decoded nothing yet.
func (r recording) wav(t testing.TB, channels Channels) *WAVReader {
	t.Helper()
	reader, err := NewWAVReader(r.source(t), channels)
	if err != nil {
		t.Fatal(err)
	}
	return reader
}

// whole reads a WAV from start to end.
func whole(t testing.TB, reader *WAVReader) []byte {
	t.Helper()
	var out bytes.Buffer
	if n, err := reader.WriteTo(&out); err != nil || n != reader.Size() {
		t.Fatalf("write WAV: got %d bytes of %d, %v", n, reader.Size(), err)
	}
	return out.Bytes()
}

// samplesOf returns the samples of a WAV file of ours.
func samplesOf(file []byte) []int16 {
	pcm := make([]int16, (len(file)-wavHeaderSize)/bytesPerSample)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(file[wavHeaderSize+i*bytesPerSample:]))
	}
	return pcm
}

// save writes data to a file that the tools can open.
func save(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// tool runs a program and returns what it says.
func tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// opusdec decodes a file with the reference decoder.
func opusdec(t testing.TB, data []byte) audiomatch.WAV {
	t.Helper()
	path := save(t, "in.opus", data)
	tool(t, "opusdec", "--quiet", "--no-dither", "--rate", "48000", path, path+".wav")
	file, err := os.Open(path + ".wav")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }() // read only
	wav, err := audiomatch.ReadWAV(file)
	if err != nil {
		t.Fatal(err)
	}
	return wav
}

// all reads the whole stereo stream.
func (r recording) all(t testing.TB) []byte {
	t.Helper()
	stream := r.stream(t)
	data, err := io.ReadAll(io.NewSectionReader(stream, 0, stream.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// likeness compares at 8 kHz.
func likeness(t testing.TB, ref, got []int16) (best float64, lag int) {
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

// furthest returns the largest difference of two sounds of one length.
func furthest(got, want []int16) (difference, at int) {
	for i := range got {
		d := max(int(got[i])-int(want[i]), int(want[i])-int(got[i]))
		if d > difference {
			difference, at = d, i
		}
	}
	return difference, at
}
