package journal

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"parley/storage/envelope"
)

var (
	// ErrNoHeader is returned for a file that is shorter than a header: the
	// process died while it was being made, and it holds no audio.
	ErrNoHeader = errors.New("journal: no header")
	// ErrDamagedHeader is returned for a file that does not begin with a sound
	// header.
	ErrDamagedHeader = errors.New("journal: header is damaged")
)

// Damage is a stretch of the file that could not be read.
type Damage struct {
	Offset int64  `json:"offset"` // of the file, in bytes
	Batch  uint64 `json:"batch"`  // number of the (first) batch, 0 if unknown
	Lane   string `json:"lane"`   // "unknown" where the frame itself is damaged
	Reason string `json:"reason"`
	// Tail is true for an end that was being written when the process died, or when
	// the one died that this process went on for.
	Tail bool `json:"tail"`
}

// frame is one frame of the file, its checksum verified.
type frame struct {
	lane   byte
	number uint64
	body   []byte // part of the parsed data
}

func (f frame) size() int64 { return frameSize + int64(len(f.body)) }

// ReadHeader reads a journal's header. The error is ErrNoHeader where the file
// ends before its header does, as Create leaves it when the process dies;
// ErrDamagedHeader where there is more, which may hold audio.
func ReadHeader(r io.Reader) (Header, error) {
	data, err := readHead(r)
	if err != nil {
		return Header{}, err
	}
	f, err := parseFrame(data)
	if err != nil || f.lane != laneHeader {
		return Header{}, errors.Join(ErrDamagedHeader, err)
	}
	var h Header
	if err := json.Unmarshal(f.body, &h); err != nil {
		return Header{}, fmt.Errorf("%w: %w", ErrDamagedHeader, err)
	}
	if h.Version != version {
		return Header{}, fmt.Errorf("journal: version %d, this program reads %d", h.Version, version)
	}
	return h, nil
}

// readHead reads the bytes of the first frame. A length that is not plausible
// is left to parseFrame.
func readHead(r io.Reader) ([]byte, error) {
	var data bytes.Buffer
	if _, err := io.CopyN(&data, r, frameSize); err != nil {
		return nil, cutShort(err)
	}
	body := int64(binary.LittleEndian.Uint32(data.Bytes()[13:]))
	if body > maxBody {
		return data.Bytes(), nil
	}
	if _, err := io.CopyN(&data, r, body); err != nil {
		return nil, cutShort(err)
	}
	return data.Bytes(), nil
}

// cutShort tells the end of a file from a failure to read it.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return ErrNoHeader
	}
	return fmt.Errorf("read journal header: %w", err)
}

// Batch is the opened plaintext of one frame.
type Batch struct {
	Lane    Lane
	Number  uint64
	Records []byte
}

// Identities open the lanes; a nil one leaves its lane closed (its voice was
// erased), which is no damage.
type Identities [lanes]*envelope.Identity

// Read opens every batch of a journal in order. What cannot be read, is
// missing, or stands where it does not belong is returned as damage and passed
// over. Records are valid as long as the caller keeps them. An error of yield
// ends the reading and is returned.
func Read(data []byte, h Header, ids Identities, yield func(Batch) error) ([]Damage, error) {
	rd := reader{header: h, ids: ids, next: 1}
	for offset := int64(0); offset < int64(len(data)); {
		f, err := parseFrame(data[offset:])
		if err != nil {
			end := resync(data, offset+1)
			rd.torn(offset, endsProcess(data[end:]), err)
			offset = end
			continue
		}
		if f.lane != laneHeader {
			if err := rd.batch(f, offset, yield); err != nil {
				return rd.damage, err
			}
		}
		offset += f.size()
	}
	return rd.damage, nil
}

// reader is the state of Read.
type reader struct {
	header Header
	ids    Identities
	next   uint64 // number of the batch that is due
	hole   bool   // the last damage is a hole whose first batch is due
	damage []Damage
}

// torn notes a stretch that holds no frame. It begins with the batch that is
// due.
func (r *reader) torn(offset int64, tail bool, err error) {
	r.damage = append(r.damage, Damage{Offset: offset, Batch: r.next, Lane: "unknown", Reason: err.Error(), Tail: tail})
	r.hole = true
}

// batch opens one frame and yields it. Numbers only rise, so that a batch that
// was moved or repeated is found, and one that was taken out is missed. A
// frame that does not open is not believed to be where its number says.
func (r *reader) batch(f frame, offset int64, yield func(Batch) error) error {
	b, err := open(f, r.header, r.ids)
	closed := errors.Is(err, errClosedLane)
	switch {
	case err != nil && !closed:
		r.fault(f, offset, err)
		if f.number == r.next {
			r.next, r.hole = f.number+1, false
		}
		return nil
	case f.number < r.next:
		r.fault(f, offset, errOutOfOrder)
		return nil
	case f.number > r.next && !r.hole:
		r.damage = append(r.damage, Damage{Offset: offset, Batch: r.next, Lane: "unknown",
			Reason: fmt.Sprintf("%d batches are missing", f.number-r.next)})
	}
	r.next, r.hole = f.number+1, false
	if closed {
		return nil
	}
	return yield(b)
}

func (r *reader) fault(f frame, offset int64, err error) {
	r.damage = append(r.damage, Damage{Offset: offset, Batch: f.number, Lane: Lane(f.lane).String(), Reason: err.Error()})
}

// endsProcess tells whether a process ended before what follows: nothing, or the
// header of one that went on.
func endsProcess(rest []byte) bool {
	f, err := parseFrame(rest)
	return len(rest) == 0 || err == nil && f.lane == laneHeader
}

// resync finds the next frame whose checksum holds, or the end.
func resync(data []byte, from int64) int64 {
	for {
		i := bytes.Index(data[from:], magic[:])
		if i < 0 {
			return int64(len(data))
		}
		from += int64(i)
		if _, err := parseFrame(data[from:]); err == nil {
			return from
		}
		from++
	}
}

// parseFrame parses the frame that data begins with and verifies its checksum.
func parseFrame(data []byte) (frame, error) {
	if len(data) < frameSize {
		return frame{}, errCut
	}
	if [4]byte(data[:4]) != magic {
		return frame{}, errors.New("no frame here")
	}
	size := binary.LittleEndian.Uint32(data[13:])
	if size > maxBody {
		return frame{}, errors.New("frame length is not plausible")
	}
	if uint64(len(data)) < frameSize+uint64(size) {
		return frame{}, errCut
	}
	f := frame{lane: data[4], number: binary.LittleEndian.Uint64(data[5:]), body: data[frameSize : frameSize+size]}
	sum := crc32.Update(crc32.Checksum(data[:17], table), table, f.body)
	if sum != binary.LittleEndian.Uint32(data[17:]) {
		return frame{}, errors.New("checksum does not hold")
	}
	return f, nil
}

var (
	errClosedLane = errors.New("lane is closed")
	errCut        = errors.New("frame is cut short")
	errOutOfOrder = errors.New("batch is repeated or out of order")
	errElsewhere  = errors.New("batch belongs to another place")
)

func open(f frame, h Header, ids Identities) (Batch, error) {
	if f.lane >= lanes {
		return Batch{}, fmt.Errorf("unknown lane %d", f.lane)
	}
	if ids[f.lane] == nil {
		return Batch{}, errClosedLane
	}
	plain, err := envelope.OpenBytes(f.body, ids[f.lane])
	if err != nil {
		return Batch{}, err
	}
	binding := appendBinding(nil, h.Recording, Lane(f.lane), f.number)
	if !bytes.HasPrefix(plain, binding) {
		return Batch{}, errElsewhere
	}
	return Batch{Lane: Lane(f.lane), Number: f.number, Records: plain[len(binding):]}, nil
}
