package render

import (
	"time"

	"parley/media/rtptime"
	"parley/recorder/journal"
)

// longest is how long after time 0 a packet may come; what says it came later
// is not believed.
const longest = 24 * time.Hour

const (
	sampleRate = 48000
	frame      = 960 // samples of one grid frame, 20 ms

	// reorderWindow is how late a packet may come and still find its place, and
	// how much of what follows is known when a place is decided: in most windows
	// a browser sends a sender report.
	reorderWindow = 4 * sampleRate
	// horizon is how far behind the clock silence is settled where no packet
	// came: one that is overdue by horizon − reorderWindow, as after a network's
	// stall, still finds its place.
	horizon = 2 * reorderWindow
	// epochJump is by how much RTP time and arrival may differ from one packet
	// to the next before they belong to two epochs: the sender stalled, jumped
	// or began anew.
	epochJump = sampleRate
)

// queued is a packet whose numbers have been unwrapped.
type queued struct {
	epoch     *epoch
	seq, ts   int64
	arrival   int64 // samples since time 0
	samples   int   // duration
	level     uint8 // RFC 6464, journal.NoLevel if not stated
	overtaken bool  // a packet that was sent later came before it
	copied    bool  // taken from a redundant block (RFC 2198)
	payload   []byte
}

// timeline maps one voice's RTP time to the call's time. Stretches of packets
// with an RTP time of their own are epochs; a new one begins with a new SSRC,
// when the gate reopens, and when RTP time and arrival part company. How an
// epoch maps its time is told in clock.go.
type timeline struct {
	cur    *epoch
	count  int
	breaks []int64 // arrivals at which a new epoch must begin, ascending
	drift  driftMeter
}

// epoch is a stretch of packets with one unbroken RTP time.
type epoch struct {
	clock
	number int
	ssrc   uint32
	seqs   rtptime.SequenceExtender
	stamps rtptime.TimestampExtender
	maxSeq int64
	maxTS  int64
	maxAt  int64 // arrival of the packet with maxSeq
}

// breakAt begins a new epoch with the first packet that arrives at or after t.
func (t *timeline) breakAt(at int64) { t.breaks = append(t.breaks, at) }

func samples(d time.Duration) int64 { return rtptime.ToTicks(d, sampleRate) }

// add unwraps a packet's numbers and notes its arrival.
func (t *timeline) add(p journal.Packet) queued {
	at := samples(p.Arrival)
	if t.broken(at) || t.cur == nil || t.cur.ssrc != p.SSRC || t.cur.leaves(p, at) {
		t.count++
		t.cur = &epoch{number: t.count, ssrc: p.SSRC, maxSeq: -1 << 62}
	}
	e := t.cur
	q := queued{
		epoch: e, seq: e.seqs.Extend(p.Sequence), ts: e.stamps.Extend(p.Timestamp), arrival: at, level: p.Level,
	}
	if q.overtaken = q.seq < e.maxSeq; q.seq > e.maxSeq {
		e.maxSeq, e.maxTS, e.maxAt = q.seq, q.ts, at
		e.check(q.ts)
	}
	e.note(at, at-q.ts)
	return q
}

func (t *timeline) broken(at int64) bool {
	passed := false
	for len(t.breaks) > 0 && at >= t.breaks[0] {
		t.breaks, passed = t.breaks[1:], true
	}
	return passed
}

// leaves tells whether a packet that continues the sequence has a time that
// does not: one that moved unlike the clock, or went back, which no sender's
// does unless it lies, now or before. A packet out of order never leaves: it is
// merely late.
func (e *epoch) leaves(p journal.Packet, at int64) bool {
	ahead := rtptime.SequenceDiff(uint16(e.maxSeq), p.Sequence)
	if ahead <= 0 {
		return false
	}
	moved := rtptime.TimestampDiff(uint32(e.maxTS), p.Timestamp)
	return moved < 0 || abs(moved-(at-e.maxAt)) > epochJump
}

// report notes a sender report, which counts in the epoch whose source sent it.
func (t *timeline) report(r journal.SenderReport) {
	if e := t.cur; e != nil && e.ssrc == r.SSRC {
		e.clock.report(samples(r.Arrival), r.NTP, e.maxTS+rtptime.TimestampDiff(uint32(e.maxTS), r.RTP))
	}
}

func abs(v int64) int64 { return max(v, -v) }
