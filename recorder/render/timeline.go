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

	// reorderWindow is how late a packet may come and still find its place.
	reorderWindow = 2 * sampleRate
	// horizon is how far behind the clock silence is settled where no packet
	// came: one that is overdue by horizon − reorderWindow, as after a network's
	// stall, still finds its place.
	horizon = 3 * reorderWindow
	// lookBack is how far back arrivals count for the offset of a packet.
	lookBack = 8 * sampleRate
	// epochJump is by how much RTP time and arrival may differ from one packet
	// to the next before they belong to two epochs: the sender stalled, jumped
	// or began anew.
	epochJump = sampleRate
	// stallJump is by how much all packets of the look-ahead must be late
	// before the sender, and not the network, is taken to have stalled.
	stallJump = sampleRate / 10
	// bucket is the grain in which arrival minima are kept.
	bucket = sampleRate / 10
)

// queued is a packet whose numbers have been unwrapped.
type queued struct {
	epoch   *epoch
	seq, ts int64
	arrival int64 // samples since time 0
	samples int   // duration
	level   uint8 // RFC 6464, journal.NoLevel if not stated
	payload []byte
}

// timeline maps one voice's RTP time to the call's time. A packet can never
// have been spoken after it arrived, and the one that was delayed least tells
// best when it was spoken: the offset between RTP time and call time is the
// minimum of arrival − RTP time over a window, which follows clock drift.
//
// Stretches with their own offset are epochs; a new one begins with a new
// SSRC, when the gate reopens, and when RTP time and arrival part company.
type timeline struct {
	cur    *epoch
	count  int
	breaks []int64 // arrivals at which a new epoch must begin, ascending
}

// epoch is a stretch of packets with one unbroken RTP time.
type epoch struct {
	number  int
	ssrc    uint32
	seqs    rtptime.SequenceExtender
	stamps  rtptime.TimestampExtender
	maxSeq  int64
	maxTS   int64
	maxAt   int64 // arrival of the packet with maxSeq
	minima  []minimum
	floorAt int64 // minima before this arrival no longer count
}

// minimum is the least arrival − RTP time among the packets of one bucket.
type minimum struct{ at, offset int64 }

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
	q := queued{epoch: e, seq: e.seqs.Extend(p.Sequence), ts: e.stamps.Extend(p.Timestamp), arrival: at, payload: p.Payload}
	if q.seq > e.maxSeq {
		e.maxSeq, e.maxTS, e.maxAt = q.seq, q.ts, at
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
// does not. A packet out of order never leaves: it is merely late.
func (e *epoch) leaves(p journal.Packet, at int64) bool {
	ahead := rtptime.SequenceDiff(uint16(e.maxSeq), p.Sequence)
	if ahead <= 0 {
		return false
	}
	moved := rtptime.TimestampDiff(uint32(e.maxTS), p.Timestamp)
	return abs(moved-(at-e.maxAt)) > epochJump
}

func (e *epoch) note(at, offset int64) {
	at -= at % bucket
	if n := len(e.minima); n > 0 && e.minima[n-1].at == at {
		e.minima[n-1].offset = min(e.minima[n-1].offset, offset)
		return
	}
	e.minima = append(e.minima, minimum{at, offset})
}

// place returns when a packet was spoken, in samples since time 0. It must be
// asked once everything has been added that arrived within reorderWindow after
// the packet, and in ascending order of arrival but for reordering.
func (e *epoch) place(q queued) int64 {
	e.forget(q.arrival - lookBack - reorderWindow)
	window, ahead := int64(1)<<62, int64(1)<<62
	for _, m := range e.minima {
		if m.at+bucket > q.arrival+reorderWindow {
			break // what is known of this bucket depends on when it is asked
		}
		if m.at >= max(q.arrival-lookBack, e.floorAt) {
			window = min(window, m.offset)
		}
		if m.at+bucket > q.arrival {
			ahead = min(ahead, m.offset)
		}
	}
	if ahead < 1<<62 && ahead-window > stallJump {
		e.floorAt, window = q.arrival-q.arrival%bucket, ahead
	}
	return q.ts + window
}

func (e *epoch) forget(before int64) {
	for len(e.minima) > 0 && e.minima[0].at < before {
		e.minima = e.minima[1:]
	}
}

func abs(v int64) int64 { return max(v, -v) }
