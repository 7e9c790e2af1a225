package audiomatch

import (
	"math"
	"math/bits"
)

// silenceFloor is the share of the loudest window's energy below which a window counts as
// silent. Rounding in the transform would otherwise correlate with anything there.
const silenceFloor = 1e-10

// Correlate finds ref in got, both mono at one rate. It returns the highest normalised
// cross-correlation over all lags and the lag of it: the sample of got at which ref begins,
// negative when got begins inside ref. 1 means that got is ref there up to a positive gain;
// unrelated sounds stay near 0. Each lag is normalised by the energy of got under ref, so
// what surrounds ref in got does not count. Where ref reaches beyond got, the missing part
// counts as if it were there and unlike: half a phrase gives 0.5, and two sounds that
// touch only by their edges give next to nothing. Silent or empty input gives 0, 0.
//
// It takes time and memory in n log n of both lengths together: at 8 kHz a tenth of a second
// for 10 s in 60 s. Use [Resample] on input of higher rates.
func Correlate(ref, got []float64) (best float64, lagSamples int) {
	refEnergy := energy(ref)
	if refEnergy == 0 || len(got) == 0 {
		return 0, 0
	}
	products := crossProducts(ref, got)
	windows := windowEnergies(got, len(ref))
	floor := 0.0
	for _, window := range windows {
		floor = max(floor, window*silenceFloor)
	}
	for i, window := range windows {
		if window <= floor {
			continue
		}
		if value := products[i] / math.Sqrt(refEnergy*window); value > best {
			best, lagSamples = value, i-(len(ref)-1)
		}
	}
	return min(best, 1), lagSamples
}

// energy returns the sum of squares.
func energy(samples []float64) float64 {
	sum := 0.0
	for _, sample := range samples {
		sum += sample * sample
	}
	return sum
}

// crossProducts returns the scalar product of ref with got at every lag from 1−len(ref) to
// len(got)−1.
func crossProducts(ref, got []float64) []float64 {
	lags := len(ref) + len(got) - 1
	size := 1 << bits.Len(uint(lags-1))
	// Correlation is convolution with ref reversed. Both signals are real, so one
	// transform carries both: got in the real part, ref in the imaginary one.
	data := make([]complex128, size)
	for i, sample := range got {
		data[i] = complex(sample, 0)
	}
	for i, sample := range ref {
		j := len(ref) - 1 - i
		data[j] = complex(real(data[j]), sample)
	}
	transform(data)
	multiplySpectra(data)
	transform(data)
	products := make([]float64, lags)
	for i := range products {
		products[i] = real(data[i]) / float64(size)
	}
	return products
}

// multiplySpectra turns the transform Z of a+ib (a and b real) into the conjugate of the
// product of the transforms of a and b. Transforming that again gives the convolution of a and b,
// since it is real. With W = conj(Z[−k]): A = (Z+W)/2, B = (Z−W)/2i, so AB = (Z²−W²)/4i.
func multiplySpectra(data []complex128) {
	n := len(data)
	for k := 0; k <= n/2; k++ {
		mirror := (n - k) % n
		z, w := data[k], conjugate(data[mirror])
		product := (z*z - w*w) * complex(0, -0.25)
		data[k], data[mirror] = conjugate(product), product
	}
}

func conjugate(z complex128) complex128 {
	return complex(real(z), -imag(z))
}

// windowEnergies returns the energy of got under a window of the given width at the lags of
// crossProducts. What of the window lies outside got counts as loud as what lies inside.
func windowEnergies(got []float64, width int) []float64 {
	sums := make([]float64, len(got)+1)
	for i, sample := range got {
		sums[i+1] = sums[i] + sample*sample
	}
	windows := make([]float64, len(got)+width-1)
	for i := range windows {
		first, end := max(0, i-width+1), min(len(got), i+1)
		windows[i] = (sums[end] - sums[first]) * float64(width) / float64(end-first)
	}
	return windows
}
