package ogg

import (
	"errors"
	"fmt"
	"io"
)

// maxSpanning bounds a packet put together from several pages, in bytes. Only tags need
// more than one page here; a megabyte of them is a mistake or an attack.
const maxSpanning = 1 << 20

// Packet is an audio packet read from a stream.
type Packet struct {
	// Data belongs to the caller.
	Data []byte
	// Granule is the page's granule position when this is the last packet to end on its
	// page, else [NoGranule].
	Granule int64
}

// Reader reads one logical Ogg Opus stream from the start to its end page. It checks
// every page and gives up at the first fault. It is not safe for concurrent use.
type Reader struct {
	r        io.Reader
	head     Head
	tags     Tags
	serial   uint32
	sequence uint32 // of the next page
	granule  int64  // of the last page that had one
	pieces   []piece
	page     int64  // granule of the page that pieces are from
	partial  []byte // the packet that goes on on the next page
	open     bool   // partial has begun
	eos      bool
}

// NewReader reads the header pages from r. It returns what [ParsePage] returns,
// [ErrHead], [ErrTags] or an error about the order of pages. r need not be buffered
// beyond a few reads a page.
func NewReader(r io.Reader) (*Reader, error) {
	reader := &Reader{r: r}
	if err := reader.readHead(); err != nil {
		return nil, err
	}
	if err := reader.readTags(); err != nil {
		return nil, err
	}
	return reader, nil
}

// Head returns the identification header.
func (r *Reader) Head() Head { return r.head }

// Tags returns the comment header.
func (r *Reader) Tags() Tags { return r.tags }

// Serial returns the serial number of the stream.
func (r *Reader) Serial() uint32 { return r.serial }

// TotalSamples returns how many samples at 48 kHz play up to the last page read, after
// pre-skip and end trim. After Next returned io.EOF it is the length of the stream.
func (r *Reader) TotalSamples() int64 {
	return max(0, r.granule-int64(r.head.PreSkip))
}

// Next returns the next audio packet, or io.EOF after the last one of a stream that is
// whole. Any other error says what is wrong with the stream.
func (r *Reader) Next() (Packet, error) {
	for {
		for len(r.pieces) > 0 {
			if data, whole := r.takePiece(); whole {
				return Packet{Data: data, Granule: r.packetGranule()}, nil
			}
		}
		if r.eos {
			return Packet{}, r.checkEnd()
		}
		if err := r.nextPage(0); err != nil {
			return Packet{}, err
		}
	}
}

// packetGranule returns the granule of the packet just taken: that of its page if no
// other packet ends there.
func (r *Reader) packetGranule() int64 {
	if len(r.pieces) > 0 && r.pieces[0].ends {
		return NoGranule
	}
	return r.page
}

// takePiece takes the next piece of a packet and returns the packet if that ends it.
func (r *Reader) takePiece() (data []byte, whole bool) {
	next := r.pieces[0]
	r.pieces = r.pieces[1:]
	data = next.data
	if r.open {
		data = append(r.partial, next.data...)
	}
	r.open = !next.ends
	r.partial = nil
	if r.open {
		r.partial = data
	}
	return data, next.ends
}

// checkEnd returns io.EOF when nothing is open and nothing follows.
func (r *Reader) checkEnd() error {
	if r.open {
		return fmt.Errorf("%w: last packet does not end", ErrContinuation)
	}
	var one [1]byte
	switch n, err := io.ReadFull(r.r, one[:]); {
	case n > 0:
		return ErrAfterEOS
	case errors.Is(err, io.EOF):
		return io.EOF
	default:
		return fmt.Errorf("read after the end page: %w", err)
	}
}

// readHead reads the first page: the identification header and nothing else.
func (r *Reader) readHead() error {
	if err := r.nextPage(BeginningOfStream); err != nil {
		return fmt.Errorf("first page: %w", err)
	}
	if len(r.pieces) != 1 || !r.pieces[0].ends || r.page != 0 || r.eos {
		return fmt.Errorf("%w: not alone on its page at position 0", ErrHead)
	}
	packet, _ := r.takePiece()
	head, err := parseHead(packet)
	r.head = head
	return err
}

// readTags reads the comment header, which ends a page.
func (r *Reader) readTags() error {
	for {
		if err := r.nextPage(0); err != nil {
			return fmt.Errorf("tags page: %w", err)
		}
		if len(r.pieces) != 1 || r.eos {
			return fmt.Errorf("%w: not alone on their pages", ErrTags)
		}
		if packet, whole := r.takePiece(); whole {
			tags, err := parseTags(packet)
			r.tags = tags
			if r.page != 0 {
				err = fmt.Errorf("%w: page at position %d", ErrTags, r.page)
			}
			return err
		}
		if len(r.partial) > maxSpanning {
			return fmt.Errorf("%w: more than %d bytes", ErrTags, maxSpanning)
		}
	}
}

// nextPage reads a page, checks that it follows the last one, and takes its pieces. begin
// is the BeginningOfStream flag where it must be set.
func (r *Reader) nextPage(begin PageFlags) error {
	page, err := r.readPage()
	if err != nil {
		return err
	}
	if page.Flags&BeginningOfStream != begin {
		return fmt.Errorf("%w: beginning of stream on page %d", ErrStreamFlags, page.Sequence)
	}
	if begin != 0 {
		r.serial = page.Serial
	}
	pieces := page.pieces()
	if err := r.checkFollows(page, pieces); err != nil {
		return fmt.Errorf("page %d: %w", page.Sequence, err)
	}
	r.sequence++
	r.pieces = pieces
	r.page = page.Granule
	if page.Granule != NoGranule {
		r.granule = page.Granule
	}
	r.eos = page.Flags&EndOfStream != 0
	return nil
}

// checkFollows checks a page against what was read before it.
func (r *Reader) checkFollows(page Page, pieces []piece) error {
	if page.Serial != r.serial {
		return fmt.Errorf("%w: serial %08x instead of %08x", ErrSerial, page.Serial, r.serial)
	}
	if page.Sequence != r.sequence {
		return fmt.Errorf("%w: want page %d", ErrSequence, r.sequence)
	}
	if continued := page.Flags&Continued != 0; continued != r.open || continued && len(pieces) == 0 {
		return fmt.Errorf("%w: continued is %t", ErrContinuation, continued)
	}
	if r.open && len(r.partial)+len(pieces[0].data) > maxSpanning+maxPageSize {
		return fmt.Errorf("%w: packet of more than %d bytes", ErrContinuation, maxSpanning)
	}
	return r.checkGranule(page, pieces)
}

// checkGranule wants a position on every page on which a packet ends and none on the
// others; an end page without packets may have one.
func (r *Reader) checkGranule(page Page, pieces []piece) error {
	ends := len(pieces) > 0 && pieces[0].ends
	if !ends && page.Flags&EndOfStream == 0 {
		if page.Granule != NoGranule {
			return fmt.Errorf("%w: %d where no packet ends", ErrGranule, page.Granule)
		}
		return nil
	}
	if page.Granule == NoGranule && !ends {
		return nil
	}
	if page.Granule < r.granule {
		return fmt.Errorf("%w: %d after %d", ErrGranule, page.Granule, r.granule)
	}
	return nil
}

// readPage reads one page. The end of the data in front of it is [ErrNoEOS].
func (r *Reader) readPage() (Page, error) {
	buffer := make([]byte, pageHeaderSize, pageHeaderSize+maxSegments)
	if n, err := io.ReadFull(r.r, buffer); err != nil {
		if n == 0 && errors.Is(err, io.EOF) {
			return Page{}, ErrNoEOS
		}
		return Page{}, readError(err)
	}
	if err := checkHeader(buffer); err != nil {
		return Page{}, err
	}
	table := int(buffer[pageHeaderSize-1])
	buffer, err := r.readMore(buffer, table)
	if err != nil {
		return Page{}, err
	}
	size, err := pageSize(buffer)
	if err != nil {
		return Page{}, err
	}
	if buffer, err = r.readMore(buffer, size-len(buffer)); err != nil {
		return Page{}, err
	}
	page, _, err := ParsePage(buffer)
	return page, err
}

// readMore extends the buffer by n bytes from the stream.
func (r *Reader) readMore(buffer []byte, n int) ([]byte, error) {
	start := len(buffer)
	buffer = append(buffer, make([]byte, n)...)
	_, err := io.ReadFull(r.r, buffer[start:])
	return buffer, readError(err)
}

// readError tells data that ends too early from data that cannot be read.
func readError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrTruncated
	}
	if err != nil {
		return fmt.Errorf("read Ogg page: %w", err)
	}
	return nil
}
