// Package packet looks into Opus packets without decoding them (RFC 6716 section
// 3): what the first byte says, how long the audio lasts, where each frame lies,
// and the self-delimiting framing by which several streams share one Ogg packet
// (RFC 6716 appendix B).
//
// It is pure: no cgo, no goroutines, no state, safe for concurrent use. It does
// not judge what is inside a frame; only a decoder can.
//
//	samples, err := packet.DurationSamples48k(payload) // 960 for a 20 ms packet
package packet
