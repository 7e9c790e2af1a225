package doorway

import "encoding/binary"

// kind is what a connection begins with.
type kind int

const (
	kindOther kind = iota
	kindTLS
	kindHTTP
	kindTURN
	kindICE
)

const (
	tlsHandshake = 0x16       // content type of the first record (RFC 8446 section 5.1)
	magicCookie  = 0x2112A442 // of every STUN message (RFC 8489 section 5)
	// telling is how many bytes tell a frame with a STUN message from the bare
	// message: the length of RFC 4571, and the head of STUN to the cookie's end.
	telling = 10
)

// needs is how many bytes classify wants to see, by the first.
func needs(first byte) int {
	if first == tlsHandshake || isMethod(first) {
		return 1
	}
	return telling
}

// isMethod tells whether a request of HTTP/1 may begin so: all methods in use
// are upper-case letters.
func isMethod(b byte) bool { return b >= 'A' && b <= 'Z' }

// classify judges the first bytes; it wants as many as needs says.
func classify(b []byte) kind {
	switch {
	case len(b) == 0:
		return kindOther
	case b[0] == tlsHandshake:
		return kindTLS
	case isMethod(b[0]):
		return kindHTTP
	case len(b) < telling:
		return kindOther
	case isSTUN(b):
		return kindTURN
	case isSTUN(b[2:]):
		return kindICE
	}
	return kindOther
}

// isSTUN tells whether b begins like a STUN message: two zero bits, and the
// cookie behind type and length.
func isSTUN(b []byte) bool { return b[0]&0xc0 == 0 && binary.BigEndian.Uint32(b[4:8]) == magicCookie }
