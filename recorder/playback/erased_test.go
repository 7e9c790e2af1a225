package playback

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"parley/media/audiomatch"
	"parley/recorder/export"
	"parley/storage/id"
)

// openErr opens the recording and lets it go.
func (s *shelf) openErr(t testing.TB) (*Recording, error) {
	t.Helper()
	r, err := s.lib.Open(t.Context(), s.rec)
	if err == nil {
		err = r.Close()
	}
	return r, err
}

// wavOf plays the whole recording with opusdec.
func wavOf(t *testing.T, stream io.Reader) audiomatch.WAV {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.opus"), filepath.Join(dir, "out.wav")
	data, err := io.ReadAll(stream)
	mustDo(t, err)
	mustDo(t, os.WriteFile(in, data, 0o600))
	if said, err := exec.CommandContext(t.Context(), "opusdec", "--quiet", "--no-dither", "--force-wav", "--rate", "48000", in, out).CombinedOutput(); err != nil {
		t.Fatalf("opusdec: %v\n%s", err, said)
	}
	wav, err := os.ReadFile(out)
	mustDo(t, err)
	got, err := audiomatch.ReadWAV(bytes.NewReader(wav))
	mustDo(t, err)
	return got
}

func silent(pcm []int16) bool {
	for _, s := range pcm {
		if s != 0 {
			return false
		}
	}
	return true
}

// TestOneVoiceErased: the other one is heard as it was, in its place, with silence of
// the same length beside it, in every form.
func TestOneVoiceErased(t *testing.T) {
	for leg, part := range parts {
		t.Run(part, func(t *testing.T) {
			s := newShelf(t, "stored")
			before := wavOf(t, bytes.NewReader(s.stereo))
			mustDo(t, s.meta.DestroyEnvelope(t.Context(), s.rec, part, noon))
			// What is stored of it may be gone, too.
			mustDo(t, s.objects.Delete(t.Context(), s.object(t, part).Key))
			r := s.openRecording(t)
			if !r.Erased[leg] || r.Erased[1-leg] {
				t.Errorf("Erased: got %v, want leg %d", r.Erased, leg)
			}
			after := wavOf(t, io.NewSectionReader(r, 0, r.Size()))
			if len(after.Samples) != len(before.Samples) || !silent(after.Channel(leg)) {
				t.Errorf("got %d samples, want %d with channel %d silent", len(after.Samples), len(before.Samples), leg)
			}
			if kept := after.Channel(1 - leg); silent(kept) || !slices.Equal(kept, before.Channel(1-leg)) {
				t.Error("the voice that is left sounds otherwise than before")
			}
			checkRanges(t, r)
			checkExports(t, r, leg)
		})
	}
}

// checkRanges reads the stream from the end, in pieces.
func checkRanges(t *testing.T, r *Recording) {
	t.Helper()
	whole, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	mustDo(t, err)
	for from := r.Size() - 5000; from > 0; from -= 7001 {
		got := make([]byte, 5000)
		if _, err := r.ReadAt(got, from); err != nil || !bytes.Equal(got, whole[from:from+5000]) {
			t.Fatalf("ReadAt(5000 bytes at %d): %v, or other bytes than in the whole", from, err)
		}
	}
}

// checkExports writes the files that can be made of a recording.
func checkExports(t *testing.T, r *Recording, erased int) {
	t.Helper()
	source, err := r.Source()
	mustDo(t, err)
	for leg, voice := range []export.Voice{export.Member, export.Expert} {
		var file bytes.Buffer
		mustDo(t, source.WriteVoice(&file, voice, nil))
		if got := silent(wavOf(t, &file).Samples); got != (leg == erased) {
			t.Errorf("export of leg %d: silent is %v", leg, got)
		}
	}
	wav, err := r.WAV()
	mustDo(t, err)
	got, err := audiomatch.ReadWAV(io.NewSectionReader(wav, 0, wav.Size()))
	mustDo(t, err)
	if !silent(got.Channel(erased)) || silent(got.Channel(1-erased)) {
		t.Error("WAV: the erased channel and no other must be silent")
	}
}

// TestAnErasedVoiceLeavesNoTrace: neither the sizes of the stream nor the drawing tell
// when the erased one spoke.
func TestAnErasedVoiceLeavesNoTrace(t *testing.T) {
	s := newShelf(t, "stored")
	mustDo(t, s.meta.DestroyEnvelope(t.Context(), s.rec, id.PartExpert, noon))
	r := s.openRecording(t)
	told, err := json.Marshal(r.layout)
	mustDo(t, err)
	for k, size := range r.layout.RightBytes {
		if size != r.layout.RightBytes[0] {
			t.Fatalf("layout: second %d of the erased voice has a size of its own: %s", k, told)
		}
	}
}
