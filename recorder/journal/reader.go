package journal

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"parley/storage/envelope"
)

// ErrNoHeader is returned for a file that does not begin with a journal header.
var ErrNoHeader = errors.New("journal: no header")

// Damage is a stretch of the file that could not be read.
type Damage struct {
	Offset int64  `json:"offset"` // of the file, in bytes
	Batch  uint64 `json:"batch"`  // number of the batch, 0 if unknown
	Lane   string `json:"lane"`
	Reason string `json:"reason"`
	// Tail is true for an end that was being written when the process died.
	Tail bool `json:"tail"`
}

// frame is one frame of the file, its checksum verified.
type frame struct {
	offset int64
	lane   byte
	number uint64
	body   []byte
}

// ReadHeader reads a journal's header.
func ReadHeader(r io.Reader) (Header, error) {
	f, err := readFrame(bufio.NewReader(r))
	if err != nil || f.lane != laneHeader {
		return Header{}, errors.Join(ErrNoHeader, err)
	}
	var h Header
	if err := json.Unmarshal(f.body, &h); err != nil {
		return Header{}, fmt.Errorf("%w: %w", ErrNoHeader, err)
	}
	if h.Version != version {
		return Header{}, fmt.Errorf("journal: version %d, this program reads %d", h.Version, version)
	}
	return h, nil
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

// Read opens every batch of a journal in order. What cannot be read is
// returned as damage and passed over.
func Read(data []byte, h Header, ids Identities, yield func(Batch) error) ([]Damage, error) {
	var damage []Damage
	offset := int64(0)
	for int(offset) < len(data) {
		f, err := readFrame(bufio.NewReader(bytes.NewReader(data[offset:])))
		if err != nil {
			next := resync(data, offset+1)
			damage = append(damage, Damage{Offset: offset, Reason: err.Error(), Lane: "unknown", Tail: next == int64(len(data))})
			offset = next
			continue
		}
		f.offset = offset
		offset += frameSize + int64(len(f.body))
		if f.lane == laneHeader {
			continue
		}
		b, err := open(f, h, ids)
		switch {
		case errors.Is(err, errClosedLane):
		case err != nil:
			damage = append(damage, Damage{Offset: f.offset, Batch: f.number, Lane: Lane(f.lane).String(), Reason: err.Error()})
		default:
			if err := yield(b); err != nil {
				return damage, err
			}
		}
	}
	return damage, nil
}

// resync finds the next frame whose checksum holds, or the end.
func resync(data []byte, from int64) int64 {
	for {
		i := bytes.Index(data[from:], magic[:])
		if i < 0 {
			return int64(len(data))
		}
		from += int64(i)
		if _, err := readFrame(bufio.NewReader(bytes.NewReader(data[from:]))); err == nil {
			return from
		}
		from++
	}
}

func readFrame(r io.Reader) (frame, error) {
	var head [frameSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return frame{}, fmt.Errorf("frame is cut short: %w", err)
	}
	if [4]byte(head[:4]) != magic {
		return frame{}, errors.New("no frame here")
	}
	size := binary.LittleEndian.Uint32(head[13:])
	if size > maxBody {
		return frame{}, errors.New("frame length is not plausible")
	}
	f := frame{lane: head[4], number: binary.LittleEndian.Uint64(head[5:]), body: make([]byte, size)}
	if _, err := io.ReadFull(r, f.body); err != nil {
		return frame{}, fmt.Errorf("frame is cut short: %w", err)
	}
	sum := crc32.Update(crc32.Checksum(head[:17], table), table, f.body)
	if sum != binary.LittleEndian.Uint32(head[17:]) {
		return frame{}, errors.New("checksum does not hold")
	}
	return f, nil
}

var errClosedLane = errors.New("lane is closed")

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
		return Batch{}, errors.New("batch belongs to another place")
	}
	return Batch{Lane: Lane(f.lane), Number: f.number, Records: plain[len(binding):]}, nil
}
