package ogg

// pageBuffer collects whole packets for one page.
type pageBuffer struct {
	segments []byte
	payload  []byte
	packets  int
}

// fits reports whether a packet of size bytes still goes on the page.
func (b *pageBuffer) fits(size int) bool {
	return len(b.segments)+lacing(size) <= maxSegments
}

func (b *pageBuffer) add(packet []byte) {
	b.segments = appendLacing(b.segments, len(packet))
	b.payload = append(b.payload, packet...)
	b.packets++
}

func (b *pageBuffer) reset() {
	b.segments, b.payload, b.packets = b.segments[:0], b.payload[:0], 0
}

// chunkShape predicts the pages of a chunk from the sizes of its packets, by the rule
// that pageBuffer and Writer follow: a packet that does not fit begins a new page.
type chunkShape struct {
	pages    int
	bytes    int
	segments int // on the last page
}

func (s *chunkShape) add(size int) {
	needed := lacing(size)
	if s.pages == 0 || s.segments+needed > maxSegments {
		s.newPage()
	}
	s.segments += needed
	s.bytes += needed + size
}

// newPage begins a page; an empty stream has one without packets.
func (s *chunkShape) newPage() {
	s.pages++
	s.segments = 0
	s.bytes += pageHeaderSize
}

// ChunkPackets returns the packets on the pages that make up data, in order, as parts
// of data. It is for runs of pages as a [Writer] makes them, on which every packet is
// whole; a packet that spans pages gives [ErrContinuation]. Otherwise it returns the
// errors of [ParsePage].
func ChunkPackets(data []byte) ([][]byte, error) {
	var packets [][]byte
	for len(data) > 0 {
		page, size, err := ParsePage(data)
		if err != nil {
			return nil, err
		}
		if page.Flags&Continued != 0 {
			return nil, ErrContinuation
		}
		for _, piece := range page.pieces() {
			if !piece.ends {
				return nil, ErrContinuation
			}
			packets = append(packets, piece.data)
		}
		data = data[size:]
	}
	return packets, nil
}
