package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Lane is a part of the journal with a key of its own.
type Lane byte

// The lanes. A voice's lane is its leg's number plus one.
const (
	LaneCall   Lane = 0
	LaneMember Lane = 1
	LaneExpert Lane = 2
	lanes           = 3
)

func (l Lane) String() string {
	switch l {
	case LaneCall:
		return "call"
	case LaneMember:
		return "member"
	case LaneExpert:
		return "expert"
	}
	return fmt.Sprintf("lane %d", byte(l))
}

// VoiceLane is the lane of a leg (0 member, 1 expert).
func VoiceLane(leg int) Lane { return Lane(leg + 1) }

// NoLevel stands for a packet without an audio level. DigitalSilence is the
// level of one without any sound: RFC 6464 has 127 for it, which is taken.
const (
	NoLevel        = 127
	DigitalSilence = 126
)

// Packet is one captured RTP packet. Payload points into the decoded batch.
type Packet struct {
	Arrival   time.Duration // since time 0 of the recording, monotonic
	Sequence  uint16
	Timestamp uint32
	SSRC      uint32
	Marker    bool
	Level     uint8 // -dBov, 0 to 126 (RFC 6464); NoLevel
	// RED tells that the payload is redundant audio (RFC 2198) as it was
	// received, not a bare Opus packet.
	RED     bool
	Payload []byte
}

// SenderReport is one captured RTCP sender report (RFC 3550 6.4.1).
type SenderReport struct {
	Arrival time.Duration
	SSRC    uint32
	NTP     uint64
	RTP     uint32
}

// Spoken is one Opus packet of 20 ms that the server itself spoke into the leg
// while the gate was open. Payload points into the decoded batch.
type Spoken struct {
	Due     time.Duration // since time 0; the next one is due 20 ms later
	Payload []byte
}

const (
	kindPacket = 1
	kindReport = 2
	kindEvent  = 3
	kindRED    = 4
	kindSpoken = 5
)

// AppendPacket appends a packet record to buf.
func AppendPacket(buf []byte, p Packet) []byte {
	kind := byte(kindPacket)
	if p.RED {
		kind = kindRED
	}
	buf = append(buf, kind)
	buf = binary.AppendUvarint(buf, micros(p.Arrival))
	buf = binary.LittleEndian.AppendUint16(buf, p.Sequence)
	buf = binary.LittleEndian.AppendUint32(buf, p.Timestamp)
	buf = binary.LittleEndian.AppendUint32(buf, p.SSRC)
	flags := p.Level & NoLevel
	if p.Marker {
		flags |= 0x80
	}
	buf = append(buf, flags)
	buf = binary.AppendUvarint(buf, uint64(len(p.Payload)))
	return append(buf, p.Payload...)
}

// AppendReport appends a sender report record to buf.
func AppendReport(buf []byte, r SenderReport) []byte {
	buf = append(buf, kindReport)
	buf = binary.AppendUvarint(buf, micros(r.Arrival))
	buf = binary.LittleEndian.AppendUint32(buf, r.SSRC)
	buf = binary.LittleEndian.AppendUint64(buf, r.NTP)
	return binary.LittleEndian.AppendUint32(buf, r.RTP)
}

// AppendSpoken appends a record of the server's own sound to buf.
func AppendSpoken(buf []byte, s Spoken) []byte {
	buf = append(buf, kindSpoken)
	buf = binary.AppendUvarint(buf, micros(s.Due))
	buf = binary.AppendUvarint(buf, uint64(len(s.Payload)))
	return append(buf, s.Payload...)
}

// micros never goes below zero: a packet that the kernel stamped just before
// time 0 belongs to time 0.
func micros(d time.Duration) uint64 { return uint64(max(d, 0) / time.Microsecond) }

// ErrRecord is returned for records that cannot be read.
var ErrRecord = errors.New("journal: malformed record")

// Records walks the records of a batch; yield gets a Packet, a SenderReport,
// a Spoken or an Event. Payloads are valid as long as data is.
func Records(data []byte, yield func(record any)) error {
	for len(data) > 0 {
		d := decoder{data: data[1:]}
		var rec any
		switch data[0] {
		case kindPacket, kindRED:
			rec = d.packet(data[0] == kindRED)
		case kindReport:
			rec = SenderReport{Arrival: d.time(), SSRC: d.u32(), NTP: d.u64(), RTP: d.u32()}
		case kindEvent:
			rec = d.event()
		case kindSpoken:
			rec = Spoken{Due: d.time(), Payload: d.take(d.uvarint())}
		default:
			return fmt.Errorf("%w: kind %d", ErrRecord, data[0])
		}
		if d.bad {
			return fmt.Errorf("%w: kind %d is cut short", ErrRecord, data[0])
		}
		yield(rec)
		data = d.data
	}
	return nil
}

// decoder reads fields off the front of data; bad stays set once something
// was missing.
type decoder struct {
	data []byte
	bad  bool
}

func (d *decoder) take(n uint64) []byte {
	if d.bad || n > uint64(len(d.data)) {
		d.bad = true
		return make([]byte, min(n, 8))
	}
	out := d.data[:n:n]
	d.data = d.data[n:]
	return out
}

func (d *decoder) u16() uint16 { return binary.LittleEndian.Uint16(d.take(2)) }
func (d *decoder) u32() uint32 { return binary.LittleEndian.Uint32(d.take(4)) }
func (d *decoder) u64() uint64 { return binary.LittleEndian.Uint64(d.take(8)) }

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.data)
	if d.bad || n <= 0 {
		d.bad = true
		return 0
	}
	d.data = d.data[n:]
	return v
}

// maxMicros bounds times to what fits a Duration.
const maxMicros = uint64(1<<63-1) / 1000

func (d *decoder) time() time.Duration {
	v := d.uvarint()
	if v > maxMicros {
		d.bad = true
		return 0
	}
	return time.Duration(v) * time.Microsecond
}

func (d *decoder) packet(red bool) Packet {
	p := Packet{RED: red, Arrival: d.time(), Sequence: d.u16(), Timestamp: d.u32(), SSRC: d.u32()}
	flags := d.take(1)[0]
	p.Marker, p.Level = flags&0x80 != 0, flags&NoLevel
	p.Payload = d.take(d.uvarint())
	return p
}
