package red

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrMalformed says that a payload is none of RFC 2198. It comes wrapped with what is
// wrong.
var ErrMalformed = errors.New("malformed RED payload")

// What a redundant block's header may say (RFC 2198 section 3).
const (
	// MaxOffset48k is the largest distance of a redundant block from its packet, in ticks
	// of the RTP clock: 14 bits, 341 ms of Opus.
	MaxOffset48k = 1<<14 - 1
	// MaxBlockBytes is the size of the largest redundant block: 10 bits. Larger frames
	// are never repeated.
	MaxBlockBytes = 1<<10 - 1
)

// Block headers (RFC 2198 section 3): F, payload type, and where F is set, timestamp
// offset and length.
const (
	followBit       = 0x80
	payloadTypeMask = 0x7f
	offsetShift     = 10
	lengthMask      = MaxBlockBytes
	offsetMask      = MaxOffset48k
	redundantHeader = 4
	primaryHeader   = 1
)

// Parse calls each for every block of the payload of an RTP packet with timestamp ts, in
// the order in which they lie there: redundant blocks first, as senders put them from the
// oldest on, and the primary block, whose timestamp is ts itself, last. Timestamps are
// modulo 2^32. data is a part of payload. An empty block, which the RFC allows, carries
// nothing and is passed over.
//
// A payload whose headers or blocks run past its end gives [ErrMalformed], and each has
// then not been called. Parse allocates nothing and does not keep each or payload.
func Parse(payload []byte, ts uint32, each func(payloadType uint8, ts uint32, data []byte)) error {
	body, err := measure(payload)
	if err != nil {
		return err
	}
	headers := payload
	for headers[0]&followBit != 0 {
		header := binary.BigEndian.Uint32(headers)
		headers = headers[redundantHeader:]
		size := int(header & lengthMask)
		if size > 0 {
			offset := header >> offsetShift & offsetMask
			each(uint8(header>>24)&payloadTypeMask, ts-offset, payload[body:body+size:body+size])
		}
		body += size
	}
	if body < len(payload) {
		each(headers[0]&payloadTypeMask, ts, payload[body:len(payload):len(payload)])
	}
	return nil
}

// measure walks over all headers and returns where the first block begins. Nothing is
// handed out before the whole payload has proved sound.
func measure(payload []byte) (body int, err error) {
	at, blocks := 0, 0
	for {
		if at >= len(payload) {
			return 0, fmt.Errorf("%w: no primary header in %d bytes", ErrMalformed, len(payload))
		}
		if payload[at]&followBit == 0 {
			break
		}
		if len(payload)-at < redundantHeader {
			return 0, fmt.Errorf("%w: header of %d bytes at byte %d", ErrMalformed, len(payload)-at, at)
		}
		blocks += int(binary.BigEndian.Uint32(payload[at:]) & lengthMask)
		at += redundantHeader
	}
	at += primaryHeader
	if at+blocks > len(payload) {
		return 0, fmt.Errorf("%w: redundant blocks of %d bytes in %d", ErrMalformed, blocks, len(payload)-at)
	}
	return at, nil
}
