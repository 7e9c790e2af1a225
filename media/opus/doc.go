// Package opus encodes and decodes the voices of a call with libopus: mono int16 at
// 48 kHz. It is the only package of the program that uses cgo, and
// wraps github.com/hraban/opus, which sizes buffers by cap: everything here passes
// full slice expressions, so a caller's len means what it says.
//
// It does not touch containers (media/ogg) or RTP. What a packet says without being
// decoded is in the pure package media/opus/packet.
//
// It starts no goroutines. An Encoder and a Decoder hold the state of one voice and
// belong to one goroutine each.
//
//	decoder, err := opus.NewDecoder()
//	pcm := make([]int16, opus.MaxPacketSamples48k)
//	n, err := decoder.Decode(payload, pcm) // pcm[:n], 960 for 20 ms
package opus
