package vnettest

import (
	"sync"
	"time"

	"github.com/pion/rtp"

	"parley/media/red"
)

// Ear notes when each frame first reached a caller, in a packet of its own or
// as a copy.
type Ear struct {
	mu        sync.Mutex // guards what follows
	frames    map[uint32]time.Time
	redundant int // packets
	malformed int
}

func (e *Ear) hear(p *rtp.Packet, at time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	note := func(_ uint8, ts uint32, _ []byte) {
		if _, known := e.frames[ts]; !known {
			e.frames[ts] = at
		}
	}
	switch {
	case p.PayloadType != red.TypeRED:
		note(0, p.Timestamp, nil)
	case red.Parse(p.Payload, p.Timestamp, note) != nil:
		e.malformed++
	default:
		e.redundant++
	}
}

// Redundant is how many packets were redundant audio.
func (e *Ear) Redundant() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.redundant
}

// Concealed is how much of the frames from one to another, counted from the
// first packet that the speaker sent, a listener had to guess at whose jitter
// buffer holds depth: what came in time, first-hand, as a copy or sent again, is
// heard. The buffer is filled by the fastest packet.
func (e *Ear) Concealed(from, to int, depth time.Duration) time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	var first time.Time // when frame 0 would have come by the fastest way
	for ts, at := range e.frames {
		if begun := at.Add(-spoken(ts)); first.IsZero() || begun.Before(first) {
			first = begun
		}
	}
	missed := 0
	for n := from; n < to; n++ {
		ts := uint32(n) * frame
		at, came := e.frames[ts]
		if !came || at.After(first.Add(spoken(ts)+depth)) {
			missed++
		}
	}
	return time.Duration(missed) * frameTime
}

// spoken is how long after the first frame one was spoken.
func spoken(ts uint32) time.Duration { return time.Duration(ts/frame) * frameTime }
