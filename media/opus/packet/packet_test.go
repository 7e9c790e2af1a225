package packet

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

// tocs with 20 ms SILK wideband mono frames and each frame count code.
const (
	oneFrame   = 9 << 3
	twoEqual   = 9<<3 | 1
	twoOther   = 9<<3 | 2
	manyFrames = 9<<3 | 3
)

// join builds a packet out of header bytes and filler of the given size.
func join(header []byte, body int) []byte {
	for i := range body {
		header = append(header, byte(i*7+1))
	}
	return header
}

// valid lists packets of every frame count code with their frames' sizes and what
// appendix B adds at which place.
var valid = []struct {
	name   string
	packet []byte
	sizes  []int
	at     int
	length []byte
}{
	{"lost frame", []byte{oneFrame}, []int{0}, 1, []byte{0}},
	{"one frame", join([]byte{oneFrame}, 40), []int{40}, 1, []byte{40}},
	{"one frame of 251", join([]byte{oneFrame}, 251), []int{251}, 1, []byte{251}},
	{"one frame of 252", join([]byte{oneFrame}, 252), []int{252}, 1, []byte{252, 0}},
	{"one frame of 255", join([]byte{oneFrame}, 255), []int{255}, 1, []byte{255, 0}},
	{"one frame of 256", join([]byte{oneFrame}, 256), []int{256}, 1, []byte{252, 1}},
	{"largest frame", join([]byte{oneFrame}, 1275), []int{1275}, 1, []byte{255, 255}},
	{"two equal", join([]byte{twoEqual}, 60), []int{30, 30}, 1, []byte{30}},
	{"two equal, empty", []byte{twoEqual}, []int{0, 0}, 1, []byte{0}},
	{"two different", join([]byte{twoOther, 10}, 30), []int{10, 20}, 2, []byte{20}},
	{"two different, long first", join([]byte{twoOther, 253, 1}, 263), []int{257, 6}, 3, []byte{6}},
	{"two different, last empty", join([]byte{twoOther, 5}, 5), []int{5, 0}, 2, []byte{0}},
	{"three of constant rate", join([]byte{manyFrames, 3}, 30), []int{10, 10, 10}, 2, []byte{10}},
	{"constant rate, padded", join([]byte{manyFrames, 0x40 | 2, 4}, 24), []int{10, 10}, 3, []byte{10}},
	{"constant rate, padded by two length bytes", join([]byte{manyFrames, 0x40 | 1, 255, 1}, 265), []int{10}, 4, []byte{10}},
	{"three of variable rate", join([]byte{manyFrames, 0x80 | 3, 1, 2}, 10), []int{1, 2, 7}, 4, []byte{7}},
	{"variable rate, padded", join([]byte{manyFrames, 0xc0 | 2, 3, 4}, 12), []int{4, 5}, 4, []byte{5}},
	{"variable rate, one frame", join([]byte{manyFrames, 0x80 | 1}, 300), []int{300}, 2, []byte{252, 12}},
	{"six frames, 120 ms", join([]byte{manyFrames, 6}, 6), []int{1, 1, 1, 1, 1, 1}, 2, []byte{1}},
}

func TestFrames(t *testing.T) {
	for _, tt := range valid {
		t.Run(tt.name, func(t *testing.T) {
			frames, err := Frames(tt.packet)
			if err != nil {
				t.Fatalf("Frames: %v", err)
			}
			var sizes []int
			for _, frame := range frames {
				sizes = append(sizes, len(frame))
			}
			if !slices.Equal(sizes, tt.sizes) {
				t.Errorf("sizes: got %v, want %v", sizes, tt.sizes)
			}
			if !bytes.Contains(tt.packet, bytes.Join(frames, nil)) {
				t.Errorf("frames are not a run of the packet")
			}
			samples, err := DurationSamples48k(tt.packet)
			if want := 960 * len(tt.sizes); err != nil || samples != want {
				t.Errorf("DurationSamples48k: got %d, %v, want %d", samples, err, want)
			}
		})
	}
}

func TestSelfDelimited(t *testing.T) {
	for _, tt := range valid {
		t.Run(tt.name, func(t *testing.T) {
			want := slices.Insert(slices.Clone(tt.packet), tt.at, tt.length...)
			got, err := AppendSelfDelimited([]byte("before"), tt.packet)
			if err != nil || !bytes.Equal(got, append([]byte("before"), want...)) {
				t.Errorf("AppendSelfDelimited: got %x, %v, want %x after the prefix", got, err, want)
			}
			if size, err := SelfDelimitedSize(tt.packet); err != nil || size != len(want) {
				t.Errorf("SelfDelimitedSize: got %d, %v, want %d", size, err, len(want))
			}
			back, taken, err := AppendUndelimited(nil, append(want, "after"...))
			if err != nil || taken != len(want) || !bytes.Equal(back, tt.packet) {
				t.Errorf("AppendUndelimited: got %x, %d, %v, want %x, %d", back, taken, err, tt.packet, len(want))
			}
		})
	}
}

func TestInvalidPackets(t *testing.T) {
	tests := []struct {
		name   string
		packet []byte
	}{
		{"empty", nil},
		{"frame too large", join([]byte{oneFrame}, 1276)},
		{"two equal of odd size", join([]byte{twoEqual}, 3)},
		{"two different without a length", []byte{twoOther}},
		{"two different with half a length", []byte{twoOther, 252}},
		{"two different, first runs past the end", join([]byte{twoOther, 9}, 8)},
		{"no frame count", []byte{manyFrames}},
		{"no frames", []byte{manyFrames, 0}},
		{"more than 120 ms", []byte{manyFrames, 7}},
		{"constant rate does not divide", join([]byte{manyFrames, 3}, 10)},
		{"padding beyond the end", join([]byte{manyFrames, 0x41, 9}, 8)},
		{"padding length missing", []byte{manyFrames, 0x41}},
		{"padding length never ends", []byte{manyFrames, 0x41, 255, 255}},
		{"variable rate without lengths", []byte{manyFrames, 0x83}},
		{"variable rate runs past the end", join([]byte{manyFrames, 0x82, 9}, 8)},
		{"variable rate, last too large", join([]byte{manyFrames, 0x82, 0}, 1276)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := Frames(tt.packet); !errors.Is(err, ErrInvalid) {
				t.Errorf("Frames(%x): got %v, %v, want ErrInvalid", tt.packet, got, err)
			}
			if got, err := AppendSelfDelimited([]byte{1}, tt.packet); !errors.Is(err, ErrInvalid) || len(got) != 1 {
				t.Errorf("AppendSelfDelimited(%x): got %x, %v, want ErrInvalid and dst as it was", tt.packet, got, err)
			}
			if _, err := SelfDelimitedSize(tt.packet); !errors.Is(err, ErrInvalid) {
				t.Errorf("SelfDelimitedSize(%x): got %v, want ErrInvalid", tt.packet, err)
			}
		})
	}
}

func TestInvalidSelfDelimited(t *testing.T) {
	tests := []struct {
		name string
		data []byte
	}{
		{"empty", nil},
		{"no length", []byte{oneFrame}},
		{"half a length", []byte{oneFrame, 255}},
		{"frame runs past the end", []byte{oneFrame, 2, 0}},
		{"second of two missing", join([]byte{twoEqual, 5}, 9)},
		{"last length missing", []byte{twoOther, 1}},
		{"padding missing", join([]byte{manyFrames, 0x41, 3, 5}, 7)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, taken, err := AppendUndelimited(nil, tt.data); !errors.Is(err, ErrInvalid) {
				t.Errorf("AppendUndelimited(%x): got %x, %d, %v, want ErrInvalid", tt.data, got, taken, err)
			}
		})
	}
}

func TestDurationAllocatesNothing(t *testing.T) {
	packet := join([]byte{manyFrames, 3}, 30)
	if got := testing.AllocsPerRun(1000, func() { _, _ = DurationSamples48k(packet) }); got != 0 {
		t.Errorf("allocations: got %v, want 0", got)
	}
}
