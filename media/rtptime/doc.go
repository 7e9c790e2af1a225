// Package rtptime is the arithmetic of media time: RTP sequence numbers modulo
// 2^16, RTP timestamps modulo 2^32, ticks of a clock rate against durations, and
// NTP timestamps as sender reports carry them (RFC 3550 sections 4, 5.1 and 6.4.1).
//
// It reads no clock, starts no goroutine and keeps no state but that of the
// extenders, which belong to one goroutine each. It does not decide what a gap
// or a jump means; it only says how far apart two numbers are.
//
//	var seq rtptime.SequenceExtender
//	for _, header := range headers {
//		number := seq.Extend(header.SequenceNumber) // 65535, 0, 1 → 65535, 65536, 65537
//	}
package rtptime
