package packet

import (
	"bytes"
	"testing"
)

// FuzzSelfDelimited: what parses undelimited survives the way to self-delimited
// framing and back, with anything following it.
func FuzzSelfDelimited(f *testing.F) {
	for _, tt := range valid {
		f.Add(tt.packet, []byte("rest"))
	}
	f.Fuzz(func(t *testing.T, packet, rest []byte) {
		delimited, err := AppendSelfDelimited(nil, packet)
		if err != nil {
			return
		}
		back, taken, err := AppendUndelimited(nil, append(delimited, rest...))
		if err != nil || taken != len(delimited) || !bytes.Equal(back, packet) {
			t.Fatalf("packet %x: got %x, %d, %v back from %x", packet, back, taken, err, delimited)
		}
	})
}

// FuzzUndelimited: whatever parses as self-delimited is a valid packet that comes
// back byte for byte.
func FuzzUndelimited(f *testing.F) {
	for _, tt := range valid {
		delimited, err := AppendSelfDelimited(nil, tt.packet)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(delimited)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		packet, taken, err := AppendUndelimited(nil, data)
		if err != nil {
			return
		}
		if _, err := Frames(packet); err != nil {
			t.Fatalf("data %x: packet %x: %v", data, packet, err)
		}
		again, err := AppendSelfDelimited(nil, packet)
		if err != nil || !bytes.Equal(again, data[:taken]) {
			t.Fatalf("data %x: got %x, %v again, want %x", data, again, err, data[:taken])
		}
	})
}
