package relay

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
)

// Layout of STUN (RFC 8489 §5, §14) and of ChannelData (RFC 8656 §12.4).
const (
	stunHeaderBytes      = 20
	attributeHeaderBytes = 4
	channelHeaderBytes   = 4
	attrXORPeerAddress   = 0x0012
	classBits            = 0x0110 // both clear in a request
)

// kind is what the first bytes of a datagram say it is.
type kind int

const (
	kindInvalid kind = iota
	kindChannelData
	kindRequest
	kindOther // a STUN indication or response
)

// classify reads a datagram far enough to know what it is and that pion can
// parse it: pion reads the family of a peer address before it checks that the
// attribute is long enough, so a request with an empty one would end the
// process. Anything that starts with neither 00 nor 01 is invalid, although
// pion would take it for STUN.
func classify(p []byte) kind {
	if len(p) < channelHeaderBytes {
		return kindInvalid
	}
	switch p[0] >> 6 {
	case 0b01:
		return kindChannelData
	case 0b00:
		if len(p) < stunHeaderBytes || !peerAddressesUsable(p) {
			return kindInvalid
		}
		if binary.BigEndian.Uint16(p)&classBits == 0 {
			return kindRequest
		}
		return kindOther
	}
	return kindInvalid
}

// peerAddressesUsable walks the attributes of a STUN message. A message cut
// short is not usable either.
func peerAddressesUsable(p []byte) bool {
	length := int(binary.BigEndian.Uint16(p[2:]))
	if len(p)-stunHeaderBytes < length {
		return false
	}
	for rest := p[stunHeaderBytes : stunHeaderBytes+length]; len(rest) > 0; {
		if len(rest) < attributeHeaderBytes {
			return false
		}
		size := int(binary.BigEndian.Uint16(rest[2:]))
		next := attributeHeaderBytes + padded(size)
		if next > len(rest) {
			return false
		}
		value := rest[attributeHeaderBytes : attributeHeaderBytes+size]
		if binary.BigEndian.Uint16(rest) == attrXORPeerAddress && !isXORAddress(value) {
			return false
		}
		rest = rest[next:]
	}
	return true
}

// isXORAddress checks family and length of an address attribute (RFC 8489 §14.1).
func isXORAddress(v []byte) bool {
	const ipv4, ipv6 = 1, 2
	switch len(v) {
	case 4 + net.IPv4len:
		return v[0] == 0 && v[1] == ipv4
	case 4 + net.IPv6len:
		return v[0] == 0 && v[1] == ipv6
	}
	return false
}

var errFrame = errors.New("neither STUN nor ChannelData")

// frameLength returns how many bytes the frame that starts with header takes on
// a stream. STUN says its length, a multiple of four; ChannelData is padded to
// one (RFC 8656 §12.5).
func frameLength(header [4]byte) (int, error) {
	length := int(binary.BigEndian.Uint16(header[2:]))
	switch header[0] >> 6 {
	case 0b00:
		if length%4 != 0 {
			return 0, errFrame
		}
		return stunHeaderBytes + length, nil
	case 0b01:
		return channelHeaderBytes + padded(length), nil
	}
	return 0, errFrame
}

// padded rounds n up to a multiple of four.
func padded(n int) int { return (n + 3) &^ 3 }

// addrPort turns an address of a UDP or TCP socket into its comparable form:
// IPv4 as IPv4, no zone. Other addresses give the zero AddrPort.
func addrPort(a net.Addr) netip.AddrPort {
	var ap netip.AddrPort
	switch a := a.(type) {
	case *net.UDPAddr:
		ap = a.AddrPort()
	case *net.TCPAddr:
		ap = a.AddrPort()
	}
	return netip.AddrPortFrom(ap.Addr().Unmap().WithZone(""), ap.Port())
}
