// Package red takes apart RTP payloads with redundant audio (RFC 2198): the frame of
// the packet itself, the primary block, and copies of earlier frames, the redundant
// blocks, each with the RTP timestamp at which it was spoken. Browsers send Opus that way
// where both sides offered red/48000, and a recorder that reads the copies fills what the
// network lost without asking again.
//
// It neither makes such payloads nor looks into the frames, and does not know which
// payload type the call gave to RED or to what is inside: that is the SDP's to say.
//
// It is pure: no state, no goroutines, safe for concurrent use.
//
//	err := red.Parse(packet.Payload, packet.Timestamp, func(pt uint8, ts uint32, data []byte) {
//		keep(ts, data) // copies first, the primary frame last
//	})
package red
