package capture

import (
	"sync"
	"time"

	"github.com/pion/rtp"

	"parley/media/red"
	"parley/recorder/consent/ledger"
	"parley/recorder/journal"
)

// Bounds of the buffers. A voice needs about 6 KB a second, and twice that with
// redundant audio, so that a disk may stall for a quarter of a minute before a
// packet is dropped.
const (
	laneBytes    = 192 << 10
	initialBytes = 4 << 10
	maxEvent     = 128
	lanes        = 3
)

// Counts tell what a capture has taken and what it had to drop.
type Counts struct {
	Packets [2]uint64 `json:"packets"`
	Dropped [2]uint64 `json:"dropped"`
	// Absences and Silences are how often each of the two alarms was raised.
	Absences [2]uint64 `json:"absences"`
	Silences [2]uint64 `json:"silences"`
	// MarksDropped are events that did not fit the buffer.
	MarksDropped uint64 `json:"marks_dropped"`
}

// Capture is the tap of one recorded call. It is safe for concurrent use.
type Capture struct {
	start time.Time // time 0, with a monotonic reading

	mu     sync.Mutex // guards what follows; held for a copy, never across I/O
	open   bool
	failed bool
	lanes  [lanes]lane
	counts Counts
	legs   [2]voice
}

// lane is a double buffer: packets go to fill while spare is being written.
type lane struct{ fill, spare []byte }

// New makes a capture with its gate shut. start is time 0 of the recording.
func New(start time.Time) *Capture {
	c := &Capture{start: start}
	for i := range c.lanes {
		c.lanes[i] = lane{fill: make([]byte, 0, initialBytes), spare: make([]byte, 0, initialBytes)}
	}
	return c
}

// OpenGate lets packets in from now on, for a reason that the journal keeps. It
// tells whether the gate is open: it stays shut once the journal could not be
// written.
func (c *Capture) OpenGate(now time.Time, why ledger.Proof) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open || c.failed {
		return c.open
	}
	c.open = true
	for i := range c.legs {
		c.legs[i].expect(now) // both were connected, or the gate were shut
	}
	c.eventLocked(journal.Event{Kind: journal.EventGateOpen, At: now.Sub(c.start), Proof: &why})
	return true
}

// CloseGate lets no packet in once it has returned.
func (c *Capture) CloseGate(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.open {
		return
	}
	c.open = false
	c.eventLocked(journal.Event{Kind: journal.EventGateClose, At: now.Sub(c.start)})
}

// Mark notes something that happened at an instant, whether the gate is open
// or not: an event holds no audio. One that does not fit the buffer is counted.
func (c *Capture) Mark(kind string, leg journal.Leg, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n, ok := leg.Number(); ok {
		c.legs[n].mark(kind, at)
	}
	if len(c.lanes[journal.LaneCall].fill)+maxEvent > laneBytes {
		c.counts.MarksDropped++
		return
	}
	c.eventLocked(journal.Event{Kind: kind, Leg: leg, At: at.Sub(c.start)})
}

// fail shuts the gate for good: what is captured can no longer be kept.
func (c *Capture) fail() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open, c.failed = false, true
}

// Packet takes one packet if the gate is open. It copies and does not block.
// h.PayloadType is red.TypeRED for redundant audio.
func (c *Capture) Packet(leg int, arrival time.Time, h *rtp.Header, payload []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.open {
		return
	}
	l := &c.lanes[journal.VoiceLane(leg)]
	if len(l.fill)+len(payload)+32 > laneBytes {
		c.counts.Dropped[leg]++
		return
	}
	level, stated := level(h)
	c.legs[leg].take(arrival, level, stated)
	c.counts.Packets[leg]++
	payload, redundant := c.legs[leg].allow(h, payload)
	l.fill = journal.AppendPacket(l.fill, journal.Packet{
		Arrival: arrival.Sub(c.start), Sequence: h.SequenceNumber, Timestamp: h.Timestamp,
		SSRC: h.SSRC, Marker: h.Marker, Level: level, RED: redundant, Payload: payload,
	})
}

// allow is what of a payload may be kept: redundant audio repeats what was
// spoken before, and of what was spoken before the gate opened not even a copy
// may come in.
func (v *voice) allow(h *rtp.Header, payload []byte) (allowed []byte, redundant bool) {
	if h.PayloadType != red.TypeRED {
		v.allowed.Passes(h.SSRC, h.Timestamp, nil)
		return payload, false
	}
	if v.allowed.Passes(h.SSRC, h.Timestamp, payload) {
		return payload, true
	}
	return red.Primary(payload), false
}

// SenderReport takes one RTCP sender report if the gate is open.
func (c *Capture) SenderReport(leg int, arrival time.Time, ssrc uint32, ntp uint64, rtpTime uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := &c.lanes[journal.VoiceLane(leg)]
	if !c.open || len(l.fill)+64 > laneBytes {
		return
	}
	l.fill = journal.AppendReport(l.fill, journal.SenderReport{
		Arrival: arrival.Sub(c.start), SSRC: ssrc, NTP: ntp, RTP: rtpTime,
	})
}

// Spoken takes one packet of what the server itself speaks into a leg, if the gate
// is open: what the people on the call hear of a tone is heard in the recording.
func (c *Capture) Spoken(leg int, due time.Time, frame []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := &c.lanes[journal.VoiceLane(leg)]
	if !c.open || len(l.fill)+len(frame)+32 > laneBytes {
		return
	}
	l.fill = journal.AppendSpoken(l.fill, journal.Spoken{Due: due.Sub(c.start), Payload: frame})
}

// Counts returns what was taken and dropped so far.
func (c *Capture) Counts() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts
}

func (c *Capture) eventLocked(e journal.Event) {
	l := &c.lanes[journal.LaneCall]
	// An event is a few hundred bytes of known shape: it always encodes.
	if buf, err := journal.AppendEvent(l.fill, e); err == nil {
		l.fill = buf
	}
}

// state is what take found.
type state struct {
	open   bool
	alarms [2]Alarm // of an open gate
}

// take swaps the buffers and returns what has come since the last take. The
// bytes are valid until the next take.
func (c *Capture) take(now time.Time) (batch [lanes][]byte, s state) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.lanes {
		l := &c.lanes[i]
		l.fill, l.spare = l.spare[:0], l.fill
		batch[i] = l.spare
	}
	return batch, c.stateLocked(now)
}

// listen returns what take would find, and takes nothing.
func (c *Capture) listen(now time.Time) state {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stateLocked(now)
}

func (c *Capture) stateLocked(now time.Time) (s state) {
	if s.open = c.open; c.open {
		s.alarms = c.listenLocked(now)
	}
	return s
}
