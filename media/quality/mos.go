package quality

import "math"

// Sample is what was measured of one direction over an interval, usually a
// second.
type Sample struct {
	RoundTripMs float64 // to the other end and back
	JitterMs    float64 // RFC 3550 section 6.4.1
	LossPercent float64 // of the packets of the interval
}

// Constants of the E-model as they are used here.
const (
	bestRating   = 94.768
	codecDelayMs = 10   // of the codecs at both ends
	bendMs       = 160  // from here on people notice the delay
	deafMs       = 1000 // from here on they cannot talk
	perPercent   = 2.5  // rating that each percent of loss costs
	leastRating  = 6.52 // below it the curve would rise again
)

// MOS is the mean opinion score of a sample, from 1 (bad) to about 4.4; false if a
// number in it is no measurement (negative, infinite or NaN).
func (s Sample) MOS() (score float64, ok bool) {
	for _, x := range []float64{s.RoundTripMs, s.JitterMs, s.LossPercent} {
		if !(x >= 0) || math.IsInf(x, 1) {
			return 0, false
		}
	}
	r := s.rating()
	return 1 + 0.035*r + 0.000007*r*(r-60)*(100-r), true
}

// rating is the E-model's R.
func (s Sample) rating() float64 {
	// A packet of uncertain arrival is waited for: jitter costs twice.
	delay := s.RoundTripMs + 2*s.JitterMs + codecDelayMs
	r := 0.0
	switch {
	case delay < bendMs:
		r = bestRating - delay/40
	case delay < deafMs:
		r = bestRating - (delay-120)/10
	}
	if s.LossPercent > r/perPercent {
		return 0
	}
	return max(r-s.LossPercent*perPercent, leastRating)
}
