package ogg

import (
	"fmt"
	"io"

	"parley/media/opus/packet"
)

// vendor is what the streams of a pair name as their maker.
const vendor = "parley"

// PairConfig describes the two voices of a call and the stereo stream made of them.
type PairConfig struct {
	// PreSkip is what players drop from the start of all three, in samples at 48 kHz:
	// the delay of the encoder that made the packets.
	PreSkip uint16
	// Left and Right are the voices, Stereo the stream of both.
	Left, Right, Stereo Stream
}

// PairWriter writes the two voices of a call, packet by packet in lockstep, as two mono
// files, and draws the [Layout] of their stereo stream on the way. It is not safe for
// concurrent use.
type PairWriter struct {
	config      PairConfig
	left, right *Writer
	leftStart   int
	rightStart  int
	packets     int
	chunk       chunkShape // the stereo chunk that is filling
	stereoBytes []int
	splits      []SplitChunk
	err         error // what ended the writer
}

// NewPairWriter writes the header pages of both voices and returns their writer. It
// returns [ErrTags] when the comments of any stream are not valid, else the error of left
// or right, neither of which is closed.
func NewPairWriter(left, right io.Writer, config PairConfig) (*PairWriter, error) {
	if _, _, err := stereoHeader(config.PreSkip, config.Stereo); err != nil {
		return nil, fmt.Errorf("stereo stream: %w", err)
	}
	head := MonoHead(config.PreSkip)
	leftWriter, err := NewWriter(left, head, config.Left.tags(), config.Left.Serial)
	if err != nil {
		return nil, fmt.Errorf("left voice: %w", err)
	}
	rightWriter, err := NewWriter(right, head, config.Right.tags(), config.Right.Serial)
	if err != nil {
		return nil, fmt.Errorf("right voice: %w", err)
	}
	return &PairWriter{
		config:     config,
		left:       leftWriter,
		right:      rightWriter,
		leftStart:  int(leftWriter.offset),
		rightStart: int(rightWriter.offset),
	}, nil
}

// tags returns the comment header of a stream of a pair.
func (s Stream) tags() Tags {
	return Tags{Vendor: vendor, Comments: s.Comments}
}

// stereoHeader returns the header pages of the stereo stream and their number: mapping
// family 1, two streams, none coupled, left to left and right to right (RFC 7845 section
// 5.1.1.2).
func stereoHeader(preSkip uint16, stream Stream) ([]byte, int, error) {
	head := Head{
		Channels:        2,
		PreSkip:         preSkip,
		InputSampleRate: samplesPerSecond,
		MappingFamily:   1,
		StreamCount:     2,
		Mapping:         []uint8{0, 1},
	}
	return appendHeaderPages(nil, head, stream.tags(), stream.Serial)
}

// WriteFrame adds the packets of both voices for the same 20 ms. A lost frame is a packet
// of only its TOC byte. A packet that is malformed ([packet.ErrInvalid]), not 20 ms long
// ([ErrDuration]) or too large ([ErrPacketSize]) is refused before either voice is
// written, and the writer can go on; an error of the voices' writers ends it. The packets
// are copied.
func (p *PairWriter) WriteFrame(left, right []byte) error {
	if p.err != nil {
		return p.err
	}
	if err := checkGrid(left); err != nil {
		return fmt.Errorf("left packet %d: %w", p.packets, err)
	}
	if err := checkGrid(right); err != nil {
		return fmt.Errorf("right packet %d: %w", p.packets, err)
	}
	size, err := packet.SelfDelimitedSize(left)
	if err != nil {
		return fmt.Errorf("left packet %d: %w", p.packets, err)
	}
	if size += len(right); size > MaxPacketSize {
		return fmt.Errorf("packets %d: %w: %d bytes together", p.packets, ErrPacketSize, size)
	}
	return p.write(left, right, size)
}

// checkGrid refuses a packet that is malformed or not as long as the grid. The parse to
// the end matters for the right voice too: what a player cannot parse there would cost
// the left voice its frame as well.
func checkGrid(data []byte) error {
	samples, err := packet.DurationSamples48k(data)
	if err != nil {
		return err
	}
	if samples != GridSamples48k {
		return fmt.Errorf("%w: %d samples on a grid of %d", ErrDuration, samples, GridSamples48k)
	}
	return packet.Check(data)
}

// write hands checked packets to both voices and counts them in the layout.
func (p *PairWriter) write(left, right []byte, stereoSize int) error {
	if err := p.left.WritePacket(left, GridSamples48k); err != nil {
		p.err = fmt.Errorf("left voice: %w", err)
		return p.err
	}
	if err := p.right.WritePacket(right, GridSamples48k); err != nil {
		p.err = fmt.Errorf("right voice: %w", err)
		return p.err
	}
	if p.packets > 0 && p.packets%PacketsPerChunk == 0 {
		p.endChunk()
	}
	p.chunk.add(stereoSize)
	p.packets++
	return nil
}

// endChunk enters the stereo chunk that is full into the layout.
func (p *PairWriter) endChunk() {
	if p.chunk.pages > 1 {
		p.splits = append(p.splits, SplitChunk{Chunk: len(p.stereoBytes), Pages: p.chunk.pages})
	}
	p.stereoBytes = append(p.stereoBytes, p.chunk.bytes)
	p.chunk = chunkShape{}
}

// Close ends both voices at totalSamples after the pre-skip, by the rule of
// [Writer.Close], and returns the layout. After [ErrTotalSamples] it may be called again;
// after any other error the files are not whole. A second Close returns [ErrClosed].
func (p *PairWriter) Close(totalSamples int64) (Layout, error) {
	if p.err != nil {
		return Layout{}, p.err
	}
	layout := Layout{
		Version:      layoutVersion,
		Packets:      p.packets,
		TotalSamples: totalSamples,
		PreSkip:      p.config.PreSkip,
		Stereo:       p.config.Stereo,
		LeftStart:    p.leftStart,
		RightStart:   p.rightStart,
	}
	if _, err := layout.end(); err != nil {
		return Layout{}, err
	}
	if err := p.left.Close(totalSamples); err != nil {
		p.err = fmt.Errorf("left voice: %w", err)
		return Layout{}, p.err
	}
	if err := p.right.Close(totalSamples); err != nil {
		p.err = fmt.Errorf("right voice: %w", err)
		return Layout{}, p.err
	}
	p.err = ErrClosed
	if p.packets == 0 {
		p.chunk.newPage()
	}
	p.endChunk()
	layout.LeftBytes = chunkSizes(p.left.Pages())
	layout.RightBytes = chunkSizes(p.right.Pages())
	layout.StereoBytes, layout.SplitChunks = p.stereoBytes, p.splits
	return layout, nil
}

// chunkSizes adds up the pages of each chunk of a voice. Writer cuts pages at every
// second, so none lies in two chunks.
func chunkSizes(pages []PageIndex) []int {
	var sizes []int
	for _, page := range pages {
		chunk := page.FirstPacket / PacketsPerChunk
		if chunk == len(sizes) {
			sizes = append(sizes, 0)
		}
		sizes[chunk] += page.Size
	}
	return sizes
}
