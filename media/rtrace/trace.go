package rtrace

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"strings"
	"time"
)

// ErrFormat says that a file is no trace, or that its sidecar is none. It comes wrapped
// with where and what.
var ErrFormat = errors.New("not a packet trace")

// Kind tells what a packet is and which way it went.
type Kind uint8

// The kinds that exist.
const (
	// RTPReceived is a whole RTP packet that the browser sent.
	RTPReceived Kind = iota
	// RTCPReceived is a whole RTCP compound packet that the browser sent.
	RTCPReceived
	// RTCPSent is a whole RTCP compound packet that the receiver sent to the browser.
	RTCPSent
)

// Packet is one record of a trace.
type Packet struct {
	// At is the time since the start of the trace at which the packet was read, or at
	// which it was about to be sent, on a monotonic clock.
	At   time.Duration
	Kind Kind
	// Leg is the number of the peer connection, from 0.
	Leg uint8
	// Dropped packets were thrown away before the receiver saw them. Only .all traces
	// have them.
	Dropped bool
	// Data is the packet from its header on, without SRTP's additions.
	Data []byte
}

// Trace is a capture of one call.
type Trace struct {
	// Start is the wall clock at time 0, UTC.
	Start time.Time
	// Packets are in the order in which they were read or sent.
	Packets []Packet
	// Sessions are the offers and answers that were exchanged, in order. A trace without
	// a sidecar has none.
	Sessions []Session
}

// Sizes and places in the container.
const (
	magic        = "RTRACE1\n"
	fileHeader   = 16
	recordHeader = 14
	droppedFlag  = 1
)

// Open reads the trace at path, and its sidecar if there is one. Errors wrap [ErrFormat]
// or are those of the file system.
func Open(path string) (*Trace, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("open trace: %w", err)
	}
	trace, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("trace %s: %w", path, err)
	}
	beside := sidecarPath(path)
	sidecar, err := os.ReadFile(beside)
	if errors.Is(err, fs.ErrNotExist) {
		return trace, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open sidecar: %w", err)
	}
	if trace.Sessions, err = parseSidecar(sidecar); err != nil {
		return nil, fmt.Errorf("sidecar %s: %w", beside, err)
	}
	return trace, nil
}

func sidecarPath(path string) string {
	name := strings.TrimSuffix(path, ".rtrace")
	return strings.TrimSuffix(name, ".all") + ".json"
}

// Parse reads a trace from memory; its packets are parts of data. Errors wrap [ErrFormat].
func Parse(data []byte) (*Trace, error) {
	if len(data) < fileHeader || string(data[:len(magic)]) != magic {
		return nil, fmt.Errorf("%w: no %q", ErrFormat, magic)
	}
	wall := binary.BigEndian.Uint64(data[len(magic):])
	trace := &Trace{Start: time.Unix(0, int64(wall)).UTC()}
	for rest := data[fileHeader:]; len(rest) > 0; {
		packet, size, err := parsePacket(rest)
		if err != nil {
			return nil, fmt.Errorf("byte %d: %w", len(data)-len(rest), err)
		}
		trace.Packets = append(trace.Packets, packet)
		rest = rest[size:]
	}
	return trace, nil
}

// parsePacket reads the record that data begins with and returns its size.
func parsePacket(data []byte) (Packet, int, error) {
	if len(data) < recordHeader {
		return Packet{}, 0, fmt.Errorf("%w: record header of %d bytes", ErrFormat, len(data))
	}
	end := recordHeader + int(binary.BigEndian.Uint16(data[12:]))
	if len(data) < end {
		return Packet{}, 0, fmt.Errorf("%w: record of %d bytes in %d", ErrFormat, end, len(data))
	}
	if data[8] > byte(RTCPSent) {
		return Packet{}, 0, fmt.Errorf("%w: record of kind %d", ErrFormat, data[8])
	}
	return Packet{
		At:      time.Duration(binary.BigEndian.Uint64(data)),
		Kind:    Kind(data[8]),
		Dropped: data[9]&droppedFlag != 0,
		Leg:     data[10],
		Data:    data[recordHeader:end:end],
	}, end, nil
}

// RTP goes through the RTP packets that the receiver of a leg saw, in order.
func (t *Trace) RTP(leg uint8) iter.Seq[Packet] {
	return func(yield func(Packet) bool) {
		for _, packet := range t.Packets {
			if packet.Kind != RTPReceived || packet.Leg != leg || packet.Dropped {
				continue
			}
			if !yield(packet) {
				return
			}
		}
	}
}
