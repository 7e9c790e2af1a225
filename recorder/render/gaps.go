package render

// leastGap is the length from which a stretch of open gate without any packet
// counts as a gap. Senders that keep quiet in pauses (DTX) still send a packet
// every 400 ms.
const leastGap = sampleRate / 2

// gaps measures where a voice has nothing although the gate was open: before
// its first packet, while its sender stalled or was away, where much was lost
// in a row, and after its last packet.
type gaps struct {
	heard          int64 // end of what has come
	count          int
	total, longest int64
}

// packet takes a packet at its place. quiet is how long its sender meant to
// send nothing before it, by its own numbers.
func (m *gaps) packet(g *gate, place, quiet int64, samples int) {
	m.until(g, place, quiet)
	m.heard = max(m.heard, place+int64(samples))
}

func (m *gaps) until(g *gate, to, quiet int64) {
	if to-m.heard-quiet < leastGap {
		return
	}
	g.within(m.heard+quiet, to, func(from, to int64) {
		if gap := to - from; gap >= leastGap {
			m.count, m.total, m.longest = m.count+1, m.total+gap, max(m.longest, gap)
		}
	})
}
