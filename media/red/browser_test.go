package red

import (
	"bytes"
	"testing"

	"github.com/pion/rtp"

	"parley/media/rtrace"
)

// seen counts what a browser's RED packets held.
type seen struct {
	packets, primaries, copies int
	offsets                    map[uint32]int
}

// follow takes a trace apart. Every copy must be the primary frame that was sent at its
// timestamp, of a packet before.
func follow(t *testing.T, name string) seen {
	t.Helper()
	trace, err := rtrace.Open("testdata/" + name + ".rtrace")
	if err != nil {
		t.Fatal(err)
	}
	redType, redFound := trace.Sessions[0].PayloadType("red")
	opusType, opusFound := trace.Sessions[0].PayloadType("opus")
	if !redFound || !opusFound {
		t.Fatalf("%s: codecs %v, want red and opus", name, trace.Sessions[0].Codecs())
	}
	spoken := map[uint32][]byte{}
	got := seen{offsets: map[uint32]int{}}
	for record := range trace.RTP(0) {
		var packet rtp.Packet
		if err := packet.Unmarshal(record.Data); err != nil {
			t.Fatalf("%s: packet %d: %v", name, got.packets, err)
		}
		if packet.PayloadType != redType {
			t.Fatalf("%s: packet %d: payload type %d, want %d", name, got.packets, packet.PayloadType, redType)
		}
		err := Parse(packet.Payload, packet.Timestamp, func(pt uint8, ts uint32, data []byte) {
			if pt != opusType {
				t.Errorf("%s: packet %d: block of type %d, want %d", name, got.packets, pt, opusType)
			}
			if ts == packet.Timestamp {
				spoken[ts] = data
				got.primaries++
				return
			}
			got.copies++
			got.offsets[packet.Timestamp-ts]++
			if !bytes.Equal(spoken[ts], data) {
				t.Errorf("%s: packet %d: copy from %d ticks back: got %x, sent was %x", name, got.packets, packet.Timestamp-ts, data, spoken[ts])
			}
		})
		if err != nil {
			t.Errorf("%s: packet %d: %v", name, got.packets, err)
		}
		got.packets++
	}
	return got
}

// TestChromium: every packet has its frame; every copy equals what was sent before.
func TestChromium(t *testing.T) {
	got := follow(t, "c_red")
	if got.packets != 1752 || got.primaries != 1752 || got.copies != 1751 || got.offsets[960] != 1751 {
		t.Errorf("c_red: got %+v, want 1752 packets and a copy in all but the first, 960 ticks back", got)
	}
}

// TestChromiumDTX: silent frames are not repeated, so copies come from further back, and some
// packets have none.
func TestChromiumDTX(t *testing.T) {
	got := follow(t, "c3_red_dtx")
	if got.packets != 1349 || got.primaries != 1349 || got.packets-got.copies < 40 {
		t.Errorf("c3_red_dtx: got %+v, want 1349 packets, at least 40 without a copy", got)
	}
	for _, offset := range []uint32{960, 1920, 2880, 6720} {
		if got.offsets[offset] == 0 {
			t.Errorf("c3_red_dtx: no copy from %d ticks back in %v", offset, got.offsets)
		}
	}
}
