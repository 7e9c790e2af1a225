package packet

import "fmt"

// Join appends to dst one packet of the given frames, whose TOC bytes say the
// same but for their frame count code, and returns the extended slice. It
// uses the shortest form (RFC 6716 section 3.2). Errors wrap [ErrInvalid]: no
// frame, more than 48, more than 120 ms, or a frame of more than 1275 bytes.
func Join(dst []byte, toc TOC, frames [][]byte) ([]byte, error) {
	if len(frames) == 0 || len(frames)*toc.FrameSamples48k() > MaxDurationSamples48k {
		return dst, fmt.Errorf("%w: %d frames of %d samples in one packet", ErrInvalid, len(frames), toc.FrameSamples48k())
	}
	equal := true
	for _, f := range frames {
		if len(f) > MaxFrameBytes {
			return dst, fmt.Errorf("%w: frame of %d bytes", ErrInvalid, len(f))
		}
		equal = equal && len(f) == len(frames[0])
	}
	dst = appendCount(dst, toc&^3, frames, equal)
	for _, f := range frames {
		dst = append(dst, f...)
	}
	return dst, nil
}

// appendCount appends the TOC byte and what comes before the frames.
func appendCount(dst []byte, toc TOC, frames [][]byte, equal bool) []byte {
	switch {
	case len(frames) == 1:
		return append(dst, byte(toc))
	case len(frames) == 2 && equal:
		return append(dst, byte(toc|1))
	case len(frames) == 2:
		return appendLength(append(dst, byte(toc|2)), len(frames[0]))
	case equal:
		return append(dst, byte(toc|3), byte(len(frames)))
	}
	dst = append(dst, byte(toc|3), 0x80|byte(len(frames)))
	for _, f := range frames[:len(frames)-1] {
		dst = appendLength(dst, len(f))
	}
	return dst
}
