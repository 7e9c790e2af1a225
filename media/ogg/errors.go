package ogg

import "errors"

// What a [Reader] or [ParsePage] finds wrong. Each comes wrapped with where and what.
var (
	// ErrCapturePattern: a page does not begin with "OggS".
	ErrCapturePattern = errors.New("no Ogg page")
	// ErrVersion: the page's stream structure version is not 0.
	ErrVersion = errors.New("unknown Ogg version")
	// ErrTruncated: the data ends inside a page.
	ErrTruncated = errors.New("truncated Ogg page")
	// ErrChecksum: the page is damaged.
	ErrChecksum = errors.New("Ogg page checksum mismatch")
	// ErrSerial: a page belongs to another logical stream.
	ErrSerial = errors.New("page of another stream")
	// ErrSequence: a page is missing or repeated.
	ErrSequence = errors.New("page out of sequence")
	// ErrContinuation: a packet continues that did not begin, or the reverse.
	ErrContinuation = errors.New("broken packet continuation")
	// ErrStreamFlags: beginning or end of stream is marked where it cannot be.
	ErrStreamFlags = errors.New("misplaced stream flag")
	// ErrGranule: granule positions run backwards or are missing.
	ErrGranule = errors.New("bad granule position")
	// ErrNoEOS: the data ends before the end-of-stream page.
	ErrNoEOS = errors.New("stream without end page")
	// ErrAfterEOS: there is data after the end-of-stream page.
	ErrAfterEOS = errors.New("data after the end page")
	// ErrHead: the identification header is not one (RFC 7845 section 5.1).
	ErrHead = errors.New("bad OpusHead")
	// ErrTags: the comment header is not one (RFC 7845 section 5.2).
	ErrTags = errors.New("bad OpusTags")
)

// What a writer refuses.
var (
	// ErrPacketSize: a packet is empty or does not fit a page.
	ErrPacketSize = errors.New("packet size out of range")
	// ErrDuration: a packet's duration is none that Opus has, or does not fit the grid.
	ErrDuration = errors.New("packet duration out of range")
	// ErrTotalSamples: the total given to Close does not end within the last packet.
	ErrTotalSamples = errors.New("total samples do not fit the packets")
	// ErrClosed: the writer was closed.
	ErrClosed = errors.New("writer is closed")
)
