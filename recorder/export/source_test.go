package export

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"

	"parley/media/ogg"
)

var _ Stream = (*ogg.StereoReader)(nil)

// short is a stream that ends before its size.
type short struct {
	Stream
	end int64
}

func (s short) ReadAt(p []byte, off int64) (int, error) {
	return io.NewSectionReader(s.Stream, 0, s.end).ReadAt(p, off)
}

// bytesStream is a stream in memory.
type bytesStream struct{ *bytes.Reader }

func (b bytesStream) Size() int64 { return b.Reader.Size() }

func TestNewSourceRefuses(t *testing.T) {
	member, expert := phrases(3 * 48000)
	r := call(t, member, expert)
	for name, tt := range map[string]struct {
		change func(*ogg.Layout)
		want   error
	}{
		"negative packets":  {func(l *ogg.Layout) { l.Packets = -1 }, ErrSource},
		"chunk missing":     {func(l *ogg.Layout) { l.StereoBytes = l.StereoBytes[1:] }, ErrSource},
		"too many packets":  {func(l *ogg.Layout) { l.Packets += 50 }, ErrSource},
		"too many samples":  {func(l *ogg.Layout) { l.TotalSamples += 48000 }, ErrSource},
		"negative samples":  {func(l *ogg.Layout) { l.TotalSamples = -1 }, ErrSource},
		"chunks too large":  {func(l *ogg.Layout) { l.StereoBytes[0] += 1 << 20 }, ErrSource},
		"chunk of no bytes": {func(l *ogg.Layout) { l.StereoBytes[0] = 0 }, ErrSource},
		"headers cut":       {func(l *ogg.Layout) { l.StereoBytes[0] += 20 }, ogg.ErrTruncated},
		"other pre-skip":    {func(l *ogg.Layout) { l.PreSkip++ }, ErrSource},
	} {
		layout := r.layout
		layout.StereoBytes = slices.Clone(layout.StereoBytes)
		tt.change(&layout)
		if _, err := NewSource(layout, r.stream(t)); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
	mono := bytesStream{bytes.NewReader(r.files[0])}
	layout := r.layout
	layout.StereoBytes = layout.LeftBytes
	if _, err := NewSource(layout, mono); !errors.Is(err, ErrSource) {
		t.Errorf("one voice as stereo: got %v, want %v", err, ErrSource)
	}
}

// TestDamage: what is damaged on the way is an error of the second it lies in, not noise.
func TestDamage(t *testing.T) {
	member, expert := phrases(3 * 48000)
	r := call(t, member, expert)
	data := r.all(t)
	source := r.source(t)
	data[source.at[1]+200] ^= 1
	source.stream = bytesStream{bytes.NewReader(data)}
	wav, err := NewWAVReader(source, Stereo)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wav.ReadAt(make([]byte, 100_000), 0); err != nil {
		t.Errorf("first second: got %v", err)
	}
	if _, err := wav.ReadAt(make([]byte, 100_000), 200_000); !errors.Is(err, ogg.ErrChecksum) {
		t.Errorf("damaged second: got %v, want %v", err, ogg.ErrChecksum)
	}
	source.stream = short{r.stream(t), source.at[2] + 5}
	if _, err := wav.ReadAt(make([]byte, 100_000), 2*192_000); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("stream cut short: got %v, want %v", err, io.ErrUnexpectedEOF)
	}
	if err := source.WriteVoice(&bytes.Buffer{}, Expert, nil); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("voice of a stream cut short: got %v, want %v", err, io.ErrUnexpectedEOF)
	}
}
