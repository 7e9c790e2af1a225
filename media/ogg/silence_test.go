package ogg

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
)

// TestSilenceBesideAVoice draws streams of voices of all sizes anew: what is read has the
// packets of the voice that is kept and silence, in pages that any reader takes.
func TestSilenceBesideAVoice(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	for _, packets := range []int{0, 1, 49, 50, 51, 120} {
		for _, largest := range []int{3, 120, 1200} {
			var files [2]bytes.Buffer
			w, err := NewPairWriter(&files[0], &files[1], PairConfig{PreSkip: 312, Left: Stream{Serial: 1}, Right: Stream{Serial: 2}, Stereo: Stream{Serial: 3}})
			if err != nil {
				t.Fatal(err)
			}
			kept := make([][]byte, packets)
			for i := range kept {
				kept[i] = bytes.Repeat([]byte{0xf8}, 2+rnd.IntN(largest))
				if err := w.WriteFrame(kept[i], kept[i]); err != nil {
					t.Fatal(err)
				}
			}
			layout, err := w.Close(max(0, int64(packets)*GridSamples48k-312))
			if err != nil {
				t.Fatal(err)
			}
			checkSilence(t, layout, files, kept, true)
			checkSilence(t, layout, files, kept, false)
		}
	}
}

func checkSilence(t *testing.T, layout Layout, files [2]bytes.Buffer, kept [][]byte, left bool) {
	t.Helper()
	var voices [2]io.ReaderAt
	draw, at := layout.SilenceRight, 0
	if left {
		draw, at = layout.SilenceLeft, 1
	}
	voices[at] = bytes.NewReader(files[at].Bytes())
	silent, err := draw(voices[at])
	if err != nil {
		t.Fatalf("%d packets: %v", len(kept), err)
	}
	s, err := NewStereoReader(silent, voices[0], voices[1])
	if err != nil {
		t.Fatalf("%d packets: %v", len(kept), err)
	}
	r, err := NewReader(io.NewSectionReader(s, 0, s.Size()))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; ; n++ {
		got, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("packet %d: %v", n, err)
		}
		if !bytes.Contains(got.Data, kept[n][1:]) || len(got.Data) > len(kept[n])+6 || !bytes.Contains(got.Data, silentPacket()[1:]) {
			t.Fatalf("packet %d: got %d bytes, want the %d kept ones beside silence", n, len(got.Data), len(kept[n]))
		}
	}
	if n != len(kept) {
		t.Errorf("got %d packets, want %d", n, len(kept))
	}
}

func TestSilenceOfAnotherVoiceIsRefused(t *testing.T) {
	layout := Layout{
		Version: 1, Packets: 1, TotalSamples: 648, PreSkip: 312, LeftStart: 1, RightStart: 1,
		LeftBytes: []int{40}, RightBytes: []int{40}, StereoBytes: []int{40},
	}
	if _, err := layout.SilenceLeft(bytes.NewReader(make([]byte, 100))); err == nil {
		t.Error("a voice that is none: got no error, want one")
	}
	if _, err := (Layout{}).SilenceRight(bytes.NewReader(nil)); !errors.Is(err, ErrLayout) {
		t.Errorf("no layout: got %v, want ErrLayout", err)
	}
}
