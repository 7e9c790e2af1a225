package red

// Threshold tells which packets bring copies of what was sent before a moment, such as
// the one from which a listener may hear a voice. Redundant audio repeats up to 341 ms, and
// what was withheld must not come through in a copy. The zero value begins with the first
// packet it sees.
type Threshold struct {
	set   bool
	ssrc  uint32
	since uint32 // RTP timestamp
}

// Begin puts the threshold before the next packet.
func (t *Threshold) Begin() { t.set = false }

// Passes notes a packet and tells whether it and all of its copies lie behind the
// threshold. payload is that of redundant audio, nil for a plain packet. A packet that was
// sent before the first one and came after it does not pass if it has copies.
func (t *Threshold) Passes(ssrc, ts uint32, payload []byte) bool {
	if !t.set || t.ssrc != ssrc {
		*t = Threshold{set: true, ssrc: ssrc, since: ts}
	}
	if ahead := int32(ts - t.since); ahead > 1<<30 {
		t.since = ts - 1<<29 // nothing comes hours late, and timestamps wrap
	}
	if payload == nil {
		return true
	}
	back := reach(payload)
	return back == 0 || int32(ts-back-t.since) >= 0
}
