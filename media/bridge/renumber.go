package bridge

import (
	"time"

	"github.com/pion/rtp"
)

// renumber gives the packets of changing sources one unbroken outgoing
// numbering. With AES-GCM an outgoing SSRC must never repeat a sequence number
// under one key (RFC 7714 section 8), so a new source continues where the old
// one stopped instead of starting anew. The zero value is ready.
//
// It is used under the receiving leg's lock.
type renumber struct {
	started bool
	source  uint32 // SSRC that the offsets belong to
	seqOff  uint16
	tsOff   uint32

	lastSeq uint16 // highest number sent
	lastTS  uint32
	lastAt  time.Time
}

const clockRate = 48000

// apply rewrites sequence number and timestamp of h in place.
func (r *renumber) apply(h *rtp.Header, at time.Time) {
	switch {
	case !r.started:
		r.started, r.source = true, h.SSRC
	case h.SSRC != r.source:
		r.source = h.SSRC
		r.seqOff = r.lastSeq + 1 - h.SequenceNumber
		elapsed := uint32(at.Sub(r.lastAt) * clockRate / time.Second)
		r.tsOff = r.lastTS + max(elapsed, 960) - h.Timestamp
	}
	h.SequenceNumber += r.seqOff
	h.Timestamp += r.tsOff
	if r.lastAt.IsZero() || int16(h.SequenceNumber-r.lastSeq) > 0 {
		r.lastSeq, r.lastTS, r.lastAt = h.SequenceNumber, h.Timestamp, at
	}
}

// breakSource makes the next packet start a new source: used where packets of
// the same SSRC were withheld, so that the receiver sees no loss.
func (r *renumber) breakSource() { r.source = ^r.source }
