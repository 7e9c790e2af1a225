package ogg

// appendHeaderPages appends the pages of the two header packets to dst and returns how
// many they are: the head on the first page alone, the tags on as many as they take
// (RFC 7845 section 3).
func appendHeaderPages(dst []byte, head Head, tags Tags, serial uint32) ([]byte, int, error) {
	head = head.complete()
	if err := head.validate(); err != nil {
		return nil, 0, err
	}
	if err := tags.validate(); err != nil {
		return nil, 0, err
	}
	packet := head.appendTo(nil)
	dst = appendPage(dst, pageHeader{flags: BeginningOfStream, serial: serial}, appendLacing(nil, len(packet)), packet)
	dst, tagPages := appendSpanning(dst, tags.appendTo(nil), serial)
	return dst, 1 + tagPages, nil
}

// appendSpanning appends one packet, over several pages where it needs them, beginning
// with page 1. Pages on which it does not end have no granule position; the last has 0.
func appendSpanning(dst, packet []byte, serial uint32) ([]byte, int) {
	segments := appendLacing(nil, len(packet))
	header := pageHeader{serial: serial, sequence: 1}
	for len(segments) > maxSegments {
		const full = maxSegments * fullSegment
		header.granule = NoGranule
		dst = appendPage(dst, header, segments[:maxSegments], packet[:full])
		segments, packet = segments[maxSegments:], packet[full:]
		header.sequence++
		header.flags = Continued
	}
	header.granule = 0
	dst = appendPage(dst, header, segments, packet)
	return dst, int(header.sequence)
}
