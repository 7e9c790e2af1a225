package bridge

import (
	"time"

	"github.com/pion/rtp"
)

// renumber gives the packets of changing sources one unbroken outgoing
// numbering. With AES-GCM an outgoing SSRC must never repeat a sequence number
// under one key (RFC 7714 section 8), so a new source continues where the old
// one stopped instead of starting anew, and no number goes out twice whatever
// comes in. The zero value is ready.
//
// It is used under the receiving leg's lock.
type renumber struct {
	started bool
	broken  bool   // the next packet starts a new source
	source  uint32 // SSRC that the offsets belong to
	seqOff  uint16
	tsOff   uint32

	lastSeq uint16 // highest number sent
	lastTS  uint32
	lastAt  time.Time
	// sent marks the numbers that must not go out (again): bit n stands for
	// lastSeq-n.
	sent uint64
}

const (
	clockRate = 48000
	frame48k  = 960 // 20 ms
	// window is how far behind the highest number a packet may still come.
	window = 64
	// maxJump is the change of sequence number beyond which a source has begun
	// to count anew (RFC 3550 appendix A.1, MAX_DROPOUT).
	maxJump = 3000
)

// apply rewrites sequence number and timestamp of h in place. It returns false
// for a packet that must not be sent: one that came before, or came too late.
func (r *renumber) apply(h *rtp.Header, at time.Time) bool {
	switch {
	case !r.started:
		r.started, r.source = true, h.SSRC
		r.begin(h)
	case r.broken, h.SSRC != r.source, r.jumps(h):
		r.source = h.SSRC
		r.seqOff = r.lastSeq + 1 - h.SequenceNumber
		elapsed := int64(at.Sub(r.lastAt) * clockRate / time.Second)
		r.tsOff = r.lastTS + uint32(max(elapsed, frame48k)) - h.Timestamp
		r.begin(h)
	case !r.fresh(h.SequenceNumber + r.seqOff):
		return false
	}
	h.SequenceNumber += r.seqOff
	h.Timestamp += r.tsOff
	if int16(h.SequenceNumber-r.lastSeq) >= 0 {
		r.lastSeq, r.lastTS, r.lastAt = h.SequenceNumber, h.Timestamp, at
	}
	return true
}

// begin makes h the first packet of a source. What would be numbered before it
// can no longer be sent: the former source may have had that number.
func (r *renumber) begin(h *rtp.Header) {
	r.broken = false
	r.lastSeq, r.sent = h.SequenceNumber+r.seqOff, ^uint64(0)
}

func (r *renumber) jumps(h *rtp.Header) bool {
	ahead := int16(h.SequenceNumber + r.seqOff - r.lastSeq)
	return ahead > maxJump || ahead < -maxJump
}

// fresh marks an outgoing number as sent and tells whether it was not.
func (r *renumber) fresh(seq uint16) bool {
	ahead := int(int16(seq - r.lastSeq))
	switch {
	case ahead > 0:
		r.sent = r.sent<<ahead | 1 // a shift by 64 or more leaves nothing
		return true
	case ahead <= -window:
		return false
	}
	bit := uint64(1) << -ahead
	seen := r.sent&bit != 0
	r.sent |= bit
	return !seen
}

// claim marks the number of a packet that was lost and came as a copy. It
// returns false where the number has gone out already or must not.
func (r *renumber) claim(seq uint16) bool {
	return int16(seq-r.lastSeq) < 0 && r.fresh(seq)
}

// breakSource makes the next packet start a new source: used where packets of
// the same SSRC were withheld, so that the receiver sees no loss.
func (r *renumber) breakSource() { r.broken = true }
