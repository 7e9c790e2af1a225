package audiomatch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ErrWAV says that the data is not a WAV file of 16-bit PCM.
var ErrWAV = errors.New("not a 16-bit PCM WAV file")

// WAV is uncompressed audio.
type WAV struct {
	// Rate is the sample rate in Hz.
	Rate int
	// Channels is 1 or 2.
	Channels int
	// Samples are interleaved.
	Samples []int16
}

// Channel returns one channel's samples, 0 being left.
func (w WAV) Channel(number int) []int16 {
	out := make([]int16, 0, len(w.Samples)/w.Channels)
	for i := number; i < len(w.Samples); i += w.Channels {
		out = append(out, w.Samples[i])
	}
	return out
}

// Format codes of the fmt chunk.
const (
	formatPCM        = 0x0001
	formatExtensible = 0xfffe
	formatSize       = 16
	wavHeaderSize    = 44
	bytesPerSample   = 2
)

// Write writes the file to dst in one pass.
func (w WAV) Write(dst io.Writer) error {
	if w.Channels != 1 && w.Channels != 2 {
		return fmt.Errorf("write WAV: %d channels", w.Channels)
	}
	size := len(w.Samples) * bytesPerSample
	block := w.Channels * bytesPerSample
	out := make([]byte, 0, wavHeaderSize+size)
	out = append(out, "RIFF"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(wavHeaderSize-8+size))
	out = append(out, "WAVEfmt "...)
	out = binary.LittleEndian.AppendUint32(out, formatSize)
	out = binary.LittleEndian.AppendUint16(out, formatPCM)
	out = binary.LittleEndian.AppendUint16(out, uint16(w.Channels))
	out = binary.LittleEndian.AppendUint32(out, uint32(w.Rate))
	out = binary.LittleEndian.AppendUint32(out, uint32(w.Rate*block))
	out = binary.LittleEndian.AppendUint16(out, uint16(block))
	out = binary.LittleEndian.AppendUint16(out, 8*bytesPerSample)
	out = append(out, "data"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(size))
	for _, sample := range w.Samples {
		out = binary.LittleEndian.AppendUint16(out, uint16(sample))
	}
	if _, err := dst.Write(out); err != nil {
		return fmt.Errorf("write WAV: %w", err)
	}
	return nil
}

// ReadWAV reads a whole file. Chunks other than fmt and data are passed over. A data chunk
// said to be longer than what follows ends with the file, since programs that write to a
// pipe do not know its length beforehand. Errors wrap [ErrWAV] or are those of src.
func ReadWAV(src io.Reader) (WAV, error) {
	data, err := io.ReadAll(src)
	if err != nil {
		return WAV{}, fmt.Errorf("read WAV: %w", err)
	}
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		return WAV{}, fmt.Errorf("%w: no RIFF WAVE header", ErrWAV)
	}
	var wav WAV
	for data = data[12:]; len(data) >= 8; {
		name, size := string(data[:4]), int(binary.LittleEndian.Uint32(data[4:]))
		data = data[8:]
		body := data[:min(size, len(data))]
		switch name {
		case "fmt ":
			if wav, err = parseFormat(body); err != nil {
				return WAV{}, err
			}
		case "data":
			return wav.withSamples(body)
		}
		data = data[min(size+size%2, len(data)):]
	}
	return WAV{}, fmt.Errorf("%w: no data chunk", ErrWAV)
}

// parseFormat reads the fmt chunk.
func parseFormat(body []byte) (WAV, error) {
	if len(body) < formatSize {
		return WAV{}, fmt.Errorf("%w: fmt chunk of %d bytes", ErrWAV, len(body))
	}
	format := binary.LittleEndian.Uint16(body)
	width := binary.LittleEndian.Uint16(body[14:])
	if format != formatPCM && format != formatExtensible || width != 8*bytesPerSample {
		return WAV{}, fmt.Errorf("%w: format %#x of %d bits", ErrWAV, format, width)
	}
	wav := WAV{
		Rate:     int(binary.LittleEndian.Uint32(body[4:])),
		Channels: int(binary.LittleEndian.Uint16(body[2:])),
	}
	if wav.Channels != 1 && wav.Channels != 2 {
		return WAV{}, fmt.Errorf("%w: %d channels", ErrWAV, wav.Channels)
	}
	return wav, nil
}

// withSamples returns the file with the data chunk's whole sample frames.
func (w WAV) withSamples(body []byte) (WAV, error) {
	if w.Channels == 0 {
		return WAV{}, fmt.Errorf("%w: data before fmt", ErrWAV)
	}
	block := w.Channels * bytesPerSample
	body = body[:len(body)/block*block]
	w.Samples = make([]int16, len(body)/bytesPerSample)
	for i := range w.Samples {
		w.Samples[i] = int16(binary.LittleEndian.Uint16(body[i*bytesPerSample:]))
	}
	return w, nil
}
