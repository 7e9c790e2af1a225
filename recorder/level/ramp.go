package level

import "math"

func power(dbfs float64) float64  { return math.Pow(10, dbfs/10) }
func decibels(p float64) float64  { return 10 * math.Log10(max(p, 1e-12)) }
func factor(gain float64) float64 { return math.Pow(10, gain/20) }

const (
	// Knee, −2.5 dBFS, is up to where samples become exactly as loud as a gain
	// makes them. What is above bends towards full scale and never reaches
	// beyond: a click keeps its place and its edge, and nothing pumps.
	Knee = math.MaxInt16 * 3 / 4
	room = math.MaxInt16 - Knee

	unit = 1 << 32 // of gains in fixed point
)

// Bend brings a sample of any size into ±32767: with x above the knee it is
// knee + room·x/(room+x), whose slope is 1 at the knee.
func Bend(sample int) int16 {
	switch {
	case sample > Knee:
		return int16(bent(sample, 1))
	case sample < -Knee:
		return int16(-bent(-sample, 1))
	}
	return int16(sample)
}

// bent bends a sample above the knee; bow is how much, from 0, not at all, to
// 1, so that no sample however great reaches full scale.
func bent(sample int, bow float64) int {
	above := float64(sample - Knee)
	return Knee + int(room*above/(room+bow*above))
}

// Ramp changes samples by a gain in dB that goes evenly from one value to
// another. Where it raises them, it bends the loudest just so much that what
// was full scale stays full scale; where it lowers them, all alike.
func Ramp(pcm []int16, from, to float64) {
	if from == 0 && to == 0 || len(pcm) == 0 {
		return
	}
	a, b := int64(math.Round(unit*factor(from))), int64(math.Round(unit*factor(to)))
	top := float64(max(a, b)) / unit * math.MaxInt16
	bow := max(0, 1-room/max(top-Knee, room))
	gain, step := a, (b-a)/int64(len(pcm))
	for i, s := range pcm {
		gain += step
		x := int((int64(s)*gain + unit/2) >> 32)
		switch {
		case bow == 0:
		case x > Knee:
			x = bent(x, bow)
		case x < -Knee:
			x = -bent(-x, bow)
		}
		pcm[i] = int16(min(max(x, -math.MaxInt16), math.MaxInt16))
	}
}
