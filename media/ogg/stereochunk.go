package ogg

import (
	"fmt"

	"parley/media/opus/packet"
)

// stereoChunk is what the pages of one second of the stereo stream are made of.
type stereoChunk struct {
	serial   uint32
	sequence uint32 // of the first page
	start    int64  // granule position before the first packet
	end      int64  // granule position after the last one, trimmed in the last chunk
	eos      bool
}

// build returns the chunk's pages. Left and right hold the same number of packets of one
// grid. It makes the same pages whenever it is called with the same packets.
func (c stereoChunk) build(left, right [][]byte, size int) ([]byte, error) {
	pages := make([]byte, 0, size)
	header := pageHeader{serial: c.serial, sequence: c.sequence, granule: c.start}
	var page pageBuffer
	var joined []byte
	for i := range left {
		var err error
		if joined, err = packet.AppendSelfDelimited(joined[:0], left[i]); err != nil {
			return nil, fmt.Errorf("left packet %d: %w", i, err)
		}
		joined = append(joined, right[i]...)
		if !page.fits(len(joined)) {
			pages = appendPage(pages, header, page.segments, page.payload)
			header.sequence++
			page.reset()
		}
		page.add(joined)
		header.granule += GridSamples48k
	}
	header.granule = c.end
	if c.eos {
		header.flags = EndOfStream
	}
	return appendPage(pages, header, page.segments, page.payload), nil
}
