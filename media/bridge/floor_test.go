package bridge

import (
	"slices"
	"testing"

	"github.com/pion/rtp"
)

// TestFloor: what was sent before a tap was set does not reach it late.
func TestFloor(t *testing.T) {
	var first, second Tap
	type packet struct {
		tap  *Tap
		ssrc uint32
		seq  uint16
	}
	rows := []struct {
		name    string
		packets []packet
		want    []bool
	}{
		{"nothing was seen before", []packet{{&first, 7, 10}, {&first, 7, 11}}, []bool{true, true}},
		{"without a tap", []packet{{nil, 7, 10}, {nil, 7, 11}}, []bool{false, false}},
		{"the first after it is late", []packet{{nil, 7, 10}, {nil, 7, 12}, {&first, 7, 11}, {&first, 7, 13}, {&first, 7, 9}}, []bool{false, false, false, true, false}},
		{"lost after it, and sent again", []packet{{nil, 7, 10}, {&first, 7, 12}, {&first, 7, 11}}, []bool{false, true, true}},
		{"the number wraps", []packet{{nil, 7, 65535}, {&first, 7, 0}, {&first, 7, 65534}}, []bool{false, true, false}},
		{"another source", []packet{{nil, 7, 10}, {&first, 8, 3}, {&first, 7, 9}}, []bool{false, true, false}},
		{"another tap", []packet{{&first, 7, 10}, {nil, 7, 11}, {nil, 7, 13}, {&second, 7, 12}, {&second, 7, 14}}, []bool{true, false, false, false, true}},
		{"the same tap goes on", []packet{{&first, 7, 10}, {&first, 7, 12}, {&first, 7, 11}}, []bool{true, true, true}},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			var f floor
			var got []bool
			for _, p := range r.packets {
				got = append(got, f.shows(p.tap, &rtp.Header{SSRC: p.ssrc, SequenceNumber: p.seq}))
			}
			if !slices.Equal(got, r.want) {
				t.Errorf("shown: got %v, want %v", got, r.want)
			}
		})
	}
}

// TestFloorForgets a sender that numbers anew.
func TestFloorForgets(t *testing.T) {
	var tap Tap
	var f floor
	f.shows(nil, &rtp.Header{SSRC: 7, SequenceNumber: 30000})
	shown := 0
	for i := range uint16(2 * lateWithin) {
		if f.shows(&tap, &rtp.Header{SSRC: 7, SequenceNumber: i}) {
			shown++
		}
	}
	if shown != lateWithin {
		t.Errorf("of %d packets numbered anew: got %d, want all but the first %d", 2*lateWithin, shown, lateWithin)
	}
}
