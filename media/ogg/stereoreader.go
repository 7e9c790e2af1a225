package ogg

import (
	"errors"
	"fmt"
	"io"
	"sort"
	"sync"
)

// cachedChunks is how many seconds a StereoReader remembers: enough that reads of the
// usual 32 KiB, about five seconds of speech, do not build the second at their seam twice.
const cachedChunks = 8

// StereoReader is the stereo stream of two voices, addressed as a file: left voice left,
// right voice right, no audio decoded. It reads from the voices only the seconds that a
// read touches and gives the same bytes however it is read. It is safe for concurrent use
// if the voices are.
type StereoReader struct {
	layout      Layout
	left, right io.ReaderAt
	header      []byte
	end         int64 // granule position of the end page
	sequences   []uint32
	// Where each chunk begins in each file, and at the end where the file ends.
	leftAt, rightAt, stereoAt []int64

	mu     sync.Mutex // guards recent
	recent []builtChunk
}

// builtChunk is a chunk in memory; its bytes are never changed.
type builtChunk struct {
	number int
	data   []byte
}

// NewStereoReader returns the reader of the stream that layout describes over the two
// voices it was drawn with; nil stands for the silent one of a layout of
// [Layout.SilenceLeft] or [Layout.SilenceRight]. It reads nothing yet. Errors wrap
// [ErrLayout] or [ErrTags].
func NewStereoReader(layout Layout, left, right io.ReaderAt) (*StereoReader, error) {
	if err := layout.validate(); err != nil {
		return nil, err
	}
	header, headerPages, err := stereoHeader(layout.PreSkip, layout.Stereo)
	if err != nil {
		return nil, err
	}
	end, err := layout.end()
	if err != nil {
		return nil, err
	}
	return &StereoReader{
		layout:    layout,
		left:      left,
		right:     right,
		header:    header,
		end:       end,
		sequences: layout.sequences(headerPages),
		leftAt:    places(layout.LeftStart, layout.LeftBytes),
		rightAt:   places(layout.RightStart, layout.RightBytes),
		stereoAt:  places(len(header), layout.StereoBytes),
	}, nil
}

// places returns where chunks of the given sizes begin, and where the last one ends.
func places(start int, sizes []int) []int64 {
	at := make([]int64, 0, len(sizes)+1)
	next := int64(start)
	for _, size := range sizes {
		at = append(at, next)
		next += int64(size)
	}
	return append(at, next)
}

// Size returns the size of the stereo stream in bytes.
func (s *StereoReader) Size() int64 {
	return s.stereoAt[len(s.stereoAt)-1]
}

// ReadAt implements io.ReaderAt. Beside io.EOF it returns the errors of the voices, and
// [ErrLayout] or a page's error when a voice is not the one that the layout describes.
func (s *StereoReader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("read stereo stream: negative offset %d", off)
	}
	n := 0
	if off < int64(len(s.header)) {
		n = copy(p, s.header[off:])
	}
	for n < len(p) {
		at := off + int64(n)
		if at >= s.Size() {
			return n, io.EOF
		}
		k := s.chunkAt(at)
		data, err := s.chunk(k)
		if err != nil {
			return n, fmt.Errorf("read stereo second %d: %w", k, err)
		}
		n += copy(p[n:], data[at-s.stereoAt[k]:])
	}
	return n, nil
}

// chunkAt returns the number of the chunk that holds byte at, which lies behind the
// header and before the end.
func (s *StereoReader) chunkAt(at int64) int {
	return sort.Search(len(s.stereoAt), func(k int) bool { return s.stereoAt[k] > at }) - 1
}

// chunk returns the bytes of chunk k, built or remembered. Two readers of one second may
// both build it: that costs less than to make one wait for the other's storage.
func (s *StereoReader) chunk(k int) ([]byte, error) {
	if data, ok := s.remembered(k); ok {
		return data, nil
	}
	data, err := s.build(k)
	if err != nil {
		return nil, err
	}
	s.remember(k, data)
	return data, nil
}

// build reads chunk k of both voices and joins them.
func (s *StereoReader) build(k int) ([]byte, error) {
	want := s.layout.packetsIn(k)
	left, err := lanePackets(s.left, s.leftAt[k], s.layout.LeftBytes[k], want)
	if err != nil {
		return nil, fmt.Errorf("left voice: %w", err)
	}
	right, err := lanePackets(s.right, s.rightAt[k], s.layout.RightBytes[k], want)
	if err != nil {
		return nil, fmt.Errorf("right voice: %w", err)
	}
	chunk := stereoChunk{
		serial:   s.layout.Stereo.Serial,
		sequence: s.sequences[k],
		start:    int64(k) * samplesPerSecond,
		end:      int64(k+1) * samplesPerSecond,
	}
	if k == len(s.sequences)-1 {
		chunk.end, chunk.eos = s.end, true
	}
	size := s.layout.StereoBytes[k]
	data, err := chunk.build(left, right, size)
	if err != nil {
		return nil, err
	}
	if len(data) != size {
		return nil, fmt.Errorf("%w: made %d bytes of %d", ErrLayout, len(data), size)
	}
	return data, nil
}

// lanePackets are the packets of one chunk of a voice, or of silence where there is none.
func lanePackets(voice io.ReaderAt, at int64, size, want int) ([][]byte, error) {
	if voice == nil {
		return silentPackets(want), nil
	}
	return readPackets(voice, at, size, want)
}

// readPackets reads the pages of one chunk of a voice and returns their packets.
func readPackets(voice io.ReaderAt, at int64, size, want int) ([][]byte, error) {
	data := make([]byte, size)
	if n, err := voice.ReadAt(data, at); n < size {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	packets, err := ChunkPackets(data)
	if err != nil {
		return nil, err
	}
	if len(packets) != want {
		return nil, fmt.Errorf("%w: %d packets instead of %d", ErrLayout, len(packets), want)
	}
	return packets, nil
}

// remembered returns chunk k if it was built of late.
func (s *StereoReader) remembered(k int) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, chunk := range s.recent {
		if chunk.number == k {
			return chunk.data, true
		}
	}
	return nil, false
}

// remember keeps chunk k in place of the one built longest ago.
func (s *StereoReader) remember(k int, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.recent) == cachedChunks {
		copy(s.recent, s.recent[1:])
		s.recent = s.recent[:cachedChunks-1]
	}
	s.recent = append(s.recent, builtChunk{number: k, data: data})
}
