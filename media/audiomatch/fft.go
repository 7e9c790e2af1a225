package audiomatch

import (
	"math"
	"math/bits"
	"math/cmplx"
)

// transform replaces data, whose length is a power of two, by its discrete Fourier
// transform: radix-2, decimation in time, not normalised.
func transform(data []complex128) {
	n := len(data)
	if n < 2 {
		return
	}
	shift := 64 - bits.TrailingZeros(uint(n))
	for i := range data {
		if j := int(bits.Reverse64(uint64(i)) >> shift); i < j {
			data[i], data[j] = data[j], data[i]
		}
	}
	roots := unitRoots(n)
	for half := 1; half < n; half *= 2 {
		stride := n / (2 * half)
		for start := 0; start < n; start += 2 * half {
			low, high := data[start:start+half], data[start+half:start+2*half]
			for k := range low {
				turned := high[k] * roots[k*stride]
				low[k], high[k] = low[k]+turned, low[k]-turned
			}
		}
	}
}

// unitRoots returns the first n/2 powers of e^(−2πi/n).
func unitRoots(n int) []complex128 {
	roots := make([]complex128, n/2)
	for k := range roots {
		roots[k] = cmplx.Rect(1, -2*math.Pi*float64(k)/float64(n))
	}
	return roots
}
