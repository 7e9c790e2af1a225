package rtptime

// SequenceDiff returns to − from on the circle of 2^16 numbers, in the range
// −32768 to 32767. It is positive when to was sent after from. Numbers exactly
// half the circle apart count as older (RFC 1982 leaves that case undefined).
func SequenceDiff(from, to uint16) int {
	return int(int16(to - from))
}

// TimestampDiff returns to − from in ticks on the circle of 2^32 timestamps, in
// the range −2^31 to 2^31−1, with the sign convention of [SequenceDiff].
func TimestampDiff(from, to uint32) int64 {
	return int64(int32(to - from))
}

// SequenceExtender unwraps RTP sequence numbers to int64 so that they can be
// compared and subtracted as they are. The zero value is ready for use; a new
// source (SSRC) needs a new extender. It is not safe for concurrent use.
type SequenceExtender struct {
	circle extender
}

// Extend returns the number congruent to seq modulo 2^16 that lies nearest to
// the highest number returned so far. The first number is returned as it is, so a
// packet that was sent before the first one and arrives after it may get a
// negative number. Late packets do not move the reference: a packet may be up
// to 32768 numbers late and still be placed rightly.
func (e *SequenceExtender) Extend(seq uint16) int64 {
	return e.circle.extend(int64(seq), func(highest int64) int64 {
		return int64(SequenceDiff(uint16(highest), seq))
	})
}

// TimestampExtender unwraps RTP timestamps as [SequenceExtender] does sequence
// numbers. The zero value is ready for use; it is not safe for concurrent use.
type TimestampExtender struct {
	circle extender
}

// Extend returns the number of ticks congruent to ts modulo 2^32 that lies
// nearest to the highest returned so far; the first is returned as it is. At
// 48 kHz the reach to either side is 12 h 25 min.
func (e *TimestampExtender) Extend(ts uint32) int64 {
	return e.circle.extend(int64(ts), func(highest int64) int64 {
		return TimestampDiff(uint32(highest), ts)
	})
}

// extender is the part that both circles share: remember the highest, place the
// next relative to it.
type extender struct {
	highest int64
	started bool
}

func (e *extender) extend(first int64, diff func(highest int64) int64) int64 {
	if !e.started {
		e.started = true
		e.highest = first
		return first
	}
	value := e.highest + diff(e.highest)
	e.highest = max(e.highest, value)
	return value
}
