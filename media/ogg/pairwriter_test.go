package ogg

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"parley/media/opus/packet"
)

type pair struct {
	left, right         []byte
	leftPkts, rightPkts [][]byte
	layout              Layout
}

func voice(seed uint64, n, size int) [][]byte {
	random := rand.New(rand.NewPCG(seed, 2))
	packets := make([][]byte, n)
	for i := range packets {
		body := make([]byte, random.IntN(size))
		for j := range body {
			body[j] = byte(random.Uint32())
		}
		switch half := body[:len(body)/2*2]; random.IntN(5) {
		case 0:
			packets[i] = bytes.Clone(lostFrame)
		case 1: // two of 10 ms, equal
			packets[i] = append([]byte{8<<3 | 1}, half...)
		case 2: // two of 10 ms, the first of 5 bytes
			packets[i] = append([]byte{8<<3 | 2, 5, 1, 2, 3, 4, 5}, body...)
		case 3: // four of 5 ms, variable, padded by 2
			packets[i] = append([]byte{29<<3 | 3, 0xc4, 2, 1, 2, 0, 1, 2, 3}, append(body, 0, 0)...)
		default:
			packets[i] = append(bytes.Clone(lostFrame), body...)
		}
	}
	return packets
}

func writePair(t testing.TB, n, size int) pair {
	t.Helper()
	p := pair{leftPkts: voice(1, n, size), rightPkts: voice(2, n, size)}
	var left, right bytes.Buffer
	w, err := NewPairWriter(&left, &right, PairConfig{
		PreSkip: 312,
		Left:    Stream{Serial: 1, Comments: []string{"PARLEY_VOICE=member"}},
		Right:   Stream{Serial: 2, Comments: []string{"PARLEY_VOICE=expert"}},
		Stereo:  Stream{Serial: 3, Comments: []string{"PARLEY_RECORDING=01J"}},
	})
	if err != nil {
		t.Fatalf("NewPairWriter: %v", err)
	}
	for i := range n {
		if err := w.WriteFrame(p.leftPkts[i], p.rightPkts[i]); err != nil {
			t.Fatalf("WriteFrame %d: %v", i, err)
		}
	}
	if p.layout, err = w.Close(fill(n)); err != nil {
		t.Fatalf("Close: %v", err)
	}
	p.left, p.right = left.Bytes(), right.Bytes()
	return p
}

func (p pair) reader(t testing.TB) *StereoReader {
	t.Helper()
	s, err := NewStereoReader(p.layout, bytes.NewReader(p.left), bytes.NewReader(p.right))
	if err != nil {
		t.Fatalf("NewStereoReader: %v", err)
	}
	return s
}

func (p pair) whole(t testing.TB) []byte {
	t.Helper()
	s := p.reader(t)
	data := make([]byte, s.Size())
	if n, err := s.ReadAt(data, 0); err != nil {
		t.Fatalf("ReadAt of all %d bytes: got %d, %v", s.Size(), n, err)
	}
	return data
}

func TestVoicesOfAPair(t *testing.T) {
	p := writePair(t, 120, 200)
	for name, tt := range map[string]struct {
		data    []byte
		packets [][]byte
		comment string
	}{
		"left":  {p.left, p.leftPkts, "PARLEY_VOICE=member"},
		"right": {p.right, p.rightPkts, "PARLEY_VOICE=expert"},
	} {
		r, packets, err := readAll(tt.data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := r.Tags(); got.Vendor != "parley" || !slices.Equal(got.Comments, []string{tt.comment}) {
			t.Errorf("%s: tags: got %+v", name, got)
		}
		if len(packets) != 120 || r.TotalSamples() != fill(120) || r.Head().Channels != 1 {
			t.Errorf("%s: got %d packets, %d samples", name, len(packets), r.TotalSamples())
		}
		for i, packet := range packets {
			if !bytes.Equal(packet.Data, tt.packets[i]) {
				t.Fatalf("%s: packet %d differs", name, i)
			}
		}
	}
}

func TestLayoutIsSmallJSON(t *testing.T) {
	p := writePair(t, 6000, 120)
	text, err := json.Marshal(p.layout)
	if err != nil {
		t.Fatal(err)
	}
	if perSecond := len(text) / 120; perSecond > 20 {
		t.Errorf("got %d bytes a second, want at most 20", perSecond)
	}
	var back Layout
	if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, p.layout) {
		t.Errorf("came back different: %v", err)
	}
}

func TestPairWriterRefuses(t *testing.T) {
	p, err := NewPairWriter(io.Discard, io.Discard, PairConfig{PreSkip: 312})
	if err != nil {
		t.Fatal(err)
	}
	huge := append([]byte{9<<3 | 3, 0x41}, bytes.Repeat([]byte{255}, 150)...)
	huge = append(huge, make([]byte, 150*254+1000)...)
	huge = slices.Insert(huge, 152, 0)
	if err := packet.Check(huge); err != nil {
		t.Fatalf("the padded packet: %v", err)
	}
	for _, tt := range []struct {
		name        string
		left, right []byte
		want        error
	}{
		{"left empty", nil, lostFrame, packet.ErrInvalid},
		{"right empty", lostFrame, nil, packet.ErrInvalid},
		{"left of 10 ms", []byte{8 << 3}, lostFrame, ErrDuration},
		{"right of 40 ms", lostFrame, []byte{9<<3 | 1}, ErrDuration},
		{"left malformed", []byte{8<<3 | 1, 1}, lostFrame, packet.ErrInvalid},
		{"right malformed", lostFrame, []byte{8<<3 | 1, 1}, packet.ErrInvalid},
		{"too large together", huge, huge, ErrPacketSize},
	} {
		if err := p.WriteFrame(tt.left, tt.right); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
	if err := p.WriteFrame(lostFrame, lostFrame); err != nil {
		t.Errorf("after the refusals: %v", err)
	}
	if _, err := p.Close(960); !errors.Is(err, ErrTotalSamples) {
		t.Errorf("Close with too many samples: got %v, want ErrTotalSamples", err)
	}
	if layout, err := p.Close(648); err != nil || layout.Packets != 1 {
		t.Errorf("Close: got %d packets, %v, want 1", layout.Packets, err)
	}
	if _, err := p.Close(648); !errors.Is(err, ErrClosed) {
		t.Errorf("second Close: got %v, want ErrClosed", err)
	}
	if err := p.WriteFrame(lostFrame, lostFrame); !errors.Is(err, ErrClosed) {
		t.Errorf("WriteFrame after Close: got %v, want ErrClosed", err)
	}
}

func TestPairWriterPassesErrorsOn(t *testing.T) {
	full := errors.New("disk full")
	bad := Stream{Comments: []string{"no name"}}
	for name, config := range map[string]PairConfig{"left": {Left: bad}, "right": {Right: bad}, "stereo": {Stereo: bad}} {
		if _, err := NewPairWriter(io.Discard, io.Discard, config); !errors.Is(err, ErrTags) {
			t.Errorf("%s comments: got %v, want ErrTags", name, err)
		}
	}
	for _, room := range []int64{10, 150, 400} {
		for name, writers := range map[string][2]io.Writer{
			"left":  {&limitedWriter{room: room, err: full}, io.Discard},
			"right": {io.Discard, &limitedWriter{room: room, err: full}},
		} {
			p, err := NewPairWriter(writers[0], writers[1], PairConfig{PreSkip: 312})
			for i := 0; err == nil && i < 200; i++ {
				err = p.WriteFrame(lostFrame, lostFrame)
			}
			if err == nil {
				_, err = p.Close(fill(200))
			}
			if !errors.Is(err, full) {
				t.Errorf("%s with room for %d: got %v, want the writer's error", name, room, err)
			}
			if p == nil {
				continue
			}
			if _, err := p.Close(fill(200)); !errors.Is(err, full) {
				t.Errorf("%s with room for %d: Close: got %v, want the writer's error", name, room, err)
			}
		}
	}
}

func TestLayoutIsChecked(t *testing.T) {
	p := writePair(t, 120, 100)
	for name, change := range map[string]func(*Layout){
		"zero value":       func(l *Layout) { *l = Layout{} },
		"version":          func(l *Layout) { l.Version = 2 },
		"packets":          func(l *Layout) { l.Packets = 200 },
		"negative packets": func(l *Layout) { l.Packets = -1 },
		"total":            func(l *Layout) { l.TotalSamples += 960 },
		"start":            func(l *Layout) { l.LeftStart = 0 },
		"left size":        func(l *Layout) { l.LeftBytes = []int{100, -1, 100} },
		"right missing":    func(l *Layout) { l.RightBytes = l.RightBytes[:2] },
		"huge chunk":       func(l *Layout) { l.StereoBytes = []int{100, 1 << 40, 100} },
		"split behind":     func(l *Layout) { l.SplitChunks = []SplitChunk{{3, 2}} },
		"split in one":     func(l *Layout) { l.SplitChunks = []SplitChunk{{1, 1}} },
		"splits unordered": func(l *Layout) { l.SplitChunks = []SplitChunk{{1, 2}, {0, 2}} },
	} {
		layout := p.layout
		change(&layout)
		if _, err := NewStereoReader(layout, bytes.NewReader(p.left), bytes.NewReader(p.right)); !errors.Is(err, ErrLayout) {
			t.Errorf("%s: got %v, want ErrLayout", name, err)
		}
	}
	layout := p.layout
	layout.Stereo.Comments = []string{"no name"}
	if _, err := NewStereoReader(layout, nil, nil); !errors.Is(err, ErrTags) {
		t.Errorf("comments: got %v, want ErrTags", err)
	}
}
