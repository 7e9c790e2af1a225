package audiomatch

import (
	"math"
	"math/rand/v2"
	"time"
)

// phraseRate is the sample rate of phrases in Hz.
const phraseRate = 48000

// Phrase returns d of a signal that resembles speech, mono at 48 kHz, about −22 dBFS: a
// voice with gliding pitch and moving formants in syllables, hisses between them, and
// pauses. The same seed gives the same phrase, and a longer one begins with the shorter
// one. From 3 s on, phrases of different seeds correlate below 0.15 with one another
// at any lag, while a phrase that went through Opus at 24 kbit/s correlates above 0.9
// with itself. It is not speech: a recogniser hears nothing in it.
func Phrase(seed int, d time.Duration) []int16 {
	samples := int(d * phraseRate / time.Second)
	speaker := newSpeaker(seed)
	var voice []float64
	for len(voice) < samples {
		voice = speaker.word(voice)
	}
	pcm := make([]int16, samples)
	for i := range pcm {
		pcm[i] = int16(math.MaxInt16 * math.Tanh(voice[i]))
	}
	return pcm
}

// speaker makes words one after the other; its random numbers are all that tells one
// seed from another.
type speaker struct {
	random *rand.Rand
	phase  float64 // of the glottal pulse, in periods
	tract  [formants]resonator
}

// formants is how many resonances the vocal tract has.
const (
	formants  = 3
	vowelGain = 0.025
)

// Where formants lie in speech, in Hz, and how wide they are.
var (
	formantLow   = [formants]float64{280, 850, 2100}
	formantHigh  = [formants]float64{850, 2300, 3200}
	formantWidth = [formants]float64{100, 140, 200}
	formantGain  = [formants]float64{1, 1, 0.6}
)

func newSpeaker(seed int) *speaker {
	const stream = 0x5061726c6579 // fixed: only the seed varies
	return &speaker{random: rand.New(rand.NewPCG(uint64(seed), stream))}
}

// between returns a random number from low to high.
func (s *speaker) between(low, high float64) float64 {
	return low + (high-low)*s.random.Float64()
}

// word appends one to four syllables and a pause.
func (s *speaker) word(voice []float64) []float64 {
	for range 1 + s.random.IntN(4) {
		voice = s.hiss(voice)
		voice = s.syllable(voice)
	}
	pause := int(s.between(0.05, 0.3) * phraseRate)
	return append(voice, make([]float64, pause)...)
}

// hiss appends a consonant: a short burst of noise.
func (s *speaker) hiss(voice []float64) []float64 {
	length := int(s.between(0.02, 0.06) * phraseRate)
	previous := 0.0
	for i := range length {
		noise := s.between(-1, 1)
		voice = append(voice, 0.02*(noise-previous)*swell(i, length))
		previous = noise
	}
	return voice
}

// syllable appends a vowel: pulses of gliding pitch through moving formants.
func (s *speaker) syllable(voice []float64) []float64 {
	length := int(s.between(0.09, 0.2) * phraseRate)
	pitch := glide{s.between(85, 260), s.between(85, 260)}
	loudness := s.between(0.7, 1)
	var centres [formants]glide
	for f := range centres {
		low, high := formantLow[f], formantHigh[f]
		centres[f] = glide{s.between(low, high), s.between(low, high)}
	}
	for i := range length {
		progress := float64(i) / float64(length)
		source := s.pulse(pitch.at(progress))
		sample := 0.0
		for f := range s.tract {
			sample += formantGain[f] * s.tract[f].filter(source, centres[f].at(progress), formantWidth[f])
		}
		voice = append(voice, vowelGain*loudness*swell(i, length)*sample)
	}
	return voice
}

// Real voices waver from period to period. Here they do so more than in nature, since that
// is what keeps two syllables of like pitch from correlating.
const (
	jitter  = 0.15 // of the length of a period
	shimmer = 0.4  // of the strength of a pulse
)

// pulse returns the next sample of the glottal source: one impulse a period.
func (s *speaker) pulse(pitch float64) float64 {
	s.phase += pitch / phraseRate
	if s.phase < 1 {
		return 0
	}
	s.phase -= s.between(1-jitter, 1+jitter)
	return s.between(1-shimmer, 1+shimmer)
}

// glide is a value that moves from one end of a syllable to the other.
type glide struct{ from, to float64 }

func (g glide) at(progress float64) float64 {
	return g.from + (g.to-g.from)*progress
}

// swell is a rounded rise and fall over length samples.
func swell(i, length int) float64 {
	return math.Sqrt(math.Sin(math.Pi * (float64(i) + 0.5) / float64(length)))
}

// resonator is a filter with two poles.
type resonator struct{ last, before float64 }

// filter passes one sample through a resonance at centre Hz that is width Hz wide.
func (r *resonator) filter(in, centre, width float64) float64 {
	radius := math.Exp(-math.Pi * width / phraseRate)
	out := in + 2*radius*math.Cos(2*math.Pi*centre/phraseRate)*r.last - radius*radius*r.before
	r.before, r.last = r.last, out
	return out
}
