package packet

// twoByteLength is the smallest frame length that takes two bytes (RFC 6716
// section 3.2.1).
const twoByteLength = 252

// SelfDelimitedSize returns how many bytes [AppendSelfDelimited] adds for packet.
// Errors wrap [ErrInvalid].
func SelfDelimitedSize(packet []byte) (int, error) {
	layout, err := parse(packet, undelimited)
	if err != nil {
		return 0, err
	}
	return len(packet) + lengthSize(layout.last()), nil
}

// AppendSelfDelimited appends packet to dst in self-delimiting framing (RFC 6716
// appendix B) and returns the extended slice. Every frame count code gains the
// same thing in the same place: the last frame's length at the end of the header.
// On error dst is returned as it was; errors wrap [ErrInvalid].
func AppendSelfDelimited(dst, packet []byte) ([]byte, error) {
	layout, err := parse(packet, undelimited)
	if err != nil {
		return dst, err
	}
	dst = append(dst, packet[:layout.body]...)
	dst = appendLength(dst, layout.last())
	return append(dst, packet[layout.body:]...), nil
}

// AppendUndelimited undoes [AppendSelfDelimited]: it takes the self-delimited
// packet that data begins with, appends it to dst in ordinary framing, and returns
// the extended slice and how many bytes of data it took. On error dst is returned
// as it was; errors wrap [ErrInvalid].
func AppendUndelimited(dst, data []byte) (packet []byte, taken int, err error) {
	layout, err := parse(data, selfDelimited)
	if err != nil {
		return dst, 0, err
	}
	dst = append(dst, data[:layout.body-lengthSize(layout.last())]...)
	end := layout.end()
	return append(dst, data[layout.body:end]...), end, nil
}

// lengthSize returns how many bytes the length of a frame takes. There is one way
// only to write each length, so reading and writing agree.
func lengthSize(length int) int {
	if length < twoByteLength {
		return 1
	}
	return 2
}

// appendLength writes a frame length, 0 to 1275 (section 3.2.1).
func appendLength(dst []byte, length int) []byte {
	if length < twoByteLength {
		return append(dst, byte(length))
	}
	first := twoByteLength + length&3
	return append(dst, byte(first), byte((length-first)/4))
}
