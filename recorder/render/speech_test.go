package render

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"parley/media/audiomatch"
)

// recording is what a browser played: the samples at 8 kHz, and where
// something is said, in samples at 48 kHz.
type recording struct {
	Utterances []struct {
		Start int64 `json:"start_sample"`
		End   int64 `json:"end_sample"`
	} `json:"utterances"`
	pcm []int16
}

const sourceRate = 8000

var recordings = sync.OnceValues(func() (map[string]*recording, error) {
	data, err := os.ReadFile(filepath.Join("testdata", "audio.json"))
	if err != nil {
		return nil, err
	}
	var all map[string]*recording
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	for name, r := range all {
		file, err := os.Open(filepath.Join("testdata", name+".wav"))
		if err != nil {
			return nil, err
		}
		wav, err := audiomatch.ReadWAV(file)
		if err := errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
		r.pcm = wav.Samples
	}
	return all, nil
})

// phrase is up to a second of speech with its place in the call.
type phrase struct {
	source []int16 // at 8 kHz
	at     int64   // where it must be heard
}

// phrases cuts speech out of the recording between clicks that both came.
func (r *recording) phrases(clicks []click) (out []phrase) {
	for i := 1; i < len(clicks); i++ {
		a, b := clicks[i-1], clicks[i]
		if abs(b.rtp-a.rtp-clickDistance) > sampleRate/100 || abs(b.at-a.at-clickDistance) > sampleRate/10 || b.file < a.file {
			continue // something else lies between
		}
		for _, u := range r.Utterances {
			from, to := max(u.Start, a.file+sampleRate/10), min(u.End, b.file-sampleRate/10, u.Start+sampleRate)
			if to-from > sampleRate/2 {
				const per = sampleRate / sourceRate
				out = append(out, phrase{source: r.pcm[from/per : to/per], at: a.at + from - a.file})
			}
		}
	}
	return out
}

// mustSpeak checks that what was said is heard within 20 ms of its place, and
// how alike it is to the recording, in the median: the microphone's stalls lie
// in the midst of some phrases.
func mustSpeak(t *testing.T, source string, heard []int16, clicks []click, alike float64) {
	t.Helper()
	all, err := recordings()
	if err != nil {
		t.Fatal(err)
	}
	var got []float64
	for _, p := range all[source].phrases(clicks) {
		got = append(got, p.likeness(t, heard))
	}
	if len(got) == 0 {
		t.Fatal("no speech between the clicks")
	}
	slices.Sort(got)
	t.Logf("%d phrases, likeness %.2f to %.2f, median %.2f", len(got), got[0], got[len(got)-1], got[len(got)/2])
	if median := got[len(got)/2]; median < alike {
		t.Errorf("speech: got likeness %.2f in the median of %d phrases, want at least %.2f", median, len(got), alike)
	}
}

// likeness is the best normalised correlation of a phrase with what is heard
// up to 20 ms around its place.
func (p phrase) likeness(t *testing.T, heard []int16) float64 {
	t.Helper()
	const margin = sourceRate / 50
	const per = sampleRate / sourceRate
	from := p.at - margin*per
	to := from + int64(len(p.source)+2*margin)*per
	if from < 0 || to > int64(len(heard)) {
		return 0
	}
	got, err := audiomatch.Resample(heard[from:to], sampleRate, sourceRate)
	if err != nil {
		t.Fatal(err)
	}
	best := 0.0
	for lag := range 2 * margin {
		var cross, ref, own float64
		for i, s := range p.source {
			a, b := float64(s), got[lag+i]
			cross, ref, own = cross+a*b, ref+a*a, own+b*b
		}
		best = max(best, cross/math.Sqrt(max(ref*own, 1e-9)))
	}
	return best
}
