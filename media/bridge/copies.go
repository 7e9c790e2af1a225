package bridge

import (
	"github.com/pion/rtp"

	opus "parley/media/opus/packet"
	"parley/media/red"
)

// maxCopies bounds the copies of one packet that are looked at. Browsers send
// one or two.
const maxCopies = 4

// copies are earlier packets out of redundant audio, each the one before the
// last, newest first: copy n was sent n+1 packets before the packet that brought
// it.
type copies struct {
	list [maxCopies]struct {
		ts      uint32
		payload []byte // nil: not wanted
	}
	count int
}

// unpack takes redundant audio apart and returns the primary block. It keeps
// the copies that follow each other and the primary without a gap, for only of
// these the packets' numbers are known.
func (c *copies) unpack(payload []byte, ts uint32) (primary []byte) {
	var all copies // oldest first, the newest in a ring
	blocks := 0
	err := red.Parse(payload, ts, func(_ uint8, at uint32, data []byte) {
		if primary != nil {
			last := &all.list[blocks%maxCopies]
			last.payload, last.ts = primary, ts
			blocks++
		}
		primary, ts = data, at
	})
	if err != nil {
		return nil // transports hand on none such
	}
	for next := ts; c.count < min(blocks, maxCopies); c.count++ {
		b := all.list[(blocks-1-c.count)%maxCopies]
		n, err := opus.DurationSamples48k(b.payload)
		if err != nil || b.ts+uint32(n) != next {
			break
		}
		c.list[c.count], next = b, b.ts
	}
	return primary
}

// claim keeps the copies of packets that have not gone out, given the outgoing
// number of the packet that brought them.
func (c *copies) claim(out *renumber, seq uint16) {
	for n := range c.count {
		if !out.claim(seq - uint16(n) - 1) {
			c.list[n].payload = nil
		}
	}
}

// send sends what was claimed, the oldest first, with the header of the packet
// that brought it, which it leaves as it was. shift leads from the sender's
// timestamps to the outgoing ones.
func (c *copies) send(t Transport, h *rtp.Header, shift uint32) {
	number, ts, marker := h.SequenceNumber, h.Timestamp, h.Marker
	for n := c.count - 1; n >= 0; n-- {
		b := c.list[n]
		if b.payload == nil {
			continue
		}
		h.SequenceNumber, h.Timestamp, h.Marker = number-uint16(n)-1, b.ts+shift, false
		_ = t.WriteRTP(h, b.payload) // as in leg.send
		h.PayloadType = red.TypeOpus // transports may change it
	}
	h.SequenceNumber, h.Timestamp, h.Marker = number, ts, marker
}
