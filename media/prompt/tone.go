package prompt

import (
	"math"

	"parley/media/opus"
)

// The tone that says that a call is recorded, as telephone companies played it.
const (
	toneHz     = 1400
	toneLength = opus.SampleRate / 5
	tonePeak   = 4096 // -18 dBFS: heard under speech, and not startling
	toneEdge   = opus.SampleRate / 200
	// toneTail lets the codec's delay play out.
	toneTail = opus.FrameSamples48k
)

// Tone is 0.2 s of 1400 Hz, eased in and out, and a frame in which it ends.
func Tone() (Prompt, error) {
	pcm := make([]int16, toneLength+toneTail)
	for i := range toneLength {
		edge := min(1, float64(min(i, toneLength-i))/toneEdge)
		pcm[i] = int16(edge * tonePeak * math.Sin(2*math.Pi*toneHz*float64(i)/opus.SampleRate))
	}
	return Encode(pcm)
}
