package packet

import "testing"

func TestHasLBRR(t *testing.T) {
	const silk20, silk40, silk60, hybrid, celt, stereo = 9 << 3, 10 << 3, 11 << 3, 15 << 3, 31 << 3, 1 << 2
	for _, row := range []struct {
		name   string
		packet []byte
		want   bool
	}{
		{"no bytes", nil, false},
		{"empty frame", []byte{silk20}, false},
		{"20 ms, voice without copy", []byte{silk20, 0x80}, false},
		{"20 ms, copy", []byte{silk20, 0x40}, true},
		{"20 ms, copy without voice, hybrid", []byte{hybrid, 0x7f}, true},
		{"40 ms, two activity flags", []byte{silk40, 0xc0}, false},
		{"40 ms, copy", []byte{silk40, 0x20}, true},
		{"60 ms, three activity flags", []byte{silk60, 0xe0}, false},
		{"60 ms, copy", []byte{silk60, 0x10}, true},
		{"stereo, copy of the middle", []byte{silk20 | stereo, 0x40}, true},
		{"stereo, voice at the side", []byte{silk20 | stereo, 0x20}, false},
		{"stereo, copy of the side", []byte{silk20 | stereo, 0x10}, true},
		{"60 ms stereo, copy of the side", []byte{silk60 | stereo, 0x01}, true},
		{"CELT has none", []byte{celt, 0xff}, false},
		{"three frames, copy before the first", []byte{hybrid | 3, 3, 0x40, 0, 0}, true},
		{"two frames, copy before the second", []byte{silk20 | 1, 0x80, 0x40}, false},
		{"malformed", []byte{silk20 | 1, 0x40, 0x40, 0x40}, false},
	} {
		if got := HasLBRR(row.packet); got != row.want {
			t.Errorf("%s: got %v, want %v", row.name, got, row.want)
		}
	}
}
