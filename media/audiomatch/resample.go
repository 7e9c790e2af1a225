package audiomatch

import (
	"fmt"
	"math"
)

const (
	// zeroCrossings is how far the resampling filter reaches to either side, in
	// periods of the lower rate.
	zeroCrossings = 16
	// passband is the filter's edge as a share of the lower rate's Nyquist frequency;
	// the rest is the transition to the stop band.
	passband = 0.9
)

// Resample lowers the rate of mono pcm from one rate in Hz to another, band-limited so that
// nothing folds back, and scales it to −1..1. Sample n of the result is at the time n/to
// of the input: the filter adds no delay. Equal rates only scale. It returns an error
// when the rates are not positive or to is above from.
func Resample(pcm []int16, from, to int) ([]float64, error) {
	if to <= 0 || from < to {
		return nil, fmt.Errorf("resample from %d to %d Hz: want a lower positive rate", from, to)
	}
	if from == to {
		return scaled(pcm), nil
	}
	divisor := gcd(from, to)
	step, phases := from/divisor, to/divisor
	reach := (zeroCrossings*from + to - 1) / to
	kernels := make([][]float64, phases)
	for phase := range kernels {
		kernels[phase] = lowpass(float64(phase)/float64(phases), reach, float64(to)/float64(from))
	}
	out := make([]float64, len(pcm)*to/from)
	for n := range out {
		position := n * step
		out[n] = filtered(pcm, position/phases-reach, kernels[position%phases])
	}
	return out, nil
}

// lowpass returns a windowed sinc of 2·reach+1 taps around an input sample, shifted by a
// fraction of one. ratio is the output rate over the input rate.
func lowpass(fraction float64, reach int, ratio float64) []float64 {
	taps := make([]float64, 2*reach+1)
	sum := 0.0
	for i := range taps {
		x := float64(i-reach) - fraction
		taps[i] = sinc(x*ratio*passband) * hann(x/float64(reach+1))
		sum += taps[i]
	}
	for i := range taps {
		taps[i] /= sum * -math.MinInt16
	}
	return taps
}

// sinc is sin(πx)/πx.
func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// hann is the raised cosine window over −1..1.
func hann(x float64) float64 {
	return 0.5 + 0.5*math.Cos(math.Pi*x)
}

// filtered returns the scalar product of taps with pcm from first on; pcm is silent beyond
// its ends.
func filtered(pcm []int16, first int, taps []float64) float64 {
	skip := max(0, -first)
	end := min(len(taps), len(pcm)-first)
	if skip >= end {
		return 0
	}
	sum := 0.0
	window := pcm[first+skip : first+end]
	for i, tap := range taps[skip:end] {
		sum += tap * float64(window[i])
	}
	return sum
}

func scaled(pcm []int16) []float64 {
	out := make([]float64, len(pcm))
	for i, sample := range pcm {
		out[i] = float64(sample) / -math.MinInt16
	}
	return out
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
