package render

import "math"

const (
	// driftJump is by how much the offset may change from one look at it to the
	// next and still be called drift: a stall or another way through the network
	// is none. At 300 ppm it changes by 1.4 samples in a bucket.
	driftJump = sampleRate / 500
	// driftStep is the longest time between two looks that belong together.
	driftStep = sampleRate
	// driftLeast is how long a clock must have been looked at before its rate
	// means anything.
	driftLeast = 20 * sampleRate
)

// driftMeter measures a sender's clock against ours: the slope of the least
// squares line through call time − RTP time. Jumps are taken out of it, along
// with the time in which they happened.
type driftMeter struct {
	epoch    int   // whose offset was looked at last
	at, last int64 // when, and what it was

	n, t, y      float64 // looks; time looked at and offset, both without jumps
	meanT, meanY float64
	tt, ty       float64 // sums of the products of what is off the means
}

// look takes the offset of an epoch at a moment.
func (m *driftMeter) look(epoch int, at, offset int64) {
	step, rise := at-m.at, offset-m.last
	if epoch == m.epoch && step <= 0 {
		return
	}
	if smooth := epoch == m.epoch && step <= driftStep && abs(rise) <= driftJump; smooth {
		m.t, m.y = m.t+float64(step), m.y+float64(rise)
		m.n++
		off := m.t - m.meanT
		m.meanT += off / m.n
		m.meanY += (m.y - m.meanY) / m.n
		m.tt += off * (m.t - m.meanT)
		m.ty += off * (m.y - m.meanY)
	}
	m.epoch, m.at, m.last = epoch, at, offset
}

// ppm is by how many millionths the sender's clock is fast, to a tenth; 0 when
// it was not looked at for long enough.
func (m *driftMeter) ppm() float64 {
	if m.t < driftLeast {
		return 0
	}
	return math.Round(-1e7*m.ty/m.tt)/10 + 0 // never -0
}
