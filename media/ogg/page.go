package ogg

import (
	"encoding/binary"
	"fmt"
)

// Sizes and places within a page (RFC 3533 section 6).
const (
	pageHeaderSize = 27 // without the segment table
	maxSegments    = 255
	fullSegment    = 255
	crcOffset      = 22
	maxPageSize    = pageHeaderSize + maxSegments + maxSegments*fullSegment
)

// MaxPacketSize is the largest packet a [Writer] takes, in bytes: one that fits a
// single page, so that no audio packet spans pages. The largest packet of 20 ms is
// a twentieth of it.
const MaxPacketSize = maxSegments*fullSegment - 1

// capturePattern begins every page.
const capturePattern = "OggS"

// PageFlags are the header type flags of a page (RFC 3533 section 6, field 3).
type PageFlags byte

// The flags that exist.
const (
	// Continued: the page begins inside a packet.
	Continued PageFlags = 1 << iota
	// BeginningOfStream marks the first page.
	BeginningOfStream
	// EndOfStream marks the last page.
	EndOfStream
)

// NoGranule is the granule position of a page on which no packet ends, and of a
// packet that is not the last to end on its page.
const NoGranule int64 = -1

// Page is one Ogg page, parsed. Segments and Payload are parts of the parsed data.
type Page struct {
	Flags    PageFlags
	Granule  int64
	Serial   uint32
	Sequence uint32
	// Segments are the lacing values: a packet ends with the first below 255.
	Segments []byte
	Payload  []byte
}

// ParsePage parses the page that data begins with and returns its size in bytes. It
// returns [ErrTruncated], [ErrCapturePattern], [ErrVersion] or [ErrChecksum].
func ParsePage(data []byte) (Page, int, error) {
	size, err := pageSize(data)
	if err != nil {
		return Page{}, 0, err
	}
	if len(data) < size {
		return Page{}, 0, fmt.Errorf("%w: %d of %d bytes", ErrTruncated, len(data), size)
	}
	data = data[:size]
	want, got := binary.LittleEndian.Uint32(data[crcOffset:]), pageCRC(data)
	if got != want {
		return Page{}, 0, fmt.Errorf("%w: %08x instead of %08x", ErrChecksum, got, want)
	}
	body := pageHeaderSize + int(data[pageHeaderSize-1])
	return Page{
		Flags:    PageFlags(data[5]),
		Granule:  int64(binary.LittleEndian.Uint64(data[6:])),
		Serial:   binary.LittleEndian.Uint32(data[14:]),
		Sequence: binary.LittleEndian.Uint32(data[18:]),
		Segments: data[pageHeaderSize:body],
		Payload:  data[body:],
	}, size, nil
}

// checkHeader looks at the fixed part of a page's header.
func checkHeader(data []byte) error {
	if len(data) < pageHeaderSize {
		return fmt.Errorf("%w: %d bytes of header", ErrTruncated, len(data))
	}
	if string(data[:4]) != capturePattern {
		return fmt.Errorf("%w: begins with %q", ErrCapturePattern, data[:4])
	}
	if data[4] != 0 {
		return fmt.Errorf("%w: %d", ErrVersion, data[4])
	}
	return nil
}

// pageSize reads the size of the page from its header and segment table.
func pageSize(data []byte) (int, error) {
	if err := checkHeader(data); err != nil {
		return 0, err
	}
	body := pageHeaderSize + int(data[pageHeaderSize-1])
	if len(data) < body {
		return 0, fmt.Errorf("%w: %d of %d bytes of header", ErrTruncated, len(data), body)
	}
	size := body
	for _, segment := range data[pageHeaderSize:body] {
		size += int(segment)
	}
	return size, nil
}

// piece is the part of a packet that lies on one page.
type piece struct {
	data []byte
	ends bool // false when the packet goes on on the next page
}

// pieces returns the parts of packets on the page, in order.
func (p *Page) pieces() []piece {
	var found []piece
	start, end, open := 0, 0, false
	for _, segment := range p.Segments {
		end += int(segment)
		open = segment == fullSegment
		if !open {
			found = append(found, piece{data: p.Payload[start:end:end], ends: true})
			start = end
		}
	}
	if open {
		found = append(found, piece{data: p.Payload[start:end:end]})
	}
	return found
}

// lacing returns how many segments a packet of size bytes takes.
func lacing(size int) int {
	return size/fullSegment + 1
}

// pageHeader is what a page says about itself beside its contents.
type pageHeader struct {
	flags    PageFlags
	granule  int64
	serial   uint32
	sequence uint32
}

// appendPage appends a page to dst. The caller has made segments and payload agree.
func appendPage(dst []byte, header pageHeader, segments, payload []byte) []byte {
	start := len(dst)
	dst = append(dst, capturePattern...)
	dst = append(dst, 0, byte(header.flags))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(header.granule))
	dst = binary.LittleEndian.AppendUint32(dst, header.serial)
	dst = binary.LittleEndian.AppendUint32(dst, header.sequence)
	dst = append(dst, 0, 0, 0, 0, byte(len(segments)))
	dst = append(dst, segments...)
	dst = append(dst, payload...)
	page := dst[start:]
	binary.LittleEndian.PutUint32(page[crcOffset:], pageCRC(page))
	return dst
}

// appendLacing appends the lacing values of a packet of size bytes: full segments and
// one that is not, which may be empty (RFC 3533 section 5).
func appendLacing(segments []byte, size int) []byte {
	for ; size >= fullSegment; size -= fullSegment {
		segments = append(segments, fullSegment)
	}
	return append(segments, byte(size))
}
