package bridge

import "github.com/pion/rtp"

// floor keeps from a tap what was sent before the tap was set and comes late, as
// a packet does that was lost and asked for again: when it was spoken nobody was
// to see it.
type floor struct {
	tap    *Tap // for which ssrc and before hold
	ssrc   uint32
	before uint16
	left   int // how many packets more are compared

	now    uint32 // the source that came last
	newest uint16 // of its packets
	known  bool   // anything has come
}

// lateWithin is how many packets after the setting of a tap one may come late: 5 s
// of them. Later on a number that falls behind means a sender that numbers anew.
const lateWithin = 250

// shows tells whether a tap may see a packet that has just come, and takes the
// packet down.
func (f *floor) shows(t *Tap, h *rtp.Header) bool {
	if f.tap != t {
		f.tap, f.left = t, 0
		if t != nil && f.known {
			f.ssrc, f.before, f.left = f.now, f.newest, lateWithin
		}
	}
	if !f.known || f.now != h.SSRC || int16(h.SequenceNumber-f.newest) > 0 {
		f.now, f.newest, f.known = h.SSRC, h.SequenceNumber, true
	}
	if f.left == 0 || t == nil {
		return t != nil
	}
	f.left--
	return h.SSRC != f.ssrc || int16(h.SequenceNumber-f.before) > 0
}
