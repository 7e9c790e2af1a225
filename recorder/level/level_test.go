package level

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"parley/media/audiomatch"
)

// noisy adds a hiss of a level to sound.
func noisy(pcm []int16, dbfs float64) []int16 {
	r := rand.New(rand.NewPCG(1, 2))
	out := slices.Clone(pcm)
	amplitude := math.MaxInt16 * factor(dbfs)
	for i := range out {
		out[i] = int16(math.Round(float64(out[i]) + r.NormFloat64()*amplitude))
	}
	return out
}

// speech is a phrase that is spoken at a level, without any pause of its own
// making, over a hiss.
func speech(seed int, d time.Duration, dbfs, hiss float64) []int16 {
	pcm := audiomatch.Phrase(seed, d)
	gain := factor(dbfs - measured(pcm).DBFS())
	for i, s := range pcm {
		pcm[i] = int16(math.Round(float64(s) * gain))
	}
	return noisy(pcm, hiss)
}

func measured(pcm []int16) *Meter {
	m := &Meter{}
	for ; len(pcm) >= FrameSamples; pcm = pcm[FrameSamples:] {
		m.Add(Of(pcm[:FrameSamples]), 1)
	}
	return m
}

// evened is whole frames of sound with the gains that an evener plans.
func evened(pcm []int16) (out []int16, gains []float64) {
	out = slices.Clone(pcm)
	var e Evener
	last, frames := 0.0, len(pcm)/FrameSamples
	for i := range frames + Lookahead {
		if i < frames {
			e.Add(pcm[i*FrameSamples:][:FrameSamples])
		} else {
			e.Add(nil)
		}
		if at := i - Lookahead; at >= 0 {
			next := e.Next()
			Ramp(out[at*FrameSamples:][:FrameSamples], last, next)
			gains, last = append(gains, next), next
		}
	}
	return out, gains
}

const second = 50 * FrameSamples

// TestTheTwoMeet: a person at −40 dBFS and one at −15 come within 4 dB of each
// other once each has spoken for five seconds.
func TestTheTwoMeet(t *testing.T) {
	quiet, _ := evened(speech(1, 20*time.Second, -40, -75))
	loud, _ := evened(speech(2, 20*time.Second, -15, -75))
	a, b := measured(quiet[5*second:]).DBFS(), measured(loud[5*second:]).DBFS()
	t.Logf("%.1f and %.1f dBFS", a, b)
	if math.Abs(a-b) > 4 {
		t.Errorf("got %.1f and %.1f dBFS, want them within 4 dB", a, b)
	}
}

// TestOrdinaryLevelsStay: whoever speaks at the common level is hardly touched.
func TestOrdinaryLevelsStay(t *testing.T) {
	in := speech(3, 20*time.Second, Target+4.5, -70)
	_, gains := evened(in)
	for i, g := range gains {
		if math.Abs(g) > 3 {
			t.Fatalf("frame %d: got a gain of %.1f dB, want 3 at most", i, g)
		}
	}
}

// TestNoiseStaysInPauses: a quiet voice is raised, the noise of its pauses is
// not, but for 0.6 s on either side of speech, and by 6 dB on the whole.
func TestNoiseStaysInPauses(t *testing.T) {
	const hiss = -65
	silent := make([]int16, 4*second)
	var in []int16
	for seed := range 5 {
		in = append(in, speech(seed, 4*time.Second, -40, -120)...)
		in = append(in, silent...)
	}
	out, gains := evened(noisy(in, hiss))
	if raised := slices.Max(gains); raised < 10 {
		t.Errorf("speech: got %.1f dB at most, want it raised by 10 or more", raised)
	}
	for pause := range 5 {
		from := (8*pause + 4) * second
		whole, middle := out[from:from+4*second-FrameSamples], out[from+second:from+3*second]
		if got := Of(middle); math.Abs(got-hiss) > 0.5 {
			t.Errorf("pause %d, its middle: got %.1f dBFS of noise, want %d", pause, got, hiss)
		}
		if got := Of(whole); got > hiss+6 {
			t.Errorf("pause %d: got %.1f dBFS of noise, want it raised by 6 dB at most", pause, got)
		}
	}
}

// TestGainIsGentle: no change is faster than FastStep, and once a voice is
// known its gain stays where it is while it speaks.
func TestGainIsGentle(t *testing.T) {
	for name, in := range map[string][]int16{ // the first two are steady
		"quiet": speech(1, 30*time.Second, -40, -75),
		"loud":  speech(2, 30*time.Second, -15, -75),
		"quiet, then shouting, then quiet": slices.Concat(speech(1, 10*time.Second, -42, -75),
			speech(2, 5*time.Second, -6, -75), speech(1, 10*time.Second, -42, -75)),
	} {
		_, gains := evened(in)
		last := 0.0
		for i, g := range gains {
			if math.Abs(g-last) > FastStep+1e-9 || math.Abs(g) > MostGain {
				t.Fatalf("%s, frame %d: gain %.2f dB after %.2f", name, i, g, last)
			}
			last = g
		}
		if len(gains) < 1500 {
			continue
		}
		var spoken []float64
		own := measured(in).DBFS()
		for i := 500; i < len(gains); i++ {
			if Of(in[i*FrameSamples:][:FrameSamples]) > own-10 {
				spoken = append(spoken, gains[i])
			}
		}
		if d := slices.Max(spoken) - slices.Min(spoken); d > 2 {
			t.Errorf("%s: the gain moves by %.1f dB between words of a steady voice, want 2 at most", name, d)
		}
	}
}

// TestNothingClips: whatever comes, what was below full scale stays below, and
// louder stays louder.
func TestNothingClips(t *testing.T) {
	for name, in := range map[string][]int16{
		"a shout after whispers": slices.Concat(speech(1, 10*time.Second, -42, -75), speech(2, 3*time.Second, -8, -75)),
		"clicks in whispers":     clicking(speech(1, 10*time.Second, -42, -75)),
		"loud":                   speech(2, 10*time.Second, -6, -75),
	} {
		out, _ := evened(in)
		for i, s := range out {
			if (s == math.MaxInt16 || s <= -math.MaxInt16) && in[i] != math.MaxInt16 && in[i] > -math.MaxInt16 {
				t.Fatalf("%s: sample %d of %d was made full scale", name, i, in[i])
			}
		}
	}
	for _, gain := range []float64{0.01, 1, 3, 6, MostGain} {
		ramp := make([]int16, 2*math.MaxInt16+1)
		for i := range ramp {
			ramp[i] = int16(i - math.MaxInt16)
		}
		Ramp(ramp, gain, gain)
		if !slices.IsSorted(ramp) || ramp[0] < -math.MaxInt16 {
			t.Errorf("gain %.2f dB: the order of samples is not kept", gain)
		}
	}
}

// clicking puts 5 ms at nearly full scale into each second.
func clicking(pcm []int16) []int16 {
	for at := second; at+240 < len(pcm); at += second {
		for i := range 240 {
			pcm[at+i] = int16(30000 * math.Copysign(1, math.Sin(2*math.Pi*2000*(float64(i)+0.5)/48000)))
		}
	}
	return pcm
}

// TestClicksKeepTheirPlace: and do not make the speech around them quiet.
func TestClicksKeepTheirPlace(t *testing.T) {
	in := clicking(speech(1, 20*time.Second, -40, -75))
	out, _ := evened(in)
	for at := second; at+240 < len(out); at += second {
		from := at - second/2
		if got := from + loudest5ms(out[from:at+second/2]); got != at {
			t.Errorf("the click of sample %d is heard at %d", at, got)
		}
	}
	plain, _ := evened(speech(1, 20*time.Second, -40, -75))
	between := func(pcm []int16) float64 { return Of(pcm[12*second+second/4 : 13*second-second/4]) }
	if a, b := between(plain), between(out); math.Abs(a-b) > 6 {
		t.Errorf("speech between clicks: got %.1f dBFS, without clicks %.1f, want it within 6 dB", b, a)
	}
}

// loudest5ms is where the loudest 240 samples begin.
func loudest5ms(pcm []int16) (at int) {
	sum, best := 0, -1
	for i, s := range pcm {
		sum += int(s) * int(s)
		if i >= 240 {
			sum -= int(pcm[i-240]) * int(pcm[i-240])
		}
		if i >= 239 && sum > best {
			best, at = sum, i-239
		}
	}
	return at
}

func TestRampIsEven(t *testing.T) {
	pcm := make([]int16, FrameSamples)
	for i := range pcm {
		pcm[i] = 10000
	}
	Ramp(pcm, 0, 6)
	if want := 10000 * factor(6); math.Abs(float64(pcm[len(pcm)-1])-want) > 1 || pcm[0] < 10000 || pcm[0] > 10020 || !slices.IsSorted(pcm) {
		t.Errorf("got %d to %d, want an even rise from 10000 to %.0f", pcm[0], pcm[len(pcm)-1], want)
	}
	Ramp(pcm[:0], 1, 2)
	same := []int16{math.MinInt16, -1, 0, 1, math.MaxInt16}
	Ramp(same, 0, 0)
	if !slices.Equal(same, []int16{math.MinInt16, -1, 0, 1, math.MaxInt16}) {
		t.Errorf("no gain: got %v", same)
	}
}

func TestMeter(t *testing.T) {
	tone := make([]int16, second)
	for i := range tone {
		tone[i] = int16(math.Round(math.MaxInt16 / 10 * math.Sin(2*math.Pi*440*float64(i)/48000)))
	}
	for _, r := range []struct {
		name string
		pcm  []int16
		want float64 // dBFS
		gain float64
	}{
		{"silence", make([]int16, second), Silence, 0},
		{"a tone at −23", tone, -23, Target + 23},
		{"a hiss is no speech", noisy(make([]int16, 5*second), -45), -45, 0},
		{"a hiss that nobody hears", noisy(make([]int16, second), -80), Silence, 0},
	} {
		m := measured(r.pcm)
		if got, gain := m.DBFS(), m.Gain(); math.Abs(got-r.want) > 0.2 || math.Abs(gain-r.gain) > 0.2 {
			t.Errorf("%s: got %.1f dBFS, gain %.1f; want %.1f, %.1f", r.name, got, gain, r.want, r.gain)
		}
	}
}

// TestPausesDoNotCount: a voice is as loud as its speech, however much of the
// time it is silent.
func TestPausesDoNotCount(t *testing.T) {
	talk := speech(1, 5*time.Second, -25, -120)
	rare := noisy(slices.Concat(talk, make([]int16, 60*second)), -70)
	if got := measured(rare).DBFS(); math.Abs(got+25) > 1 {
		t.Errorf("got %.1f dBFS, want −25", got)
	}
}

func BenchmarkEvener(b *testing.B) {
	in := speech(1, 20*time.Second, -35, -70)
	for b.Loop() {
		evened(in)
	}
	b.ReportMetric(20*float64(b.N)/b.Elapsed().Seconds(), "voice-s/s")
}
