package export

import (
	"bytes"
	"math"
	"testing"
	"time"

	"parley/media/audiomatch"
	"parley/recorder/level"
)

// TestMixed: up to the knee the sum, above it rising and below full scale, and the same
// downwards.
func TestMixed(t *testing.T) {
	for _, tt := range []struct{ a, b, want int16 }{
		{0, 0, 0}, {100, -100, 0}, {1000, 2000, 3000}, {-1000, -2000, -3000},
		{level.Knee, 0, level.Knee}, {-level.Knee, 0, -level.Knee}, {level.Knee, 1, level.Knee}, {20000, -30000, -10000},
	} {
		if got := mixed(tt.a, tt.b); got != tt.want {
			t.Errorf("%d and %d: got %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
	last := int16(0)
	for sum := range 2 * -math.MinInt16 {
		a := int16(min(sum, math.MaxInt16))
		b := int16(min(sum-int(a), math.MaxInt16))
		got := mixed(a, b)
		if got < last || int(got) > sum || got == math.MaxInt16 {
			t.Fatalf("sum %d: got %d after %d", sum, got, last)
		}
		if down := mixed(-a, -b); down != -got {
			t.Fatalf("sum −%d: got %d, want %d", sum, down, -got)
		}
		last = got
	}
	if got := mixed(math.MinInt16, math.MinInt16); got <= -math.MaxInt16 {
		t.Errorf("both at the lowest: got %d, want above −%d", got, math.MaxInt16)
	}
}

// TestMonoIsTheMix: the mono file holds the rule applied to the stereo file, both voices can
// be found in it, and one alone is as loud as in the recording.
func TestMonoIsTheMix(t *testing.T) {
	member, expert := phrases(12*48000 + 77)
	r := call(t, member, expert)
	stereo, mono := samplesOf(whole(t, r.wav(t, Stereo))), samplesOf(whole(t, r.wav(t, Mono)))
	for i, got := range mono {
		if want := mixed(stereo[2*i], stereo[2*i+1]); got != want {
			t.Fatalf("sample %d: got %d, want %d", i, got, want)
		}
	}
	for name, voice := range map[string][]int16{"member": member, "expert": expert} {
		if best, lag := likeness(t, voice, mono); best < 0.5 || lag < -1 || lag > 1 {
			t.Errorf("%s: likeness %.3f at %d, want 0.5 at 0", name, best, lag)
		}
	}
	alone := call(t, member, make([]int16, len(member)))
	left := audiomatch.WAV{Channels: 2, Samples: samplesOf(whole(t, alone.wav(t, Stereo)))}.Channel(0)
	got, want := audiomatch.EnergyDBFS(samplesOf(whole(t, alone.wav(t, Mono)))), audiomatch.EnergyDBFS(left)
	if math.Abs(got-want) > 0.1 {
		t.Errorf("member alone: got %.2f dBFS in the mix, want %.2f", got, want)
	}
}

// TestShoutingDoesNotClip: both at full scale at once.
func TestShoutingDoesNotClip(t *testing.T) {
	loud := audiomatch.Phrase(1, 2*time.Second)
	for i, s := range loud {
		loud[i] = int16(max(-32768, min(32767, 8*int(s))))
	}
	r := call(t, loud, loud)
	for i, s := range samplesOf(whole(t, r.wav(t, Mono))) {
		if s == math.MaxInt16 || s <= -math.MaxInt16 {
			t.Fatalf("sample %d: %d is full scale", i, s)
		}
	}
}

// TestGainsEvenOut: where voices are decoded they are as loud as the gains make them, and
// nothing clips; where they are not, they stay as they are.
func TestGainsEvenOut(t *testing.T) {
	member, expert := phrases(8 * 48000)
	for i := range member {
		member[i] /= 8
	}
	r := call(t, member, expert)
	plain := audiomatch.WAV{Channels: 2, Samples: samplesOf(whole(t, r.wav(t, Stereo)))}
	source := r.source(t)
	source.SetGains(14, -4)
	stereo, err := NewWAVReader(source, Stereo)
	if err != nil {
		t.Fatal(err)
	}
	evened := audiomatch.WAV{Channels: 2, Samples: samplesOf(whole(t, stereo))}
	for channel, want := range []float64{14, -4} {
		got := audiomatch.EnergyDBFS(evened.Channel(channel)) - audiomatch.EnergyDBFS(plain.Channel(channel))
		if math.Abs(got-want) > 0.2 {
			t.Errorf("channel %d: raised by %.2f dB, want %.0f", channel, got, want)
		}
	}
	mono, err := NewWAVReader(source, Mono)
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range samplesOf(whole(t, mono)) {
		if want := mixed(evened.Samples[2*i], evened.Samples[2*i+1]); got != want {
			t.Fatalf("mix, sample %d: got %d, want %d", i, got, want)
		}
	}
	var voice bytes.Buffer
	if err := source.WriteVoice(&voice, Member, comments); err != nil || !bytes.Equal(voice.Bytes(), r.files[Member]) {
		t.Errorf("the voice is not the stored one: %v", err)
	}
}
