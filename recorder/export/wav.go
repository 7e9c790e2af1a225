package export

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"

	"parley/media/opus"
)

// ErrTooLong says that a recording does not fit a WAV file, whose sizes have 32 bits: stereo
// ends at 6 hours and 12 minutes, mono at twice that.
var ErrTooLong = errors.New("recording too long for a WAV file")

// Channels is how a WAV file holds the voices.
type Channels int

const (
	// Stereo has the member left and the expert right.
	Stereo Channels = iota
	// Mono has both voices mixed; see the package comment.
	Mono
)

// count is the number of channels.
func (c Channels) count() int {
	if c == Mono {
		return 1
	}
	return voices
}

// The file: a header of one fmt and one data chunk, and 16-bit PCM at 48 kHz.
const (
	wavHeaderSize  = 44
	bytesPerSample = 2
	formatPCM      = 1
	formatSize     = 16
	// cachedChunks is how many seconds a reader remembers, 192 kB each in stereo: the one
	// being read, those next to it, and one for a player that looks at the end.
	cachedChunks = 4
)

// WAVReader is a recording as a WAV file, 16-bit PCM at 48 kHz, decoded as it is read. It is
// as long as the recording to the sample. Every read gives the same bytes for the same
// place. It is safe for concurrent use if the recording's stream is.
type WAVReader struct {
	source   *Source
	channels Channels
	header   []byte
	size     int64

	mu     sync.Mutex // guards what follows, never held while decoding
	idle   *cursor    // one that may go on from where it stopped, or nil
	recent []rendered
}

// rendered is a chunk as it stands in the file, from pre-skip on where it is the first and to
// the end of its packets where it is the last. Its bytes are never changed.
type rendered struct {
	number int
	data   []byte
}

// NewWAVReader returns a recording as a WAV file, or [ErrTooLong]. It reads nothing yet.
func NewWAVReader(source *Source, channels Channels) (*WAVReader, error) {
	if channels != Stereo && channels != Mono {
		return nil, fmt.Errorf("WAV of a recording: no channels %d", channels)
	}
	r := newReader(source, channels)
	if r.size-8 > math.MaxUint32 {
		return nil, fmt.Errorf("%w: %d samples", ErrTooLong, source.TotalSamples())
	}
	r.header = wavHeader(channels.count(), r.size-wavHeaderSize)
	return r, nil
}

// newReader returns a reader that has its samples only: what stands before them depends on
// a size that not every recording has.
func newReader(source *Source, channels Channels) *WAVReader {
	block := int64(channels.count() * bytesPerSample)
	return &WAVReader{source: source, channels: channels, size: wavHeaderSize + source.TotalSamples()*block}
}

// wavHeader returns what stands before the samples of a RIFF WAVE file (Microsoft and IBM,
// Multimedia Programming Interface and Data Specifications 1.0, 1991).
func wavHeader(channels int, dataBytes int64) []byte {
	block := channels * bytesPerSample
	h := make([]byte, 0, wavHeaderSize)
	h = append(h, "RIFF"...)
	h = binary.LittleEndian.AppendUint32(h, uint32(wavHeaderSize-8+dataBytes))
	h = append(h, "WAVEfmt "...)
	h = binary.LittleEndian.AppendUint32(h, formatSize)
	h = binary.LittleEndian.AppendUint16(h, formatPCM)
	h = binary.LittleEndian.AppendUint16(h, uint16(channels))
	h = binary.LittleEndian.AppendUint32(h, opus.SampleRate)
	h = binary.LittleEndian.AppendUint32(h, uint32(opus.SampleRate*block))
	h = binary.LittleEndian.AppendUint16(h, uint16(block))
	h = binary.LittleEndian.AppendUint16(h, 8*bytesPerSample)
	h = append(h, "data"...)
	return binary.LittleEndian.AppendUint32(h, uint32(dataBytes))
}

// Size is the length of the file in bytes.
func (r *WAVReader) Size() int64 { return r.size }

// ReadAt implements io.ReaderAt. Beside io.EOF it returns the errors of the recording's
// stream, [ErrSource], or media/opus.ErrInvalidPacket for sound that cannot be decoded.
func (r *WAVReader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("read WAV: negative offset %d", off)
	}
	n := 0
	if off < wavHeaderSize {
		n = copy(p, r.header[off:])
	}
	for n < len(p) {
		at := off + int64(n)
		if at >= r.size {
			return n, io.EOF
		}
		data, err := r.from(at)
		if err != nil {
			return n, fmt.Errorf("read WAV: %w", err)
		}
		n += copy(p[n:], data[:min(int64(len(data)), r.size-at)])
	}
	return n, nil
}

// WriteTo implements io.WriterTo: it writes the whole file, decoding as it goes.
func (r *WAVReader) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, io.NewSectionReader(r, 0, r.size))
}

// from returns what is decoded from byte at on, which lies among the samples: the rest of its
// chunk. Chunks are counted before pre-skip, as they are stored.
func (r *WAVReader) from(at int64) ([]byte, error) {
	block := int64(r.channels.count() * bytesPerSample)
	decoded := at - wavHeaderSize + int64(r.source.layout.PreSkip)*block
	k := int(decoded / (chunkSamples * block))
	data, err := r.chunk(k)
	if err != nil {
		return nil, err
	}
	return data[decoded-int64(k)*chunkSamples*block:], nil
}

// chunk returns chunk k, decoded or remembered. Two readers of one place may both decode it:
// that costs less than to make one wait for the other's storage.
func (r *WAVReader) chunk(k int) ([]byte, error) {
	data, c := r.remembered(k)
	if data != nil {
		return data, nil
	}
	if c == nil {
		var err error
		if c, err = newCursor(r.source, k); err != nil {
			return nil, err
		}
	}
	for c.next <= k {
		number := c.next
		pcm, err := c.decode()
		if err != nil {
			return nil, err
		}
		if number == k {
			data = r.render(pcm)
		}
	}
	r.remember(k, data, c)
	return data, nil
}

// render returns the sound as it stands in the file.
func (r *WAVReader) render(pcm sound) []byte {
	data := make([]byte, 0, len(pcm[Member])*r.channels.count()*bytesPerSample)
	for i, member := range pcm[Member] {
		expert := pcm[Expert][i]
		if r.channels == Mono {
			data = binary.LittleEndian.AppendUint16(data, uint16(mixed(member, expert)))
			continue
		}
		data = binary.LittleEndian.AppendUint16(data, uint16(member))
		data = binary.LittleEndian.AppendUint16(data, uint16(expert))
	}
	return data
}

// remembered returns chunk k if it was decoded of late, else the idle cursor if that leads
// there. The caller owns the cursor until it hands it back.
func (r *WAVReader) remembered(k int) ([]byte, *cursor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, chunk := range r.recent {
		if chunk.number == k {
			return chunk.data, nil
		}
	}
	c := r.idle
	if c == nil || !c.leadsTo(k) {
		return nil, nil
	}
	r.idle = nil
	return nil, c
}

// remember keeps chunk k in place of the one decoded longest ago, and the cursor for a read
// that goes on.
func (r *WAVReader) remember(k int, data []byte, c *cursor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.idle = c
	if len(r.recent) == cachedChunks {
		copy(r.recent, r.recent[1:])
		r.recent = r.recent[:cachedChunks-1]
	}
	r.recent = append(r.recent, rendered{number: k, data: data})
}
