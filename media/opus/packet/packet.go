package packet

import (
	"errors"
	"fmt"
)

// Limits of RFC 6716 section 3.
const (
	// MaxFrameBytes is the size of the largest frame.
	MaxFrameBytes = 1275
	// MaxFrames is the largest number of frames in a packet: 48 of 2.5 ms.
	MaxFrames = 48
	// MaxDurationSamples48k is the longest packet, 120 ms.
	MaxDurationSamples48k = 5760
)

// ErrInvalid is what every error of this package wraps: the packet breaks one of
// the requirements R1 to R7 of RFC 6716 section 3.4.
var ErrInvalid = errors.New("invalid Opus packet")

// invalid names the broken requirement and what was found.
func invalid(rule, format string, args ...any) error {
	return fmt.Errorf("%w: %s: "+format, append([]any{ErrInvalid, rule}, args...)...)
}

// DurationSamples48k returns how long the packet lasts, in samples at 48 kHz: from
// 120 to 5760. It reads at most two bytes and does not check the frames; a packet
// of only a TOC byte is a lost frame of its full duration. Errors wrap [ErrInvalid].
func DurationSamples48k(packet []byte) (int, error) {
	count, err := FrameCount(packet)
	if err != nil {
		return 0, err
	}
	return count * TOC(packet[0]).FrameSamples48k(), nil
}

// FrameCount returns the number of frames in the packet, 1 to 48, from its first
// two bytes. Errors wrap [ErrInvalid].
func FrameCount(packet []byte) (int, error) {
	if len(packet) == 0 {
		return 0, invalid("R1", "no bytes")
	}
	toc := TOC(packet[0])
	switch toc.FrameCountCode() {
	case 0:
		return 1, nil
	case 1, 2:
		return 2, nil
	}
	if len(packet) < 2 {
		return 0, invalid("R6, R7", "code 3 without a frame count byte")
	}
	count := int(packet[1] & 0x3f)
	if count == 0 || count*toc.FrameSamples48k() > MaxDurationSamples48k {
		return 0, invalid("R5", "%d frames of %d samples", count, toc.FrameSamples48k())
	}
	return count, nil
}

// Frames returns the packet's frames in order, as parts of packet. An empty frame
// was lost or not sent (DTX). It checks the whole packet; errors wrap
// [ErrInvalid].
func Frames(packet []byte) ([][]byte, error) {
	layout, err := parse(packet, undelimited)
	if err != nil {
		return nil, err
	}
	frames := make([][]byte, layout.count)
	offset := layout.body
	for i := range frames {
		end := offset + layout.sizes[i]
		frames[i] = packet[offset:end:end]
		offset = end
	}
	return frames, nil
}

// Check parses the whole packet and returns nil or an error that wraps [ErrInvalid]. It
// allocates nothing.
func Check(packet []byte) error {
	_, err := parse(packet, undelimited)
	return err
}
