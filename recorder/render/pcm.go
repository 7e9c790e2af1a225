package render

import "math"

// stretch resamples src to the length of dst by linear interpolation; the two
// differ by a few samples at most.
func stretch(dst, src []int16) {
	if len(dst) == len(src) {
		copy(dst, src)
		return
	}
	if len(src) == 0 || len(dst) == 0 {
		clear(dst)
		return
	}
	step := float64(len(src)-1) / float64(max(len(dst)-1, 1))
	for i := range dst {
		at := float64(i) * step
		k := min(int(at), len(src)-1)
		next := min(k+1, len(src)-1)
		f := at - float64(k)
		dst[i] = int16(math.Round(float64(src[k])*(1-f) + float64(src[next])*f))
	}
}

func fadeIn(pcm []int16) {
	n := min(fade, len(pcm))
	for i := range n {
		pcm[i] = int16(int(pcm[i]) * i / n)
	}
}

func fadeOut(pcm []int16) {
	n := min(fade, len(pcm))
	tail := pcm[len(pcm)-n:]
	for i := range tail {
		tail[i] = int16(int(tail[i]) * (n - 1 - i) / n)
	}
}

// meter measures the mean level of what is audible.
type meter struct {
	energy float64
	count  int
}

// audible is the sample value below which a sample does not count, -60 dBFS.
const audible = 33

func (m *meter) add(pcm []int16) {
	for _, s := range pcm {
		if s > audible || s < -audible {
			m.energy += float64(s) * float64(s)
			m.count++
		}
	}
}

// dbfs is the level relative to a full-scale sine's peak, -120 for silence.
func (m *meter) dbfs() float64 {
	if m.count == 0 {
		return -120
	}
	return inDecibels(m.energy / float64(m.count) / math.MaxInt16 / math.MaxInt16)
}

// decibel is the power that is so many decibels.
func decibel(db float64) float64 { return math.Pow(10, db/10) }

// inDecibels is the reverse, to a tenth.
func inDecibels(power float64) float64 { return math.Round(100*math.Log10(power)) / 10 }
