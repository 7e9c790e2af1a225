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
