// Package doorway lets HTTPS, TURN and ICE-TCP share one TCP port, such as 443,
// which the strictest networks still let through. It looks at the first bytes of
// each connection, ends TLS where that is spoken, looks again at what is inside,
// and hands the connection to the listener of what it found:
//
//	TLS, then a request of HTTP    HTTP
//	TLS, then a message of STUN    TURN (turns:, RFC 7065)
//	a message of STUN              TURN (turn: by TCP)
//	a frame with one (RFC 4571)    ICE (ICE-TCP, RFC 6544)
//	a request of HTTP              Plain
//	anything else                  is hung up on
//
// Open starts nothing. Run owns every goroutine: one that accepts, and one for
// each connection that is not handed on yet, whose number and time are bounded.
package doorway
