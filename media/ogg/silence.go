package ogg

import (
	"fmt"
	"io"

	"parley/media/opus/packet"
)

// silentPacket returns 20 ms of digital silence: CELT, fullband, mono, with the two
// bytes that encoders send for it.
func silentPacket() []byte { return []byte{0xf8, 0xff, 0xfe} }

// SilenceLeft returns the layout of the stereo stream whose left voice is silent
// throughout and whose right voice is the one that l was drawn with. The stereo stream
// has other sizes then, so the whole of right is read. Errors are those of
// [NewStereoReader] and of right.
func (l Layout) SilenceLeft(right io.ReaderAt) (Layout, error) {
	return l.silence(right, true)
}

// SilenceRight is [Layout.SilenceLeft] for a right voice that is silent.
func (l Layout) SilenceRight(left io.ReaderAt) (Layout, error) {
	return l.silence(left, false)
}

func (l Layout) silence(kept io.ReaderAt, left bool) (Layout, error) {
	if err := l.validate(); err != nil {
		return Layout{}, err
	}
	start, sizes, gone := l.LeftStart, l.LeftBytes, &l.RightBytes
	if left {
		start, sizes, gone = l.RightStart, l.RightBytes, &l.LeftBytes
	}
	*gone = make([]int, len(sizes))
	stereo := make([]int, len(sizes))
	l.SplitChunks = nil
	for k, at := range places(start, sizes)[:len(sizes)] {
		packets, err := readPackets(kept, at, sizes[k], l.packetsIn(k))
		if err != nil {
			return Layout{}, fmt.Errorf("draw second %d anew: %w", k, err)
		}
		shape, err := shapeBesideSilence(packets, left)
		if err != nil {
			return Layout{}, fmt.Errorf("draw second %d anew: %w", k, err)
		}
		if shape.pages > 1 {
			l.SplitChunks = append(l.SplitChunks, SplitChunk{Chunk: k, Pages: shape.pages})
		}
		// What is left of the silent voice must not tell how loud it was.
		stereo[k], (*gone)[k] = shape.bytes, pageHeaderSize
	}
	l.StereoBytes = stereo
	return l, nil
}

// shapeBesideSilence is the chunk in which one voice has the given packets and the other
// is silent.
func shapeBesideSilence(packets [][]byte, silentLeft bool) (shape chunkShape, err error) {
	for _, kept := range packets {
		left, right := kept, silentPacket()
		if silentLeft {
			left, right = right, left
		}
		size, err := packet.SelfDelimitedSize(left)
		if err != nil {
			return shape, err
		}
		shape.add(size + len(right))
	}
	if len(packets) == 0 {
		shape.newPage()
	}
	return shape, nil
}

// silentPackets are n packets of silence.
func silentPackets(n int) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		out[i] = silentPacket()
	}
	return out
}
