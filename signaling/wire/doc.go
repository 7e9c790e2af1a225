// Package wire holds the messages of the signalling protocol, version 1, and
// their strict decoding and encoding. docs/protocol.md tells the protocol as a
// story; this package is its grammar.
//
// It is not the transport (that is signaling/ws) and decides nothing about
// calls (that is signaling/session). It starts no goroutine and is safe for
// concurrent use.
//
//	msg, err := wire.Decode(data) // *wire.CallStart, *wire.MediaAnswer, ...
package wire
