package rtptime

import (
	"math"
	"math/bits"
	"time"
)

// OpusClockRate is the clock rate of Opus in RTP and of granule positions in
// Ogg, whatever rate the audio was sampled at (RFC 7587 section 4.1, RFC 7845
// section 4).
const OpusClockRate = 48000

// ToDuration returns how long ticks of a clock of clockRate Hz last, rounded to
// the nearest nanosecond, halves away from zero. Results beyond the range of
// time.Duration (about 292 years) are the largest or smallest duration. It panics
// when clockRate is zero.
func ToDuration(ticks int64, clockRate uint32) time.Duration {
	mustHaveRate(clockRate)
	return time.Duration(scale(ticks, uint64(time.Second), uint64(clockRate)))
}

// ToTicks returns how many ticks of a clock of clockRate Hz fit d, rounded to
// the nearest tick, halves away from zero. Results beyond int64 are its largest
// or smallest value. For clock rates below 500 MHz it undoes [ToDuration]
// exactly. It panics when clockRate is zero.
func ToTicks(d time.Duration, clockRate uint32) int64 {
	mustHaveRate(clockRate)
	return scale(int64(d), uint64(clockRate), uint64(time.Second))
}

func mustHaveRate(clockRate uint32) {
	if clockRate == 0 {
		panic("rtptime: clock rate is zero")
	}
}

// scale returns value × mul ÷ div, rounded and saturated. The product needs 128
// bits: a call of two days is 8.3e9 ticks of 48 kHz, times 1e9 overflows int64.
func scale(value int64, mul, div uint64) int64 {
	negative := value < 0
	magnitude := uint64(value)
	if negative {
		magnitude = -magnitude
	}
	hi, lo := bits.Mul64(magnitude, mul)
	lo, carry := bits.Add64(lo, div/2, 0)
	hi += carry
	if hi >= div {
		return saturated(negative)
	}
	quotient, _ := bits.Div64(hi, lo, div)
	if quotient > math.MaxInt64 {
		return saturated(negative)
	}
	if negative {
		return -int64(quotient)
	}
	return int64(quotient)
}

func saturated(negative bool) int64 {
	if negative {
		return math.MinInt64
	}
	return math.MaxInt64
}
