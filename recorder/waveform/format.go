package waveform

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
)

// ErrFormat says that data is no waveform of the kind this package writes. It comes wrapped
// with what is wrong.
var ErrFormat = errors.New("not an 8-bit waveform of version 2")

// Waveform is the peaks of one or more voices in 8 bits, of sound at 48 kHz. It marshals to the
// JSON and the binary .dat of audiowaveform (its document DataFormat.md, version 2).
type Waveform struct {
	// SamplesPerPixel is how many samples each pair of peaks stands for.
	SamplesPerPixel int
	// Channels is the number of voices.
	Channels int
	// Data holds for every pixel, and in it for every channel, the lowest and the highest
	// sample, as 256ths.
	Data []int8
}

// Length is the number of pixels.
func (w Waveform) Length() int {
	if w.Channels == 0 {
		return 0
	}
	return len(w.Data) / (2 * w.Channels)
}

// Join returns one waveform with the voices of all given, in their order, as long as the
// longest. They must be drawn at one scale; else the error says which is not.
func Join(voices ...Waveform) (Waveform, error) {
	var joined Waveform
	length := 0
	for i, v := range voices {
		if v.Channels < 1 || v.SamplesPerPixel != voices[0].SamplesPerPixel {
			return Waveform{}, fmt.Errorf("join waveforms: number %d has %d channels, %d samples per pixel, the first has %d samples",
				i, v.Channels, v.SamplesPerPixel, voices[0].SamplesPerPixel)
		}
		joined.SamplesPerPixel = v.SamplesPerPixel
		joined.Channels += v.Channels
		length = max(length, v.Length())
	}
	joined.Data = make([]int8, 0, length*joined.Channels*2)
	for pixel := range length {
		for _, v := range voices {
			joined.Data = v.appendPixel(joined.Data, pixel)
		}
	}
	return joined, nil
}

// appendPixel appends the peaks of all channels at a pixel, silence behind the end.
func (w Waveform) appendPixel(dst []int8, pixel int) []int8 {
	width := 2 * w.Channels
	if pixel >= w.Length() {
		return append(dst, make([]int8, width)...)
	}
	return append(dst, w.Data[pixel*width:(pixel+1)*width]...)
}

const (
	formatVersion = 2
	bits          = 8
	eightBitFlag  = 1
	datHeaderSize = 24
)

// MarshalJSON implements json.Marshaler.
func (w Waveform) MarshalJSON() ([]byte, error) {
	out := make([]byte, 0, 128+4*len(w.Data))
	out = fmt.Appendf(out, `{"version":%d,"channels":%d,"sample_rate":%d,"samples_per_pixel":%d,"bits":%d,"length":%d,"data":[`,
		formatVersion, w.Channels, samplesPerSecond, w.SamplesPerPixel, bits, w.Length())
	for i, peak := range w.Data {
		if i > 0 {
			out = append(out, ',')
		}
		out = strconv.AppendInt(out, int64(peak), 10)
	}
	return append(out, "]}"...), nil
}

// MarshalBinary implements encoding.BinaryMarshaler.
func (w Waveform) MarshalBinary() ([]byte, error) {
	out := make([]byte, 0, datHeaderSize+len(w.Data))
	for _, field := range []int{formatVersion, eightBitFlag, samplesPerSecond, w.SamplesPerPixel, w.Length(), w.Channels} {
		out = binary.LittleEndian.AppendUint32(out, uint32(field))
	}
	for _, peak := range w.Data {
		out = append(out, byte(peak))
	}
	return out, nil
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler for what MarshalBinary gives. Errors
// wrap [ErrFormat].
func (w *Waveform) UnmarshalBinary(data []byte) error {
	if len(data) < datHeaderSize {
		return fmt.Errorf("%w: %d bytes", ErrFormat, len(data))
	}
	field := func(i int) int64 { return int64(binary.LittleEndian.Uint32(data[4*i:])) }
	if field(0) != formatVersion || field(1) != eightBitFlag || field(2) != samplesPerSecond {
		return fmt.Errorf("%w: version %d, flags %d, %d Hz", ErrFormat, field(0), field(1), field(2))
	}
	perPixel, length, channels := field(3), field(4), field(5)
	if perPixel < MinSamplesPerPixel || perPixel > MaxSamplesPerPixel || channels < 1 || channels > maxChannels {
		return fmt.Errorf("%w: %d samples per pixel, %d channels", ErrFormat, perPixel, channels)
	}
	peaks := data[datHeaderSize:]
	if 2*length*channels != int64(len(peaks)) {
		return fmt.Errorf("%w: %d bytes for %d pixels of %d channels", ErrFormat, len(peaks), length, channels)
	}
	*w = Waveform{SamplesPerPixel: int(perPixel), Channels: int(channels), Data: make([]int8, len(peaks))}
	for i, peak := range peaks {
		w.Data[i] = int8(peak)
	}
	return nil
}

// maxChannels is how many channels are read; a call has two.
const maxChannels = 64
