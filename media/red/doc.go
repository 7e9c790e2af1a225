// Package red takes apart RTP payloads with redundant audio (RFC 2198): the frame of
// the packet itself, the primary block, and copies of earlier frames, the redundant
// blocks, each with the RTP timestamp at which it was spoken. Browsers send Opus that way
// where both sides offered red/48000, and a recorder that reads the copies fills what the
// network lost without asking again.
//
// It also names the payload types under which this server offers audio (offer.go), and
// keeps copies of what was withheld from coming through (threshold.go). It neither makes
// such payloads nor looks into the frames.
//
// It starts no goroutines. All but a Threshold is pure and safe for concurrent use.
//
//	err := red.Parse(packet.Payload, packet.Timestamp, func(pt uint8, ts uint32, data []byte) {
//		keep(ts, data) // copies first, the primary frame last
//	})
package red
