package opus

import "parley/media/opus/packet"

// SampleRate is the rate of all PCM in this package, in Hz.
const SampleRate = 48000

// Sizes of what the codec takes and gives.
const (
	// FrameSamples48k is the length of every encoded frame: 20 ms.
	FrameSamples48k = 960
	// MaxPacketSamples48k is the longest packet a decoder may meet: 120 ms.
	MaxPacketSamples48k = packet.MaxDurationSamples48k
	// MaxFramePacketBytes is the largest packet that Encode makes: a TOC byte and
	// one frame.
	MaxFramePacketBytes = 1 + packet.MaxFrameBytes
)

// DurationSamples48k is [packet.DurationSamples48k], here for callers that hold a
// codec and nothing else.
func DurationSamples48k(data []byte) (int, error) {
	return packet.DurationSamples48k(data)
}

// Frames is [packet.Frames].
func Frames(data []byte) ([][]byte, error) {
	return packet.Frames(data)
}
