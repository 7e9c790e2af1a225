package packet_test

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"parley/media/opus/packet"
)

func TestJoinIsTheInverseOfFrames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		toc := packet.TOC(rapid.Byte().Draw(t, "toc"))
		most := packet.MaxDurationSamples48k / toc.FrameSamples48k()
		size := rapid.IntRange(0, packet.MaxFrameBytes)
		if rapid.Bool().Draw(t, "equal sizes") {
			size = rapid.Just(size.Draw(t, "size"))
		}
		var frames [][]byte
		for range rapid.IntRange(1, most).Draw(t, "frames") {
			frames = append(frames, bytes.Repeat([]byte{rapid.Byte().Draw(t, "fill")}, size.Draw(t, "length")))
		}
		joined, err := packet.Join([]byte("before"), toc, frames)
		if err != nil {
			t.Fatalf("Join: got %v, want no error", err)
		}
		got, err := packet.Frames(joined[len("before"):])
		if err != nil {
			t.Fatalf("Frames of what was joined: got %v, want no error", err)
		}
		if len(got) != len(frames) {
			t.Fatalf("frames: got %d, want %d", len(got), len(frames))
		}
		for i := range got {
			if !bytes.Equal(got[i], frames[i]) {
				t.Errorf("frame %d: got %x, want %x", i, got[i], frames[i])
			}
		}
		if got, want := packet.TOC(joined[len("before")])>>2, toc>>2; got != want {
			t.Errorf("configuration and channels: got %x, want %x", got, want)
		}
	})
}

func TestJoinRefuses(t *testing.T) {
	const sixty = packet.TOC(3 << 3) // SILK narrowband, 60 ms
	for name, frames := range map[string][][]byte{
		"no frame":          nil,
		"more than 120 ms":  {{1}, {2}, {3}},
		"a frame too large": {make([]byte, packet.MaxFrameBytes+1)},
	} {
		if got, err := packet.Join(nil, sixty, frames); !errors.Is(err, packet.ErrInvalid) || len(got) != 0 {
			t.Errorf("%s: got %d bytes and %v, want ErrInvalid", name, len(got), err)
		}
	}
}
