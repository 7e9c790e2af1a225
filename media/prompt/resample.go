package prompt

import "math"

// reach is how many periods of the lower rate the filter takes in to each side.
const reach = 16

// resample brings mono PCM from one rate in Hz to another by a windowed sinc,
// band-limited to the lower of the two.
func resample(pcm []int16, from, to int) []int16 {
	if from == to {
		return pcm
	}
	g := gcd(from, to)
	step, phases := from/g, to/g
	stretch := max(1, float64(from)/float64(to)) // of the filter, when the rate is lowered
	side := int(math.Ceil(reach * stretch))
	kernels := make([][]float64, phases)
	for p := range kernels {
		kernels[p] = kernel(float64(p)/float64(phases), side, stretch)
	}
	out := make([]int16, len(pcm)*phases/step)
	for n := range out {
		at := n * step
		sum := 0.0
		for i, w := range kernels[at%phases] {
			if k := at/phases - side + i; k >= 0 && k < len(pcm) {
				sum += w * float64(pcm[k])
			}
		}
		out[n] = int16(math.Round(min(max(sum, math.MinInt16), math.MaxInt16)))
	}
	return out
}

// kernel is the filter around an input sample, shifted by a fraction of one.
func kernel(fraction float64, side int, stretch float64) []float64 {
	taps, sum := make([]float64, 2*side+1), 0.0
	for i := range taps {
		x := (float64(i-side) - fraction) / stretch
		taps[i] = sinc(x) * (0.5 + 0.5*math.Cos(math.Pi*x/(reach+1)))
		sum += taps[i]
	}
	for i := range taps {
		taps[i] /= sum
	}
	return taps
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
