package disclosure

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The parts of an Ogg page's header that are needed (RFC 3533 section 6).
const (
	pageHeader    = 27
	granuleOffset = 6
	segmentsAt    = 26
	// headSize is the least length of an OpusHead packet, whose pre-skip is at
	// preSkipAt (RFC 7845 section 5.1).
	headSize  = 19
	preSkipAt = 10

	samplesPerMs = 48
)

// page is an Ogg page, and what it plays, in samples of playing time.
type page struct {
	data     []byte
	header   bool // it holds no sound
	from, to int64
}

// pages reads a voice page by page. yield's error ends it.
func pages(voice io.Reader, yield func(page) error) error {
	r := bufio.NewReaderSize(voice, 64<<10)
	var preSkip, last int64
	for n, heads := 0, true; ; n++ {
		data, err := readPage(r)
		if errors.Is(err, io.EOF) && n > 0 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("page %d: %w", n, err)
		}
		body := data[pageHeader+int(data[segmentsAt]):]
		if n == 0 && len(body) >= headSize {
			preSkip = int64(binary.LittleEndian.Uint16(body[preSkipAt:]))
		}
		granule := int64(binary.LittleEndian.Uint64(data[granuleOffset:]))
		heads = heads && granule == 0
		p := page{data: data, header: heads, from: last - preSkip, to: granule - preSkip}
		if !heads {
			last = granule
		}
		if err := yield(p); err != nil {
			return err
		}
	}
}

func readPage(r *bufio.Reader) ([]byte, error) {
	header, err := r.Peek(pageHeader)
	switch {
	case len(header) == 0:
		return nil, err
	case err != nil || string(header[:4]) != "OggS":
		return nil, errors.Join(errors.New("not an Ogg page"), err)
	}
	segments := int(header[segmentsAt])
	if header, err = r.Peek(pageHeader + segments); err != nil {
		return nil, errors.Join(io.ErrUnexpectedEOF, err)
	}
	size := pageHeader + segments
	for _, n := range header[pageHeader:] {
		size += int(n)
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, errors.Join(io.ErrUnexpectedEOF, err)
	}
	return data, nil
}
