package render

import "slices"

const (
	// lookBack is how far back arrivals count for the offset of a packet.
	lookBack = 16 * sampleRate
	// bucket is the grain in which arrival minima are kept.
	bucket = sampleRate / 10
	// evidence is how many packets must be late together before that means
	// anything.
	evidence = 10
	// stallJump is by how much all packets of the look-ahead must be late
	// before the sender, and not the network, is taken to have stalled, when no
	// report tells.
	stallJump = sampleRate / 10
	// doubt is the most that is given in to a lateness without a known cause:
	// what is half right either way is at most 20 ms wrong up to 40 ms.
	doubt = frame
	// reportSlack is how far the packet after a sender report may lie behind
	// the report's RTP time: packets are named by their first sample, sent
	// after their last, and overtaken by reports.
	reportSlack = sampleRate / 10
)

// clock maps RTP time to the call's time. A packet can never have been spoken
// after it arrived, and the one that was delayed least tells best when it was
// spoken: the offset between RTP time and call time is the minimum of
// arrival − RTP time over a window.
//
// Where that minimum rises for all packets, either the network became slower,
// and the sound was spoken as early as before, or the sender stalled without
// counting time, and it was spoken later. Sender reports, which name RTP time
// by the sender's own clock, tell one from the other; arrivals bound what they
// may claim, because browsers whose track was taken away send reports that run
// ahead of the packets that follow.
type clock struct {
	minima  []minimum
	reports []report
	pending *report // not yet borne out by a packet
	floorAt int64   // minima before this arrival no longer count
	ntp0    uint64  // of the first report

	// The bucket that was asked for last, and the offset in it.
	asked           bool
	askedAt, answer int64
	near            int64 // the least offset from there on
	sure            bool  // of near: the epoch goes on throughout the window
}

// minimum is the least arrival − RTP time among the packets of one bucket.
type minimum struct {
	at, offset int64
	packets    int
}

// report is a sender report's clock − RTP time, from an origin of its own, and
// when it arrived.
type report struct{ at, rtp, offset int64 }

// note takes down a packet's arrival and its arrival − RTP time.
func (c *clock) note(at, offset int64) {
	at -= at % bucket
	if n := len(c.minima); n > 0 && c.minima[n-1].at == at {
		m := &c.minima[n-1]
		m.offset, m.packets = min(m.offset, offset), m.packets+1
		return
	}
	c.minima = append(c.minima, minimum{at, offset, 1})
}

// report takes down a sender report with its unwrapped RTP time. It counts
// once a packet has borne it out.
func (c *clock) report(at int64, ntp uint64, rtp int64) {
	if c.ntp0 == 0 {
		c.ntp0 = ntp
	}
	c.pending = &report{at: at, rtp: rtp, offset: ntpSamples(int64(ntp-c.ntp0)) - rtp}
}

// ntpSamples turns units of 2^-32 s into samples.
func ntpSamples(d int64) int64 { return d>>32*sampleRate + d&(1<<32-1)*sampleRate>>32 }

// check holds the pending report against the next packet that was sent: a
// report that is ahead of it extrapolated a time that the packets did not take.
func (c *clock) check(ts int64) {
	if c.pending != nil && c.pending.rtp <= ts+reportSlack {
		c.reports = append(c.reports, *c.pending)
	}
	c.pending = nil
}

// place returns when a packet was spoken, in samples since time 0. It must be
// asked once everything has been added that arrived within reorderWindow after
// the packet, and in ascending order of arrival but for reordering.
func (c *clock) place(q queued) int64 {
	// Within a bucket the answer is the same.
	if at := q.arrival - q.arrival%bucket; !c.asked || at != c.askedAt {
		c.asked, c.askedAt = true, at
		c.forget(at - lookBack - reorderWindow)
		c.answer = c.offset(at)
	}
	return q.ts + c.answer
}

// offset is the call's time − RTP time for the bucket that begins with the
// arrival at.
func (c *clock) offset(at int64) int64 {
	now := at + reorderWindow
	known := c.known(now)
	near := ahead(known, at)
	c.near, c.sure = near, known[len(known)-1].at >= now-driftStep
	low := near
	for _, m := range known {
		if m.at >= max(at-lookBack, c.floorAt) {
			low = min(low, m.offset)
		}
	}
	rise := near - low
	if rise == 0 {
		return low
	}
	fell, told := c.fell(known, (low+near)/2, now)
	switch {
	case told:
		return low + min(max(fell, 0), rise)
	case rise > stallJump:
		c.floorAt = at
		return near
	}
	return low + min(rise/2, doubt)
}

// known are the minima that no longer change when everything has been added
// that arrived up to now.
func (c *clock) known(now int64) []minimum {
	n := len(c.minima)
	for n > 1 && c.minima[n-1].at+bucket > now {
		n--
	}
	return c.minima[:n]
}

// ahead is the least offset from a packet on. Before a pause or the end, where
// few packets follow, some before it count as well.
func ahead(known []minimum, from int64) int64 {
	last := len(known) - 1
	least, packets := known[last].offset, 0
	for i := last; i >= 0 && (known[i].at >= from || packets < evidence); i-- {
		least = min(least, known[i].offset)
		packets += known[i].packets
	}
	return least
}

// fell is by how much the sender's RTP time fell behind its clock while
// offsets rose past mid, by the last reports before and after, and whether
// there are such reports.
func (c *clock) fell(known []minimum, mid, now int64) (by int64, told bool) {
	from := int64(-1)
	for _, m := range known {
		if m.offset < mid {
			from = m.at
		}
	}
	var before, after *report
	for i := range c.reports {
		switch r := &c.reports[i]; {
		case r.at <= from:
			before = r
		case r.at > from+bucket && r.at <= now:
			after = r
		}
	}
	if before == nil || after == nil {
		return 0, false
	}
	return after.offset - before.offset, true
}

// forget drops what no packet will ask for again. The last report before stays:
// it is what later ones are compared with.
func (c *clock) forget(before int64) {
	old := 0
	for old < len(c.minima)-1 && c.minima[old].at < before {
		old++
	}
	c.minima = slices.Delete(c.minima, 0, old) // in place: it does not grow
	for len(c.reports) > 1 && c.reports[1].at < before {
		c.reports = c.reports[1:]
	}
}
