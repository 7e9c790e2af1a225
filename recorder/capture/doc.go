// Package capture takes the packets of recorded calls off the live path and
// makes them durable. A Capture is the tap of one call: it copies each packet
// into a bounded buffer, and only while its gate is open. One Node goroutine
// per process seals the buffers of all captures into their journals, synced at
// most half a second apart, and hands the same bytes on to whoever renders.
//
// The live path never waits here: a packet that does not fit the buffer is
// counted and reported, not waited for. The package does not know why a gate
// is open; that was decided before.
package capture
