package rtptime

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSequenceExtender(t *testing.T) {
	tests := []struct {
		name string
		in   []uint16
		want []int64
	}{
		{"in order", []uint16{7, 8, 9}, []int64{7, 8, 9}},
		{"wrap", []uint16{65534, 65535, 0, 1}, []int64{65534, 65535, 65536, 65537}},
		{"late before the wrap", []uint16{65535, 1, 0, 65534}, []int64{65535, 65537, 65536, 65534}},
		{"late before the first", []uint16{0, 65535}, []int64{0, -1}},
		{"repeated", []uint16{3, 3, 4, 3}, []int64{3, 3, 4, 3}},
		{"largest step ahead", []uint16{0, 32767}, []int64{0, 32767}},
		{"half the circle is behind", []uint16{0, 32768}, []int64{0, -32768}},
		{"a late packet does not move the reference", []uint16{0, 32767, 0, 65534}, []int64{0, 32767, 0, 65534}},
		{"second wrap", []uint16{65535, 20000, 40000, 60000, 5}, []int64{65535, 85536, 105536, 125536, 131077}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var e SequenceExtender
			var got []int64
			for _, seq := range tt.in {
				got = append(got, e.Extend(seq))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("Extend of %v: got %v, want %v", tt.in, got, tt.want)
			}
		})
	}
}

func TestTimestampExtender(t *testing.T) {
	tests := []struct {
		name string
		in   []uint32
		want []int64
	}{
		{"in order", []uint32{960, 1920}, []int64{960, 1920}},
		{"wrap", []uint32{math.MaxUint32 - 959, 0, 960}, []int64{1<<32 - 960, 1 << 32, 1<<32 + 960}},
		{"late over the wrap", []uint32{math.MaxUint32, 959, math.MaxUint32}, []int64{1<<32 - 1, 1<<32 + 959, 1<<32 - 1}},
		{"late before the first", []uint32{0, math.MaxUint32}, []int64{0, -1}},
		{"half the circle is behind", []uint32{5, 5 + 1<<31}, []int64{5, 5 - 1<<31}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var e TimestampExtender
			var got []int64
			for _, ts := range tt.in {
				got = append(got, e.Extend(ts))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("Extend of %v: got %v, want %v", tt.in, got, tt.want)
			}
		})
	}
}

// Any walk whose packets are less than half a circle late comes back as it was sent.
func TestExtendersRestoreTheWalk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := rapid.Int64Range(0, math.MaxUint16).Draw(t, "start")
		steps := rapid.SliceOfN(rapid.Int64Range(-15000, 15000), 0, 200).Draw(t, "steps")
		var sequences SequenceExtender
		var timestamps TimestampExtender
		sequences.Extend(uint16(start))
		timestamps.Extend(uint32(start << 16))
		highest := start
		for _, step := range steps {
			sent := highest + step
			highest = max(highest, sent)
			if got := sequences.Extend(uint16(sent)); got != sent {
				t.Fatalf("sequence %d: got %d, want %d", uint16(sent), got, sent)
			}
			ticks := sent << 16
			if got := timestamps.Extend(uint32(ticks)); got != ticks {
				t.Fatalf("timestamp %d: got %d, want %d", uint32(ticks), got, ticks)
			}
		}
	})
}

func TestDiffs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.Uint32().Draw(t, "from")
		step := rapid.Int32().Draw(t, "step")
		if got := TimestampDiff(from, from+uint32(step)); got != int64(step) {
			t.Fatalf("TimestampDiff(%d, +%d): got %d", from, step, got)
		}
		small := int16(step)
		if got := SequenceDiff(uint16(from), uint16(from)+uint16(small)); got != int(small) {
			t.Fatalf("SequenceDiff(%d, +%d): got %d", uint16(from), small, got)
		}
	})
}

func TestExtendAllocatesNothing(t *testing.T) {
	var e SequenceExtender
	var seq uint16
	if got := testing.AllocsPerRun(1000, func() { seq++; e.Extend(seq) }); got != 0 {
		t.Errorf("allocations per Extend: got %v, want 0", got)
	}
}
