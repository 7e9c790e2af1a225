package render

import (
	"slices"

	"parley/media/opus"
	"parley/recorder/journal"
)

// Modes of a voice.
const (
	ModeCopy   = "copy"   // packets as they were sent
	ModeEncode = "encode" // decoded, mended, encoded again
	ModeAuto   = "auto"   // copy as long as little is lost
)

// VoiceStats tell what a voice is made of. Milliseconds are of the timeline.
type VoiceStats struct {
	Mode        string  `json:"mode"`
	Packets     int     `json:"packets"`
	Lost        int     `json:"lost"` // never came in time, nor a whole copy of them
	Late        int     `json:"late"` // came too late to be used
	Duplicate   int     `json:"duplicate"`
	Malformed   int     `json:"malformed"`
	Sources     int     `json:"sources"`      // epochs of the timeline: reconnects, stalls, jumps
	ConcealedMs float64 `json:"concealed_ms"` // lost for good and guessed at
	RecoveredMs float64 `json:"recovered_ms"` // lost, and taken from redundant audio (RED)
	FECMs       float64 `json:"fec_ms"`       // lost, and decoded from in-band copies
	LateMs      float64 `json:"late_ms"`      // came after packets that were sent later, as retransmissions do
	SilentMs    float64 `json:"silent_ms"`

	// LevelDBFS is the mean level while somebody spoke, as it was sent (RFC 6464
	// counts alike); -120 when all is silent.
	LevelDBFS float64 `json:"level_dbfs"`
	// GainDB is what a program that decodes the voice should raise it by, so that
	// both voices are about equally loud; 0 for one that was encoded, which is
	// evened out already.
	GainDB float64 `json:"gain_db"`

	// ServerMs is how much of the voice the server's own sound takes the place of:
	// what the person said in it was neither heard nor recorded.
	ServerMs float64 `json:"server_ms"`

	LostMs float64 `json:"lost_ms"` // of lost packets, whether concealed or left silent

	// Gaps are stretches of half a second or more in which the gate was open and
	// no packet of the voice came, though its sender's numbers do not say that it
	// meant to send none.
	Gaps         int     `json:"gaps"`
	GapMs        float64 `json:"gap_ms"` // all of them together
	LongestGapMs float64 `json:"longest_gap_ms"`

	// DriftPPM is by how much the sender's clock was fast (slow if negative)
	// against ours, in millionths; 0 if the voice was too short to tell (20 s).
	DriftPPM float64 `json:"drift_ppm"`
}

// maker makes grid frames of one voice's packets. It gets them in order, each
// with its place, and makes the same frames whenever and however often it is
// told what is settled.
type maker interface {
	// put adds a packet that was spoken at the sample place; lost packets are
	// missing before it. fresh: it does not continue the one before it.
	put(q queued, place, lost int64, fresh bool) error
	// silenceTo says that nothing will come any more before a sample.
	silenceTo(sample int64)
	// end is the first sample that has not been made.
	end() int64
	// ready is how many frames nothing still to come can change.
	ready() int64
	// frame takes the next frame as an Opus packet, valid until the next call.
	frame(s seam) ([]byte, error)
	// drop takes the next frame, which is left out.
	drop()
	// report adds what the frames up to the sample length were made of.
	report(length int64, s *VoiceStats)
	// settle adds to the report what is known once all frames were taken.
	settle(s *VoiceStats)
}

// seam tells that what was before or will be after a frame is left out, or that
// the gate was shut throughout it.
type seam struct{ before, after, shut bool }

// track puts one leg's packets in order and hands them to a maker. Everything
// that happens in it depends on the packets' times alone, not on when or how
// often it is told to advance.
type track struct {
	maker
	line   timeline
	queue  []queued // by epoch and sequence number; lies in room
	room   []queued
	copies []queued // from redundant blocks, by epoch and RTP time
	last   *queued  // the packet that the maker got last, in newest
	newest queued
	gate   *gate
	gaps   gaps
	stats  VoiceStats
	heard  func(Heard) uint8 // may be nil
}

// add queues a packet; it copies the payload. First it hands on what the
// packet came too late to overtake.
func (t *track) add(p journal.Packet) error {
	if p.Arrival > longest {
		t.stats.Malformed++
		return nil
	}
	var blocks []block
	if p.RED {
		if blocks = unpack(p); blocks == nil {
			t.stats.Malformed++
			return nil
		}
		p.Payload, blocks = blocks[len(blocks)-1].payload, blocks[:len(blocks)-1]
	}
	n, err := opus.DurationSamples48k(p.Payload)
	if err != nil {
		t.stats.Malformed++
		return nil
	}
	if err := t.advance(samples(p.Arrival)); err != nil {
		return err
	}
	t.stats.Packets++
	q := t.line.add(p)
	q.samples, q.payload = n, slices.Clone(p.Payload)
	t.keep(q, blocks)
	t.enqueue(q)
	return nil
}

// enqueue puts a packet in its order, unless it has had its turn.
func (t *track) enqueue(q queued) {
	at, found := slices.BinarySearchFunc(t.queue, q, order)
	switch {
	case found, t.last != nil && order(q, *t.last) == 0:
		t.stats.Duplicate++
	case t.last != nil && order(q, *t.last) < 0:
		t.stats.Late++
	default:
		t.makeRoom()
		t.queue = slices.Insert(t.queue, at, q)
	}
}

// makeRoom lets the queue grow by one. It is as long as the look-ahead for the
// whole of a call and moves on in its room; where it meets the end it goes back
// to the front, unless the room is nearly full.
func (t *track) makeRoom() {
	if len(t.queue) < cap(t.queue) {
		return
	}
	if n := len(t.queue); n >= len(t.room)*7/8 {
		t.room = slices.Concat(t.queue, make([]queued, n/4+8))
	} else {
		clear(t.room[copy(t.room, t.queue):])
	}
	t.queue = t.room[:len(t.queue)]
}

// addReport notes a sender report.
func (t *track) addReport(r journal.SenderReport) error {
	if r.Arrival > longest {
		return nil
	}
	if err := t.advance(samples(r.Arrival)); err != nil {
		return err
	}
	t.line.report(r)
	return nil
}

func order(a, b queued) int {
	if a.epoch != b.epoch {
		return a.epoch.number - b.epoch.number
	}
	switch {
	case a.seq < b.seq:
		return -1
	case a.seq > b.seq:
		return 1
	}
	return 0
}

// advance hands on every packet that can no longer be overtaken when all
// arrivals up to now are known, and settles silence.
func (t *track) advance(now int64) error {
	for len(t.queue) > 0 && t.queue[0].arrival+reorderWindow <= now {
		q := t.queue[0]
		t.queue[0].payload = nil
		t.queue = t.queue[1:]
		t.silenceTo(q.arrival + reorderWindow - horizon)
		if err := t.commit(q); err != nil {
			return err
		}
	}
	t.silenceTo(now - horizon)
	return nil
}

// finish hands on the rest and fills up to the sample length. Some silence
// follows in any case: sound ends alike whether time went on after it or not.
func (t *track) finish(length int64) error {
	for _, q := range t.queue {
		if err := t.commit(q); err != nil {
			return err
		}
	}
	t.queue, t.room = nil, nil
	t.silenceTo(max(length, t.end()+frame))
	return nil
}

// commit hands on a packet, and before it the copies of what was lost.
func (t *track) commit(q queued) error {
	if t.last == nil || t.last.epoch != q.epoch {
		t.stats.Sources++
		t.discard(q)
		return t.hand(q, 0, true)
	}
	lost := q.seq - t.last.seq - 1
	copies := t.recovered(q, lost)
	for i, c := range copies {
		before := min(lost-int64(len(copies)-i), missing(*t.last, c))
		c.seq = t.last.seq + before + 1
		lost -= before + 1
		t.stats.Lost += int(before)
		if err := t.hand(c, before, false); err != nil {
			return err
		}
	}
	t.stats.Lost += int(lost)
	return t.hand(q, lost, false)
}

// hand gives the maker a packet.
func (t *track) hand(q queued, lost int64, fresh bool) error {
	switch {
	case q.copied:
		t.stats.RecoveredMs += millis(int64(q.samples))
	case q.overtaken:
		t.stats.LateMs += millis(int64(q.samples))
	}
	place, quiet := q.epoch.place(q), int64(0)
	if e := q.epoch; e.sure {
		t.line.drift.look(e.number, e.askedAt, e.near)
	}
	if !fresh && lost == 0 {
		quiet = max(0, q.ts-t.last.ts-int64(t.last.samples))
	}
	t.gaps.packet(t.gate, place, quiet, q.samples)
	t.stats.LostMs += millis(lost * int64(q.samples))
	t.newest = q
	t.last = &t.newest
	if t.heard != nil {
		q.level = t.heard(Heard{Place: place, Samples: q.samples, Level: q.level, Copied: q.copied, Payload: q.payload})
	}
	return t.put(q, place, lost, fresh)
}

// summary tells what a finished voice of length samples is made of.
func (t *track) summary(length int64) VoiceStats {
	t.gaps.until(t.gate, length, 0)
	s := t.stats
	s.Gaps, s.GapMs, s.LongestGapMs = t.gaps.count, millis(t.gaps.total), millis(t.gaps.longest)
	s.DriftPPM = t.line.drift.ppm()
	t.report(length, &s)
	return s
}

func millis(samples int64) float64 { return float64(samples) * 1000 / sampleRate }
