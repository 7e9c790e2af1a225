package packet

// framing tells how the end of the last frame is known.
type framing int

const (
	// undelimited: the packet ends where its container says (section 3.2).
	undelimited framing = iota
	// selfDelimited: one more length says where it ends (appendix B).
	selfDelimited
)

// layout is where the parts of a packet lie: header, frames, padding.
type layout struct {
	count   int
	sizes   [MaxFrames]int
	body    int // offset of the first frame
	padding int // bytes after the last frame
}

// end returns the size of the whole packet in bytes.
func (l *layout) end() int {
	end := l.body + l.padding
	for _, size := range l.sizes[:l.count] {
		end += size
	}
	return end
}

// last returns the size of the last frame, which is what self-delimiting framing
// adds to the header. Where all frames are of one size it is that size.
func (l *layout) last() int {
	return l.sizes[l.count-1]
}

// parse finds the parts of the packet that data holds (undelimited) or begins
// with (self-delimited).
func parse(data []byte, as framing) (layout, error) {
	count, err := FrameCount(data)
	if err != nil {
		return layout{}, err
	}
	p := parser{data: data, as: as, layout: layout{count: count, body: 1}}
	switch TOC(data[0]).FrameCountCode() {
	case 0, 1:
		err = p.equalSizes()
	case 2:
		err = p.differentSizes()
	default:
		err = p.signalled()
	}
	return p.layout, err
}

type parser struct {
	layout
	data []byte
	as   framing
}

// signalled reads the frame count byte's flags, the padding length and the frames
// of a code 3 packet (section 3.2.5).
func (p *parser) signalled() error {
	const paddingFlag, variableFlag = 0x40, 0x80
	flags := p.data[1]
	p.body = 2
	if flags&paddingFlag != 0 {
		if err := p.readPadding(); err != nil {
			return err
		}
	}
	if flags&variableFlag != 0 {
		return p.differentSizes()
	}
	return p.equalSizes()
}

// readPadding adds up the padding length bytes: 255 stands for 254 bytes and one
// more length byte.
func (p *parser) readPadding() error {
	for p.body < len(p.data) {
		length := int(p.data[p.body])
		p.body++
		if length < 255 {
			p.padding += length
			return nil
		}
		p.padding += 254
	}
	return invalid("R6, R7", "padding length runs past the end")
}

// equalSizes fills the sizes of a packet whose frames are all alike: codes 0, 1
// and 3 with constant bit rate.
func (p *parser) equalSizes() error {
	var size int
	if p.as == selfDelimited {
		length, err := p.readLength()
		if err != nil {
			return err
		}
		size = length
	} else {
		room := len(p.data) - p.body - p.padding
		if room < 0 || room%p.count != 0 {
			return invalid("R3, R6", "%d bytes for %d equal frames", room, p.count)
		}
		size = room / p.count
	}
	for i := range p.count {
		p.sizes[i] = size
	}
	return p.checkEnd()
}

// differentSizes reads the sizes of a packet of code 2 or 3 with variable bit
// rate. The last size is what the others leave, unless it is signalled too.
func (p *parser) differentSizes() error {
	signalled := p.count - 1
	if p.as == selfDelimited {
		signalled = p.count
	}
	for i := range signalled {
		length, err := p.readLength()
		if err != nil {
			return err
		}
		p.sizes[i] = length
	}
	if p.as == undelimited {
		p.sizes[p.count-1] = max(0, len(p.data)-p.end())
	}
	return p.checkEnd()
}

// readLength reads a frame length of one or two bytes (section 3.2.1).
func (p *parser) readLength() (int, error) {
	if p.body >= len(p.data) {
		return 0, invalid("R4, R7", "no room for a frame length")
	}
	first := int(p.data[p.body])
	p.body++
	if first < twoByteLength {
		return first, nil
	}
	if p.body >= len(p.data) {
		return 0, invalid("R4, R7", "half a frame length")
	}
	second := int(p.data[p.body])
	p.body++
	return 4*second + first, nil
}

// checkEnd refuses frames that are too large or run past the end.
func (p *parser) checkEnd() error {
	if end := p.end(); end > len(p.data) {
		return invalid("R4, R6, R7", "frames end at byte %d of %d", end, len(p.data))
	}
	if p.last() > MaxFrameBytes {
		return invalid("R2", "frame of %d bytes", p.last())
	}
	return nil
}
