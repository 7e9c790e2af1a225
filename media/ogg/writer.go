package ogg

import (
	"fmt"
	"io"
)

// samplesPerSecond is the clock of granule positions, whatever the audio's own rate
// (RFC 7845 section 4). It is also what a full page holds.
const samplesPerSecond = 48000

// Durations that a packet may have: a multiple of 2.5 ms up to 120 ms.
const (
	durationStep = 120
	maxDuration  = 5760
)

// PageIndex tells where an audio page lies and which packets it holds.
type PageIndex struct {
	// Offset is the page's first byte, counted from the start of the file.
	Offset int64
	// Size is the page's length in bytes.
	Size int
	// FirstPacket is the number of its first packet, counted from 0 without headers.
	FirstPacket int
	// Packets is how many packets it holds; all are whole.
	Packets int
	// Granule is the page's granule position: samples at 48 kHz, pre-skip included, up
	// to the end of its last packet or of the stream.
	Granule int64
}

// Writer writes one logical Ogg Opus stream page by page, each in a single Write, and
// never seeks. A page is cut after every second of audio, and before that only when its
// segment table is full. It is held back until the next packet or Close, since only then
// is it known whether it is the last. It is not safe for concurrent use.
type Writer struct {
	w        io.Writer
	serial   uint32
	preSkip  int64
	sequence uint32
	offset   int64
	granule  int64 // end of the packets taken so far
	second   int   // samples taken since a page was cut for its second
	last     int   // duration of the last packet
	packets  int
	page     pageBuffer
	scratch  []byte
	pages    []PageIndex
	err      error // what ended the writer
}

// NewWriter writes the header pages to w and returns the writer of the stream. It
// returns [ErrHead] or [ErrTags] when the headers are not valid, else the error of w.
// The serial number tells streams of one file apart; any number does. w is not closed.
func NewWriter(w io.Writer, head Head, tags Tags, serial uint32) (*Writer, error) {
	headers, count, err := appendHeaderPages(nil, head, tags, serial)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(headers); err != nil {
		return nil, fmt.Errorf("write Ogg headers: %w", err)
	}
	return &Writer{
		w:        w,
		serial:   serial,
		preSkip:  int64(head.PreSkip),
		sequence: uint32(count),
		offset:   int64(len(headers)),
	}, nil
}

// WritePacket adds a packet that lasts durationSamples48k, a multiple of 120 up to
// 5760, as media/opus/packet tells. It returns [ErrPacketSize], [ErrDuration] or
// [ErrClosed] and has then taken nothing; an error of the underlying writer ends the
// Writer and is returned from every later call. packet is copied.
func (w *Writer) WritePacket(packet []byte, durationSamples48k int) error {
	if w.err != nil {
		return w.err
	}
	if len(packet) == 0 || len(packet) > MaxPacketSize {
		return fmt.Errorf("%w: %d bytes", ErrPacketSize, len(packet))
	}
	if durationSamples48k <= 0 || durationSamples48k > maxDuration || durationSamples48k%durationStep != 0 {
		return fmt.Errorf("%w: %d samples", ErrDuration, durationSamples48k)
	}
	if err := w.makeRoom(len(packet)); err != nil {
		return err
	}
	w.page.add(packet)
	w.packets++
	w.last = durationSamples48k
	w.second += durationSamples48k
	w.granule += int64(durationSamples48k)
	return nil
}

// makeRoom writes the page out when its second is over or the next packet does not fit.
// Only the former restarts the count, so that a second too large for one page still ends
// where the other voice's does.
func (w *Writer) makeRoom(size int) error {
	over := w.second >= samplesPerSecond
	if over {
		w.second = 0
	}
	if over || !w.page.fits(size) {
		return w.flush(0, w.granule)
	}
	return nil
}

// Close writes the last page, marked as the end of the stream, with the granule position
// that trims the audio to totalSamples after the pre-skip (RFC 7845 section 4.4). The
// stream must end within its last packet: pre-skip plus totalSamples is more than the
// duration of all packets but the last and at most that of all; without packets
// totalSamples must be 0, and the end page is empty: a stream that is whole, though most
// players refuse to open one without sound. Otherwise Close returns [ErrTotalSamples] and the Writer stays
// open. A second Close returns [ErrClosed].
func (w *Writer) Close(totalSamples int64) error {
	if w.err != nil {
		return w.err
	}
	end, err := endGranule(w.preSkip, totalSamples, w.granule, w.last)
	if err != nil {
		return err
	}
	if err := w.flush(EndOfStream, end); err != nil {
		return err
	}
	w.err = ErrClosed
	return nil
}

// Pages returns the audio pages written so far, in order. After Close it is complete:
// the first page begins where the headers end, the last ends with the file.
func (w *Writer) Pages() []PageIndex {
	return w.pages
}

// endGranule returns the granule position of the last page. taken is the duration of all
// packets, last that of the last one.
func endGranule(preSkip, totalSamples, taken int64, last int) (int64, error) {
	if taken == 0 && totalSamples == 0 {
		// No packet, no sample: not even the pre-skip is there, and opusinfo objects
		// to any other position on a page where no packet ends.
		return 0, nil
	}
	end := preSkip + totalSamples
	if totalSamples < 0 || end > taken || end <= taken-int64(last) {
		return 0, fmt.Errorf("%w: pre-skip %d and total %d with packets of %d samples, the last of %d",
			ErrTotalSamples, preSkip, totalSamples, taken, last)
	}
	return end, nil
}

// flush writes the page out.
func (w *Writer) flush(flags PageFlags, granule int64) error {
	header := pageHeader{flags: flags, granule: granule, serial: w.serial, sequence: w.sequence}
	w.scratch = appendPage(w.scratch[:0], header, w.page.segments, w.page.payload)
	if _, err := w.w.Write(w.scratch); err != nil {
		w.err = fmt.Errorf("write Ogg page %d: %w", w.sequence, err)
		return w.err
	}
	w.pages = append(w.pages, PageIndex{
		Offset:      w.offset,
		Size:        len(w.scratch),
		FirstPacket: w.packets - w.page.packets,
		Packets:     w.page.packets,
		Granule:     granule,
	})
	w.sequence++
	w.offset += int64(len(w.scratch))
	w.page.reset()
	return nil
}
