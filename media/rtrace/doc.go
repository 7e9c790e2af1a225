// Package rtrace reads packet traces: what a browser really sent in a call, RTP and RTCP
// after decryption, each packet with its time of arrival. Tests of several packages feed
// them to the code that meets browsers.
//
// A trace NAME.rtrace may have a sidecar NAME.json beside it, with the SDP that was
// negotiated; it tells which payload types and header extensions stand in the packets. A trace
// NAME.all.rtrace is the same capture with the packets in it that were thrown away before
// they reached the receiver, and shares the sidecar.
//
// The container, all integers big-endian and unsigned: 8 bytes "RTRACE1\n", 8 bytes wall
// clock at time 0 in ns since 1970 UTC; then for every packet 8 bytes of time in ns since
// time 0, 1 byte kind ([Kind]), 1 byte flags (bit 0: dropped), 1 byte leg, 1 byte 0,
// 2 bytes length n, and n bytes of packet.
//
// The package is for tests and tools; the server does not import it. It holds whole traces
// in memory, starts no goroutine, and a [Trace] may be read by many.
//
//	trace, err := rtrace.Open("testdata/c_red.rtrace")
//	for packet := range trace.RTP(0) {
//		feed(packet.At, packet.Data)
//	}
package rtrace
