package render

import (
	"slices"

	"parley/media/opus"
	"parley/media/red"
	"parley/recorder/journal"
)

// block is one Opus packet out of redundant audio.
type block struct {
	ts      uint32
	payload []byte
}

// unpack takes apart a packet of redundant audio: copies first, the primary
// last; nil if it is none. Copies of another payload type are left out: what
// they are is not known.
func unpack(p journal.Packet) []block {
	var blocks []block
	var types []uint8
	err := red.Parse(p.Payload, p.Timestamp, func(payloadType uint8, ts uint32, data []byte) {
		blocks, types = append(blocks, block{ts, data}), append(types, payloadType)
	})
	if err != nil || len(blocks) == 0 || blocks[len(blocks)-1].ts != p.Timestamp {
		return nil
	}
	alike := blocks[:0]
	for i, b := range blocks {
		if types[i] == types[len(types)-1] {
			alike = append(alike, b)
		}
	}
	return alike
}

// byTime orders packets by when they were spoken.
func byTime(a, b queued) int {
	if a.epoch != b.epoch || a.ts == b.ts {
		return a.epoch.number - b.epoch.number
	}
	if a.ts < b.ts {
		return -1
	}
	return 1
}

// keep keeps the copies that came with packet q and that may be needed: those
// of packets that have not come.
func (t *track) keep(q queued, blocks []block) {
	for _, b := range blocks {
		n, err := opus.DurationSamples48k(b.payload)
		if err != nil {
			continue
		}
		c := q
		c.ts, c.samples, c.copied = q.ts-int64(uint32(q.ts)-b.ts), n, true
		if t.has(c) {
			continue
		}
		if at, found := slices.BinarySearchFunc(t.copies, c, byTime); !found {
			c.payload = slices.Clone(b.payload)
			t.copies = slices.Insert(t.copies, at, c)
		}
	}
}

// has tells whether the packet that c is a copy of has come, or whether it is
// too late for it. A copy lies at most a third of a second behind the packet
// that brought it, so that few are looked at.
func (t *track) has(c queued) bool {
	if t.last != nil && t.last.epoch == c.epoch && t.last.ts >= c.ts {
		return true
	}
	for _, q := range slices.Backward(t.queue) {
		if q.epoch == c.epoch && q.ts == c.ts {
			return true
		}
		if q.epoch != c.epoch || q.ts < c.ts {
			return false
		}
	}
	return false
}

// recovered takes the copies that fill what was lost between the last packet
// and q, at most lost, in order, none of them overlapping another packet.
func (t *track) recovered(q queued, lost int64) []queued {
	var out []queued
	free := t.last.ts + int64(t.last.samples)
	for len(t.copies) > 0 && byTime(t.copies[0], q) < 0 {
		c := t.copies[0]
		t.copies = t.copies[1:]
		if c.epoch == q.epoch && c.ts >= free && c.ts+int64(c.samples) <= q.ts && int64(len(out)) < lost {
			out = append(out, c)
			free = c.ts + int64(c.samples)
		}
	}
	return out
}

// discard drops the copies of what came before q, with which an epoch begins.
// A copy of what was lost at its very start has no place in the sequence.
func (t *track) discard(q queued) {
	for len(t.copies) > 0 && byTime(t.copies[0], q) < 0 {
		t.copies = t.copies[1:]
	}
}

// missing is how many packets like c fit between the end of a and c.
func missing(a, c queued) int64 {
	gap := c.ts - a.ts - int64(a.samples)
	return max(0, gap/max(1, int64(c.samples)))
}
