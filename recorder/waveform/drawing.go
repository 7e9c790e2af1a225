package waveform

import (
	"encoding/json"
	"fmt"
)

// Drawing is the waveform of one or more voices, and when each spoke. It marshals to the JSON of
// audiowaveform with one more member, speech, which readers of that format pass over.
type Drawing struct {
	Waveform Waveform
	// Speech holds the segments of each channel.
	Speech [][]Segment
}

// Drawing returns what was drawn so far, of one voice.
func (b *Builder) Drawing() Drawing {
	return Drawing{Waveform: b.Waveform(), Speech: [][]Segment{b.Segments()}}
}

// Blank is the drawing of a voice of which nothing is known, of length samples at 48 kHz.
func Blank(samplesPerPixel int, length int64) Drawing {
	pixels := pieces(max(0, min(length, maxSamples)), int64(samplesPerPixel))
	return Drawing{
		Waveform: Waveform{SamplesPerPixel: samplesPerPixel, Channels: 1, Data: make([]int8, 2*pixels)},
		Speech:   [][]Segment{{}},
	}
}

// JoinDrawings is [Join] for drawings.
func JoinDrawings(voices ...Drawing) (Drawing, error) {
	var joined Drawing
	waves := make([]Waveform, 0, len(voices))
	for _, v := range voices {
		waves = append(waves, v.Waveform)
		joined.Speech = append(joined.Speech, v.Speech...)
	}
	var err error
	joined.Waveform, err = Join(waves...)
	return joined, err
}

// MarshalJSON implements json.Marshaler.
func (d Drawing) MarshalJSON() ([]byte, error) {
	wave, err := d.Waveform.MarshalJSON()
	if err != nil {
		return nil, err
	}
	speech := make([][]Segment, 0, len(d.Speech))
	for _, s := range d.Speech {
		speech = append(speech, append([]Segment{}, s...))
	}
	more, err := json.Marshal(speech)
	if err != nil {
		return nil, err
	}
	out := append(wave[:len(wave)-1], `,"speech":`...)
	return append(append(out, more...), '}'), nil
}

// UnmarshalJSON implements json.Unmarshaler for what MarshalJSON gives. Errors wrap [ErrFormat].
func (d *Drawing) UnmarshalJSON(data []byte) error {
	var in struct {
		Version         int         `json:"version"`
		Channels        int         `json:"channels"`
		SampleRate      int         `json:"sample_rate"`
		SamplesPerPixel int         `json:"samples_per_pixel"`
		Bits            int         `json:"bits"`
		Length          int         `json:"length"`
		Data            []int8      `json:"data"`
		Speech          [][]Segment `json:"speech"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	switch {
	case in.Version != formatVersion || in.Bits != bits || in.SampleRate != samplesPerSecond:
		return fmt.Errorf("%w: version %d, %d bits, %d Hz", ErrFormat, in.Version, in.Bits, in.SampleRate)
	case in.SamplesPerPixel < MinSamplesPerPixel || in.SamplesPerPixel > MaxSamplesPerPixel || in.Channels < 1 || in.Channels > maxChannels:
		return fmt.Errorf("%w: %d samples per pixel, %d channels", ErrFormat, in.SamplesPerPixel, in.Channels)
	case in.Length < 0 || in.Length > len(in.Data) || 2*in.Length*in.Channels != len(in.Data) || len(in.Speech) != in.Channels:
		return fmt.Errorf("%w: %d peaks for %d pixels, speech of %d of %d channels", ErrFormat, len(in.Data), in.Length, len(in.Speech), in.Channels)
	}
	*d = Drawing{
		Waveform: Waveform{SamplesPerPixel: in.SamplesPerPixel, Channels: in.Channels, Data: in.Data},
		Speech:   in.Speech,
	}
	return nil
}
