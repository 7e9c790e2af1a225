package waveform

import (
	"fmt"
	"math"
	"slices"
)

// samplesPerSecond is the rate of all voices in Hz.
const samplesPerSecond = 48000

// Limits and default of [Config].
const (
	// DefaultSamplesPerPixel draws 50 pixels per second.
	DefaultSamplesPerPixel = 960
	MinSamplesPerPixel     = 48
	MaxSamplesPerPixel     = samplesPerSecond
)

// maxSamples is where a Builder stops drawing: 24 hours. No call is as long, but times come
// from the network, and a wrong one must not take the memory.
const maxSamples = 24 * 3600 * samplesPerSecond

// Config tunes a [Builder]. The zero value is good for playback.
type Config struct {
	// SamplesPerPixel is how many samples at 48 kHz a pair of peaks stands for, 48 to
	// 48000; zero means 960.
	SamplesPerPixel int
}

// Builder draws one voice. What lies between the pieces that it is given is silence, and
// what lies beyond 24 hours is not drawn.
type Builder struct {
	perPixel int64
	peaks    []int8  // lowest and highest of each pixel of the PCM
	levels   []uint8 // −dBov of each frame, as RFC 6464 counts
	at       int64   // samples of PCM taken

	ended bool  // by Finish
	total int64 // samples, once it has ended

	low, high int16   // of the pixel that PCM is filling
	energy    float64 // of the frame that PCM is filling
}

// NewBuilder returns a builder, or an error that names the limits of what is out of range.
func NewBuilder(config Config) (*Builder, error) {
	if config.SamplesPerPixel == 0 {
		config.SamplesPerPixel = DefaultSamplesPerPixel
	}
	if config.SamplesPerPixel < MinSamplesPerPixel || config.SamplesPerPixel > MaxSamplesPerPixel {
		return nil, fmt.Errorf("waveform: SamplesPerPixel %d is not within %d to %d",
			config.SamplesPerPixel, MinSamplesPerPixel, MaxSamplesPerPixel)
	}
	return &Builder{perPixel: int64(config.SamplesPerPixel)}, nil
}

// AddPCM draws the next samples of the voice, mono at 48 kHz, the first of which lies at 0. For a
// time for which levels were given too, the samples count.
func (b *Builder) AddPCM(pcm []int16) {
	for len(pcm) > 0 && b.at < maxSamples {
		run := min(int64(len(pcm)), b.perPixel-b.at%b.perPixel, frameSamples-b.at%frameSamples)
		b.addRun(pcm[:run])
		pcm = pcm[run:]
	}
}

// addRun draws samples that lie within one pixel and one frame.
func (b *Builder) addRun(pcm []int16) {
	pixel, frame := b.at/b.perPixel, b.at/frameSamples
	if b.at%b.perPixel == 0 {
		b.low, b.high = math.MaxInt16, math.MinInt16
	}
	if b.at%frameSamples == 0 {
		b.energy = 0
	}
	low, high, energy := b.low, b.high, int64(0)
	for _, s := range pcm {
		low, high = min(low, s), max(high, s)
		energy += int64(s) * int64(s)
	}
	b.low, b.high = low, high
	b.energy += float64(energy)
	b.at += int64(len(pcm))
	b.grow(b.at)
	if missing := 2*pieces(b.at, b.perPixel) - len(b.peaks); missing > 0 {
		b.peaks = append(b.peaks, make([]int8, missing)...)
	}
	b.peaks[2*pixel], b.peaks[2*pixel+1] = eightBits(low), eightBits(high)
	b.levels[frame] = levelOf(b.energy / float64(b.at-frame*frameSamples))
}

// eightBits is what audiowaveform makes of a 16-bit peak: a 256th, towards zero.
func eightBits(peak int16) int8 { return int8(peak / 256) }

// levelOf returns a mean square as a level of RFC 6464: 0 for a square wave of full scale, 127
// for −127 dBov and below.
func levelOf(meanSquare float64) uint8 {
	if meanSquare == 0 {
		return silent
	}
	const fullScale = math.MinInt16 * math.MinInt16
	return uint8(max(0, min(silent, math.Round(-10*math.Log10(meanSquare/fullScale)))))
}

// AddLevel draws a packet of which only the audio level is known (RFC 6464 section 3): level is
// its −dBov, 0 to 127, and its upper bit, the sender's voice activity flag, is ignored, as
// browsers without DTX set it always. atMs is where the packet begins, counted from the start
// of the voice, and durMs how long it lasts; packets may come in any order. The peaks are
// what speech of that level usually reaches, the same up and down.
func (b *Builder) AddLevel(atMs, durMs int, level uint8) {
	const perMs = samplesPerSecond / 1000
	level &= 0x7f
	begin := max(0, min(int64(atMs), maxSamples/perMs)) * perMs
	end := max(0, min(int64(atMs)+int64(durMs), maxSamples/perMs)) * perMs
	if begin >= end {
		return
	}
	b.grow(end)
	for frame := begin / frameSamples; frame*frameSamples < end; frame++ {
		b.levels[frame] = min(b.levels[frame], level)
	}
}

// usualPeak returns the 8-bit peak of speech at a level. Over 20 ms, speech peaks at 3.3 times
// its mean level: that is the median of what Chromium and Firefox sent of known speech,
// and half of their packets lie between 2.9 and 4 times.
func usualPeak(level uint8) int8 {
	const crest = 3.3
	if level == silent {
		return 0
	}
	return int8(min(math.MaxInt8, crest*-math.MinInt8*math.Pow(10, -float64(level)/20)))
}

// grow makes room for the first samples of the voice, silent where nothing was drawn.
func (b *Builder) grow(samples int64) {
	for frames := pieces(samples, frameSamples); len(b.levels) < frames; {
		b.levels = append(b.levels, silent)
	}
}

// pieces is how many pieces of a size samples take, the last perhaps not whole.
func pieces(samples, size int64) int { return int((samples + size - 1) / size) }

// Finish makes the drawing as long as the voice: what lies beyond totalSamples goes, what is
// missing is silence. Nothing may be added afterwards.
func (b *Builder) Finish(totalSamples int64) {
	total := max(0, min(totalSamples, maxSamples))
	b.ended, b.total = true, total
	b.grow(total)
	b.peaks = b.peaks[:min(len(b.peaks), 2*pieces(total, b.perPixel))]
	b.levels = b.levels[:pieces(total, frameSamples)]
}

// Waveform returns what was drawn so far; the last pixel may be of part of its samples.
func (b *Builder) Waveform() Waveform {
	length := min(int64(len(b.levels))*frameSamples, maxSamples)
	if b.ended {
		length = b.total
	}
	data := make([]int8, 2*pieces(length, b.perPixel))
	for pixel := copy(data, b.peaks) / 2; pixel < len(data)/2; pixel++ {
		peak := usualPeak(b.loudest(pixel))
		data[2*pixel], data[2*pixel+1] = -peak, peak
	}
	return Waveform{SamplesPerPixel: int(b.perPixel), Channels: 1, Data: data}
}

// loudest is the level of the loudest frame that a pixel is a part of or holds.
func (b *Builder) loudest(pixel int) uint8 {
	from := int64(pixel) * b.perPixel
	first, after := from/frameSamples, pieces(from+b.perPixel, frameSamples)
	return slices.Min(b.levels[first:min(after, len(b.levels))])
}

// Segments returns when the voice spoke, as far as was added, in order and apart.
func (b *Builder) Segments() []Segment { return findSpeech(b.levels) }
