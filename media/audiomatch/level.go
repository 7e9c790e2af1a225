package audiomatch

import "math"

// EnergyDBFS returns the mean power of pcm in dB relative to a square wave of full scale: a
// sine of full scale has −3.01, speech about −25, digital silence and no samples −Inf.
func EnergyDBFS(pcm []int16) float64 {
	sum := 0.0
	for _, sample := range pcm {
		sum += float64(sample) * float64(sample)
	}
	if sum == 0 {
		return math.Inf(-1)
	}
	const fullScale = math.MinInt16 * math.MinInt16
	return 10 * math.Log10(sum/float64(len(pcm))/fullScale)
}
