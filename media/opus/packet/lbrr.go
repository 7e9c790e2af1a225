package packet

// HasLBRR reports whether the packet's first frame carries a copy, coded at a
// lower bit rate, of the 20 ms or less that came before it: in-band FEC (RFC
// 6716 section 2.1.7). Only SILK and hybrid frames can. The flag follows the
// voice activity flags of the SILK frames, in each channel; all of them have a
// probability of one half and stand as plain bits at the front of the frame
// (section 4.2.2). A packet that is malformed or whose first frame is empty
// has none. It allocates nothing.
func HasLBRR(packet []byte) bool {
	l, err := parse(packet, undelimited)
	if err != nil || l.sizes[0] == 0 {
		return false
	}
	toc := TOC(packet[0])
	if toc.Mode() == CELT {
		return false
	}
	const silkFrame = 960 // the longest; longer Opus frames hold two or three
	activity := max(1, toc.FrameSamples48k()/silkFrame)
	flags := packet[l.body]
	mid := flags>>(7-activity)&1 == 1
	side := toc.Stereo() && flags>>(6-2*activity)&1 == 1
	return mid || side
}
