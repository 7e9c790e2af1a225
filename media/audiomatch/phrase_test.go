package audiomatch

import (
	"math"
	"slices"
	"testing"
	"time"

	"parley/media/opus"
)

// at8k makes PCM of 48 kHz ready for Correlate.
func at8k(t testing.TB, pcm []int16) []float64 {
	t.Helper()
	out, err := Resample(pcm, phraseRate, 8000)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestPhraseIsDeterministic(t *testing.T) {
	long, short := Phrase(7, 3*time.Second), Phrase(7, time.Second)
	if len(long) != 144000 || len(short) != 48000 {
		t.Fatalf("lengths: got %d and %d, want 144000 and 48000", len(long), len(short))
	}
	if !slices.Equal(short, long[:len(short)]) {
		t.Error("the short phrase is not the beginning of the long one")
	}
	if slices.Equal(short, Phrase(8, time.Second)) {
		t.Error("two seeds gave one phrase")
	}
}

func TestPhraseLevel(t *testing.T) {
	for seed := range 10 {
		phrase := Phrase(seed, 5*time.Second)
		if level := EnergyDBFS(phrase); level < -26 || level > -18 {
			t.Errorf("seed %d: got %.1f dBFS, want −26 to −18", seed, level)
		}
		if peak := slices.Max(phrase); peak > 30000 {
			t.Errorf("seed %d: peak %d, want no clipping", seed, peak)
		}
	}
}

func TestPhrasesDiffer(t *testing.T) {
	var phrases [][]float64
	for seed := range 8 {
		phrases = append(phrases, at8k(t, Phrase(seed, 3*time.Second)))
	}
	for a, ref := range phrases {
		for b, got := range phrases[a+1:] {
			if best, lag := Correlate(ref, got); best >= 0.15 {
				t.Errorf("seeds %d and %d: got %.3f at %d, want below 0.15", a, a+1+b, best, lag)
			}
		}
	}
}

func TestPhraseSurvivesOpus(t *testing.T) {
	for seed := range 4 {
		phrase := Phrase(seed, 4*time.Second)
		ref := at8k(t, phrase)
		heard := throughOpus(t, phrase)
		// Half a second of the call before the phrase, at half its level.
		got := concat(make([]float64, 4000), times(0.5, at8k(t, heard)))
		best, lag := Correlate(ref, got)
		delay := lag - 4000
		if want := opus.Lookahead48k / 6; best < 0.9 || math.Abs(float64(delay-want)) > 2 {
			t.Errorf("seed %d: got %.3f after %d samples, want 0.9 or more after %d", seed, best, delay, want)
		}
		other := at8k(t, Phrase(seed+100, 4*time.Second))
		if best, lag := Correlate(other, got); best >= 0.25 {
			t.Errorf("seed %d in what was heard of %d: got %.3f at %d, want below 0.25", seed+100, seed, best, lag)
		}
	}
}

// throughOpus returns what is heard of pcm after 24 kbit/s Opus.
func throughOpus(t *testing.T, pcm []int16) []int16 {
	t.Helper()
	encoder, err := opus.NewEncoder(opus.Config{BitrateBps: 24000})
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := opus.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	var heard []int16
	packet := make([]byte, opus.MaxFramePacketBytes)
	frame := make([]int16, opus.FrameSamples48k)
	for ; len(pcm) >= len(frame); pcm = pcm[len(frame):] {
		n, err := encoder.Encode(pcm[:len(frame)], packet)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decoder.Decode(packet[:n], frame); err != nil {
			t.Fatal(err)
		}
		heard = append(heard, frame...)
	}
	return heard
}
