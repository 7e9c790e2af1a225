package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"parley/media/audiomatch"
)

// What the two people say. The words differ so that the voices do not
// correlate by chance.
const (
	memberSays = "Good morning. I would like to know whether my pension is taxed in two countries."
	expertSays = "Thank you for calling. The treaty decides that, so let us look at the dates first."
)

// compareRate is the rate at which voices are compared.
const compareRate = 8000

// speak makes a WAV of a sentence and a pause, as a browser's microphone will
// repeat it, and returns its path.
func speak(t *testing.T, dir, name, voice, text string) string {
	t.Helper()
	raw := filepath.Join(dir, name+".raw.wav")
	out := filepath.Join(dir, name+".wav")
	tool(t, "espeak-ng", "-v", voice, "-s", "150", "-w", raw, text)
	tool(t, "ffmpeg", "-loglevel", "error", "-y", "-i", raw, "-af", "apad=pad_dur=0.7", "-ar", "48000", "-ac", "1", "-c:a", "pcm_s16le", out)
	return out
}

// voice reads a WAV's channel at the rate of comparison.
func voice(t *testing.T, path string, channel int) []float64 {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	defer func() { _ = f.Close() }()
	w, err := audiomatch.ReadWAV(f)
	must(t, err)
	pcm, err := audiomatch.Resample(w.Channel(channel), w.Rate, compareRate)
	must(t, err)
	return pcm
}

// heardLikeness compares what a browser heard live. Its jitter buffer stretches
// and shortens pauses and vowels a little to follow the network, so the
// sentence is compared in short pieces, each at its own best place; the result
// is their median.
func heardLikeness(t *testing.T, spokenWAV string, heard []float64) float64 {
	t.Helper()
	const piece = compareRate / 2
	ref := voice(t, spokenWAV, 0)
	var scores []float64
	for from := piece; from+piece <= min(len(ref), 4*compareRate); from += piece {
		best, _ := audiomatch.Correlate(ref[from:from+piece], heard)
		scores = append(scores, best)
	}
	slices.Sort(scores)
	return scores[len(scores)/2]
}

// likeness is the best normalised cross-correlation of three seconds of what
// was spoken within what was heard.
func likeness(t *testing.T, spokenWAV string, heard []float64) float64 {
	t.Helper()
	ref := voice(t, spokenWAV, 0)
	from, length := compareRate/2, 3*compareRate
	if len(ref) < from+length {
		t.Fatalf("%s is too short to compare: %d samples", spokenWAV, len(ref))
	}
	best, _ := audiomatch.Correlate(ref[from:from+length], heard)
	return best
}
