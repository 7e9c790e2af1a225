package export

import (
	"errors"
	"fmt"
	"io"

	"parley/media/ogg"
	"parley/media/opus/packet"
)

// ErrSource says that a stream is not the one that its layout describes. It comes wrapped
// with what does not fit.
var ErrSource = errors.New("stream does not fit its layout")

// Stream is a recording's stereo Ogg Opus stream, member left and expert right;
// *playback.Recording and *ogg.StereoReader are ones.
type Stream interface {
	io.ReaderAt
	// Size is the length of the stream in bytes.
	Size() int64
}

// Voice names one of the two voices of a recording.
type Voice int

// The voices, in the order of the channels.
const (
	Member Voice = iota
	Expert
)

// voices is how many there are.
const voices = 2

// Source is a recording to be exported. It reads only what is asked for and remembers
// nothing.
type Source struct {
	stream Stream
	layout ogg.Layout
	at     []int64 // where each chunk begins, and where the last one ends
	gains  [voices]float64
}

// SetGains says by how many dB each voice is to be raised where it is decoded, so that both
// are about equally loud; the manifest has them. It must be called before anything is
// exported.
func (s *Source) SetGains(member, expert float64) { s.gains = [voices]float64{member, expert} }

// NewSource returns the recording that is stored in stream and described by layout, which
// its manifest holds. It reads the stream's headers. The error wraps [ErrSource] when the
// two do not belong together, else it is what the stream or media/ogg said.
func NewSource(layout ogg.Layout, stream Stream) (*Source, error) {
	s := &Source{stream: stream, layout: layout}
	if err := s.place(); err != nil {
		return nil, err
	}
	reader, err := ogg.NewReader(io.NewSectionReader(stream, 0, s.at[0]))
	if err != nil {
		return nil, fmt.Errorf("headers of the recording: %w", err)
	}
	head := reader.Head()
	if head.Channels != voices || head.StreamCount != voices || head.PreSkip != layout.PreSkip {
		return nil, fmt.Errorf("%w: %d channels in %d streams, pre-skip %d instead of %d",
			ErrSource, head.Channels, head.StreamCount, head.PreSkip, layout.PreSkip)
	}
	return s, nil
}

// place finds where the chunks lie. The headers are what the chunks leave.
func (s *Source) place() error {
	l := s.layout
	if l.Packets < 0 || len(l.StereoBytes) != max(1, (l.Packets+ogg.PacketsPerChunk-1)/ogg.PacketsPerChunk) {
		return fmt.Errorf("%w: %d chunks for %d packets", ErrSource, len(l.StereoBytes), l.Packets)
	}
	if room := int64(l.Packets)*ogg.GridSamples48k - int64(l.PreSkip); l.TotalSamples < 0 || l.TotalSamples > max(0, room) {
		return fmt.Errorf("%w: %d samples in %d packets", ErrSource, l.TotalSamples, l.Packets)
	}
	next := s.stream.Size()
	for _, size := range l.StereoBytes {
		next -= int64(size)
	}
	if next <= 0 {
		return fmt.Errorf("%w: %d bytes of headers", ErrSource, next)
	}
	s.at = append(s.at, next)
	for k, size := range l.StereoBytes {
		if size <= 0 {
			return fmt.Errorf("%w: chunk %d of %d bytes", ErrSource, k, size)
		}
		next += int64(size)
		s.at = append(s.at, next)
	}
	return nil
}

// TotalSamples is the playing time in samples at 48 kHz.
func (s *Source) TotalSamples() int64 { return s.layout.TotalSamples }

// chunks is how many chunks of up to one second there are.
func (s *Source) chunks() int { return len(s.layout.StereoBytes) }

// pair is the packets of both voices for the same 20 ms.
type pair [voices][]byte

// chunk reads the packets of chunk k and takes the voices apart: the member's packet is
// self-delimiting, the expert's is the rest (RFC 7845 section 3).
func (s *Source) chunk(k int) ([]pair, error) {
	data := make([]byte, s.layout.StereoBytes[k])
	if n, err := s.stream.ReadAt(data, s.at[k]); n < len(data) {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("read second %d: %w", k, err)
	}
	joined, err := ogg.ChunkPackets(data)
	if err != nil {
		return nil, fmt.Errorf("second %d: %w", k, err)
	}
	if want := min(ogg.PacketsPerChunk, s.layout.Packets-k*ogg.PacketsPerChunk); len(joined) != want {
		return nil, fmt.Errorf("%w: second %d has %d packets instead of %d", ErrSource, k, len(joined), want)
	}
	pairs := make([]pair, len(joined))
	for i, both := range joined {
		member, taken, err := packet.AppendUndelimited(nil, both)
		if err != nil {
			return nil, fmt.Errorf("second %d, packet %d: %w", k, i, err)
		}
		pairs[i] = pair{member, both[taken:]}
	}
	return pairs, nil
}
