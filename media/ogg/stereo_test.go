package ogg

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"testing/iotest"

	"parley/media/opus/packet"
)

// pair is a call on the grid: both files, what went in, and the layout.

// voice makes n packets of 20 ms of every frame count code, at most size bytes large.

// writePair writes n packets of each voice.

// reader returns a new reader of the pair's stereo stream.

// whole reads the stereo stream in one go.

// pairSizes are numbers of packets and their largest size: around the seams, and with

// seconds that take several pages.

var pairSizes = []struct{ packets, size int }{
	{0, 1}, {1, 100}, {49, 100}, {50, 100}, {51, 100}, {100, 100}, {333, 120}, {120, 1275}, {151, 600},
}

func TestStereoStream(t *testing.T) {
	for _, tt := range pairSizes {
		t.Run(fmt.Sprintf("%d packets below %d", tt.packets, tt.size), func(t *testing.T) {
			p := writePair(t, tt.packets, tt.size)
			r, packets, err := readAll(p.whole(t))
			if err != nil {
				t.Fatalf("read: %v", err)
			}
			want := Head{Channels: 2, PreSkip: 312, InputSampleRate: 48000, MappingFamily: 1, StreamCount: 2, Mapping: []uint8{0, 1}}
			if !reflect.DeepEqual(r.Head(), want) || r.Serial() != 3 {
				t.Errorf("head: got %+v of %d, want %+v of 3", r.Head(), r.Serial(), want)
			}
			if tags := (Tags{Vendor: "parley", Comments: []string{"PARLEY_RECORDING=01J"}}); !reflect.DeepEqual(r.Tags(), tags) {
				t.Errorf("tags: got %+v, want %+v", r.Tags(), tags)
			}
			if r.TotalSamples() != fill(tt.packets) || len(packets) != tt.packets {
				t.Fatalf("got %d packets, %d samples, want %d, %d", len(packets), r.TotalSamples(), tt.packets, fill(tt.packets))
			}
			for i, joined := range packets {
				left, taken, err := packet.AppendUndelimited(nil, joined.Data)
				if err != nil || !bytes.Equal(left, p.leftPkts[i]) || !bytes.Equal(joined.Data[taken:], p.rightPkts[i]) {
					t.Fatalf("packet %d: got %x and %x, %v", i, left, joined.Data[taken:], err)
				}
				if joined.Granule != NoGranule && joined.Granule != min(312+fill(tt.packets), int64(i+1)*GridSamples48k) {
					t.Errorf("packet %d: granule %d", i, joined.Granule)
				}
			}
		})
	}
}

func TestStereoRanges(t *testing.T) {
	for _, tt := range pairSizes {
		t.Run(fmt.Sprintf("%d packets below %d", tt.packets, tt.size), func(t *testing.T) {
			p := writePair(t, tt.packets, tt.size)
			want := p.whole(t)
			s := p.reader(t)
			random := rand.New(rand.NewPCG(3, 3))
			for range 200 {
				from := random.IntN(len(want))
				size := random.IntN(len(want)-from) + 1
				got := make([]byte, size)
				if n, err := s.ReadAt(got, int64(from)); n != size || err != nil {
					t.Fatalf("%d bytes at %d: got %d, %v", size, from, n, err)
				}
				if !bytes.Equal(got, want[from:from+size]) {
					t.Fatalf("%d bytes at %d differ from the whole", size, from)
				}
			}
			if err := iotest.TestReader(io.NewSectionReader(s, 0, s.Size()), want); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestStereoReadAtEdges(t *testing.T) {
	p := writePair(t, 60, 100)
	s, want := p.reader(t), p.whole(t)
	for _, tt := range []struct {
		off  int64
		size int
		n    int
		err  error
	}{
		{s.Size(), 1, 0, io.EOF},
		{s.Size() + 5, 1, 0, io.EOF},
		{s.Size() - 3, 10, 3, io.EOF},
		{s.Size() - 3, 3, 3, nil},
		{0, 0, 0, nil},
	} {
		got := make([]byte, tt.size)
		n, err := s.ReadAt(got, tt.off)
		if n != tt.n || !errors.Is(err, tt.err) || n > 0 && !bytes.Equal(got[:n], want[tt.off:]) {
			t.Errorf("%d bytes at %d: got %d, %v, want %d, %v", tt.size, tt.off, n, err, tt.n, tt.err)
		}
	}
	if _, err := s.ReadAt(make([]byte, 1), -1); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("negative offset: got %v, want an error", err)
	}
}

// countingReader notes which bytes were read.

type countingReader struct {
	io.ReaderAt
	first, end int64
	reads      int
}

func (r *countingReader) ReadAt(p []byte, off int64) (int, error) {
	r.reads++
	r.first, r.end = min(r.first, off), max(r.end, off+int64(len(p)))
	return r.ReaderAt.ReadAt(p, off)
}

func TestStereoReadsOnlyWhatItNeeds(t *testing.T) {
	p := writePair(t, 1000, 100)
	left := &countingReader{ReaderAt: bytes.NewReader(p.left), first: 1 << 40}
	right := &countingReader{ReaderAt: bytes.NewReader(p.right), first: 1 << 40}
	s, err := NewStereoReader(p.layout, left, right)
	if err != nil {
		t.Fatal(err)
	}
	header := make([]byte, s.stereoAt[0])
	if _, err := s.ReadAt(header, 0); err != nil || left.reads+right.reads != 0 {
		t.Errorf("headers: %v, %d reads of the voices, want none", err, left.reads+right.reads)
	}
	data := make([]byte, s.stereoAt[9]-s.stereoAt[7])
	for range 3 {
		if _, err := s.ReadAt(data, s.stereoAt[7]); err != nil {
			t.Fatal(err)
		}
	}
	for name, voice := range map[string]struct {
		*countingReader
		at []int64
	}{"left": {left, s.leftAt}, "right": {right, s.rightAt}} {
		if voice.first != voice.at[7] || voice.end != voice.at[9] || voice.reads != 2 {
			t.Errorf("%s: seconds 7 and 8, three times: got bytes %d to %d in %d reads, want %d to %d in 2",
				name, voice.first, voice.end, voice.reads, voice.at[7], voice.at[9])
		}
	}
}

func TestStereoReaderIsSharable(t *testing.T) {
	p := writePair(t, 500, 100)
	want, s := p.whole(t), p.reader(t)
	var readers sync.WaitGroup
	for seed := range uint64(4) {
		readers.Go(func() {
			random := rand.New(rand.NewPCG(seed, 4))
			for range 100 {
				from := random.IntN(len(want))
				got := make([]byte, min(len(want)-from, 5000))
				if _, err := s.ReadAt(got, int64(from)); err != nil || !bytes.Equal(got, want[from:from+len(got)]) {
					t.Errorf("at %d: %v, or the bytes differ", from, err)
				}
			}
		})
	}
	readers.Wait()
	if len(s.recent) > cachedChunks {
		t.Errorf("remembered chunks: got %d, want at most %d", len(s.recent), cachedChunks)
	}
}

func TestStereoReaderRefusesOtherVoices(t *testing.T) {
	p, other := writePair(t, 120, 100), writePair(t, 100, 200)
	damaged := bytes.Clone(p.left)
	damaged[len(damaged)-3] ^= 1
	broken := errors.New("store is away")
	for _, tt := range []struct {
		name        string
		left, right io.ReaderAt
		want        error
	}{
		{"damaged", bytes.NewReader(damaged), bytes.NewReader(p.right), ErrChecksum},
		{"cut", bytes.NewReader(p.left), bytes.NewReader(p.right[:len(p.right)-1]), io.ErrUnexpectedEOF},
		{"of another call", bytes.NewReader(p.left), bytes.NewReader(other.right), nil},
		{"away", failingReaderAt{broken}, bytes.NewReader(p.right), broken},
	} {
		s, err := NewStereoReader(p.layout, tt.left, tt.right)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.ReadAt(make([]byte, s.Size()), 0)
		if err == nil || tt.want != nil && !errors.Is(err, tt.want) || errors.Is(err, io.EOF) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

type failingReaderAt struct{ err error }

func (r failingReaderAt) ReadAt([]byte, int64) (int, error) { return 0, r.err }

// A layout of one pair with the packets of another that only differ in size.

func TestStereoReaderRefusesOtherSizes(t *testing.T) {
	p := writePair(t, 50, 100)
	p.layout.StereoBytes = []int{p.layout.StereoBytes[0] + 1}
	if _, err := p.reader(t).ReadAt(make([]byte, 400), 200); !errors.Is(err, ErrLayout) {
		t.Errorf("size: got %v, want ErrLayout", err)
	}
	p = writePair(t, 60, 100)
	p.layout.Packets, p.layout.TotalSamples = 61, fill(61)
	s := p.reader(t)
	if _, err := s.ReadAt(make([]byte, 10), s.Size()-10); !errors.Is(err, ErrLayout) {
		t.Errorf("number of packets: got %v, want ErrLayout", err)
	}
}

func BenchmarkStereoRead(b *testing.B) {
	p := writePair(b, 3000, 120)
	buffer := make([]byte, 32<<10)
	b.SetBytes(p.reader(b).Size())
	for b.Loop() {
		s := p.reader(b)
		for off := int64(0); off < s.Size(); off += int64(len(buffer)) {
			if _, err := s.ReadAt(buffer, off); err != nil && !errors.Is(err, io.EOF) {
				b.Fatal(err)
			}
		}
	}
}
