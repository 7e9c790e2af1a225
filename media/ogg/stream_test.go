package ogg

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// lostFrame is a packet of 20 ms, SILK wideband, without data.

var lostFrame = []byte{9 << 3}

// write makes a mono stream of packets of 20 ms.

func write(t testing.TB, tags Tags, packets [][]byte, total int64) ([]byte, []PageIndex) {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, MonoHead(312), tags, 0xcafe)
	if err != nil {
		t.Fatalf("NewWriter: %v", err)
	}
	for i, packet := range packets {
		if err := w.WritePacket(packet, GridSamples48k); err != nil {
			t.Fatalf("packet %d: %v", i, err)
		}
	}
	if err := w.Close(total); err != nil {
		t.Fatalf("Close(%d): %v", total, err)
	}
	return out.Bytes(), w.Pages()
}

// fill is the longest total that n packets of 20 ms hold.

func fill(n int) int64 {
	return max(0, int64(n)*GridSamples48k-312)
}

// readAll reads a stream to its end.

func readAll(data []byte) (*Reader, []Packet, error) {
	r, err := NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, nil, err
	}
	var packets []Packet
	for {
		packet, err := r.Next()
		if errors.Is(err, io.EOF) {
			return r, packets, nil
		}
		if err != nil {
			return r, packets, err
		}
		packets = append(packets, packet)
	}
}

// testPackets are n packets of different sizes and contents.

func testPackets(n int) [][]byte {
	packets := make([][]byte, n)
	for i := range packets {
		packets[i] = append(slices.Clone(lostFrame), bytes.Repeat([]byte{byte(i)}, i*37%400)...)
	}
	return packets
}

func TestRoundTrip(t *testing.T) {
	tags := Tags{Vendor: "vendor ü", Comments: []string{"PARLEY_RECORDING=01J", "PARLEY_VOICE=member", "NOTE=a=b ü"}}
	for _, n := range []int{0, 1, 2, 49, 50, 51, 100, 137} {
		t.Run(fmt.Sprintf("%d packets", n), func(t *testing.T) {
			packets := testPackets(n)
			data, pages := write(t, tags, packets, fill(n))
			r, got, err := readAll(data)
			if err != nil {
				t.Fatalf("read: %v", err)
			}
			if !reflect.DeepEqual(r.Head(), MonoHead(312).complete()) || !reflect.DeepEqual(r.Tags(), tags) || r.Serial() != 0xcafe {
				t.Errorf("headers: got %+v, %+v, %x", r.Head(), r.Tags(), r.Serial())
			}
			if r.TotalSamples() != fill(n) {
				t.Errorf("total: got %d, want %d", r.TotalSamples(), fill(n))
			}
			if len(got) != n {
				t.Fatalf("packets: got %d, want %d", len(got), n)
			}
			for i, packet := range got {
				if !bytes.Equal(packet.Data, packets[i]) {
					t.Errorf("packet %d: got %x, want %x", i, packet.Data, packets[i])
				}
				want := NoGranule
				if i%PacketsPerChunk == PacketsPerChunk-1 || i == n-1 {
					want = int64(i+1) * GridSamples48k
				}
				if packet.Granule != want {
					t.Errorf("packet %d: granule: got %d, want %d", i, packet.Granule, want)
				}
			}
			if want := chunkCount(n); len(pages) != want {
				t.Errorf("pages: got %d, want %d, one a second", len(pages), want)
			}
		})
	}
}

// Every indexed page, read alone, holds the packets that the index says, and the pages

// cover the file from the headers to its end.

func TestPageIndex(t *testing.T) {
	large := bytes.Repeat([]byte{1}, 5000)
	packets := append(testPackets(60), slices.Repeat([][]byte{large}, 60)...)
	data, pages := write(t, Tags{}, packets, fill(len(packets)))
	end := pages[0].Offset
	number := 0
	for i, index := range pages {
		if index.Offset != end || index.FirstPacket != number {
			t.Errorf("page %d: got offset %d and packet %d, want %d and %d", i, index.Offset, index.FirstPacket, end, number)
		}
		end += int64(index.Size)
		got, err := ChunkPackets(data[index.Offset:end])
		if err != nil || len(got) != index.Packets {
			t.Fatalf("page %d: got %d packets, %v, want %d", i, len(got), err, index.Packets)
		}
		for _, packet := range got {
			if !bytes.Equal(packet, packets[number]) {
				t.Errorf("packet %d differs", number)
			}
			number++
		}
	}
	if end != int64(len(data)) || number != len(packets) {
		t.Errorf("index ends at byte %d, packet %d, want %d, %d", end, number, len(data), len(packets))
	}
	// Seconds too large for one page still end where they should.
	for _, boundary := range []int{50, 100} {
		if !slices.ContainsFunc(pages, func(p PageIndex) bool { return p.FirstPacket == boundary }) {
			t.Errorf("no page begins with packet %d: %+v", boundary, pages)
		}
	}
}

func TestTagsSpanPages(t *testing.T) {
	tags := Tags{Vendor: "v", Comments: []string{"LONG=" + strings.Repeat("x", 200_000)}}
	data, _ := write(t, tags, testPackets(3), fill(3))
	r, packets, err := readAll(data)
	if err != nil || len(packets) != 3 || !reflect.DeepEqual(r.Tags(), tags) {
		t.Errorf("got %d packets, %d comments, %v", len(packets), len(r.Tags().Comments), err)
	}
}

func TestEndTrim(t *testing.T) {
	const whole = 10*960 - 312
	for _, tt := range []struct {
		total int64
		want  error
	}{
		{whole, nil},
		{whole - 1, nil},
		{whole - 959, nil},
		{whole - 960, ErrTotalSamples},
		{whole + 1, ErrTotalSamples},
		{0, ErrTotalSamples},
		{-1, ErrTotalSamples},
	} {
		w, err := NewWriter(io.Discard, MonoHead(312), Tags{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			if err := w.WritePacket(lostFrame, GridSamples48k); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(tt.total); !errors.Is(err, tt.want) {
			t.Errorf("Close(%d) after 10 packets: got %v, want %v", tt.total, err, tt.want)
		}
		end := tt.total
		if tt.want != nil {
			end = whole
			if err := w.Close(end); err != nil {
				t.Errorf("Close(%d) after Close(%d): %v", end, tt.total, err)
			}
		}
		if pages := w.Pages(); pages[len(pages)-1].Granule != 312+end {
			t.Errorf("Close(%d): last granule: got %d, want %d", end, pages[len(pages)-1].Granule, 312+end)
		}
		if err := w.Close(end); !errors.Is(err, ErrClosed) {
			t.Errorf("second Close: got %v, want ErrClosed", err)
		}
	}
}

func TestEmptyStreamHasNoSamples(t *testing.T) {
	w, err := NewWriter(io.Discard, MonoHead(312), Tags{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(1); !errors.Is(err, ErrTotalSamples) {
		t.Errorf("Close(1) without packets: got %v, want ErrTotalSamples", err)
	}
	if err := w.Close(0); err != nil {
		t.Errorf("Close(0) without packets: %v", err)
	}
}

func TestWriterRefuses(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, MonoHead(0), Tags{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name     string
		packet   []byte
		duration int
		want     error
	}{
		{"empty packet", nil, 960, ErrPacketSize},
		{"too large", make([]byte, MaxPacketSize+1), 960, ErrPacketSize},
		{"no duration", lostFrame, 0, ErrDuration},
		{"too long", lostFrame, 5880, ErrDuration},
		{"not a frame length", lostFrame, 961, ErrDuration},
	}
	for _, tt := range tests {
		if err := w.WritePacket(tt.packet, tt.duration); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
	if err := w.WritePacket(make([]byte, MaxPacketSize), 5760); err != nil {
		t.Errorf("largest packet: %v", err)
	}
	if err := w.Close(5760); err != nil {
		t.Errorf("Close: %v", err)
	}
	if _, packets, err := readAll(out.Bytes()); err != nil || len(packets) != 1 {
		t.Errorf("read: got %d packets, %v, want 1", len(packets), err)
	}
	if err := w.WritePacket(lostFrame, 960); !errors.Is(err, ErrClosed) {
		t.Errorf("write after Close: got %v, want ErrClosed", err)
	}
}

func TestHeadersAreChecked(t *testing.T) {
	tests := []struct {
		name string
		head Head
		tags Tags
		want error
	}{
		{"no channels", Head{}, Tags{}, ErrHead},
		{"three in family 0", Head{Channels: 3}, Tags{}, ErrHead},
		{"unknown family", Head{Channels: 1, MappingFamily: 255}, Tags{}, ErrHead},
		{"no streams", Head{Channels: 1, MappingFamily: 1, Mapping: []uint8{0}}, Tags{}, ErrHead},
		{"more coupled than streams", Head{Channels: 1, MappingFamily: 1, StreamCount: 1, CoupledCount: 2, Mapping: []uint8{0}}, Tags{}, ErrHead},
		{"mapping missing", Head{Channels: 2, MappingFamily: 1, StreamCount: 2, Mapping: []uint8{0}}, Tags{}, ErrHead},
		{"mapping beyond", Head{Channels: 1, MappingFamily: 1, StreamCount: 1, Mapping: []uint8{1}}, Tags{}, ErrHead},
		{"vendor", MonoHead(0), Tags{Vendor: "\xff"}, ErrTags},
		{"comment without a name", MonoHead(0), Tags{Comments: []string{"=x"}}, ErrTags},
		{"comment without a value", MonoHead(0), Tags{Comments: []string{"x"}}, ErrTags},
		{"comment name", MonoHead(0), Tags{Comments: []string{"ü=x"}}, ErrTags},
		{"comment value", MonoHead(0), Tags{Comments: []string{"x=\xff"}}, ErrTags},
	}
	for _, tt := range tests {
		var out bytes.Buffer
		if _, err := NewWriter(&out, tt.head, tt.tags, 1); !errors.Is(err, tt.want) || out.Len() != 0 {
			t.Errorf("%s: got %v and %d bytes, want %v and none", tt.name, err, out.Len(), tt.want)
		}
	}
	silent := Head{Channels: 2, MappingFamily: 1, StreamCount: 1, Mapping: []uint8{0, 255}}
	if _, err := NewWriter(io.Discard, silent, Tags{}, 1); err != nil {
		t.Errorf("silent channel: %v", err)
	}
}

func TestWriterKeepsTheFirstError(t *testing.T) {
	full := errors.New("disk full")
	for _, room := range []int64{0, 10, 200} {
		w, err := NewWriter(&limitedWriter{room: room, err: full}, MonoHead(0), Tags{}, 1)
		for i := 0; err == nil && i < 200; i++ {
			err = w.WritePacket(lostFrame, 960)
		}
		if !errors.Is(err, full) {
			t.Fatalf("room for %d: got %v, want the writer's error", room, err)
		}
		if w == nil {
			continue
		}
		if err := w.WritePacket(lostFrame, 960); !errors.Is(err, full) {
			t.Errorf("room for %d, next packet: got %v, want the first error", room, err)
		}
		if err := w.Close(0); !errors.Is(err, full) {
			t.Errorf("room for %d, Close: got %v, want the first error", room, err)
		}
	}
}

// limitedWriter takes room bytes and then fails.

type limitedWriter struct {
	room int64
	err  error
}

func (w *limitedWriter) Write(p []byte) (int, error) {
	if w.room -= int64(len(p)); w.room < 0 {
		return 0, w.err
	}
	return len(p), nil
}

// pageStart returns where page number n of a stream begins.

func TestAnyPacketsRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		sizes := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(1, 300), rapid.IntRange(1, MaxPacketSize)), 1, 120).Draw(rt, "sizes")
		trim := rapid.Int64Range(0, GridSamples48k-1).Draw(rt, "trim")
		packets := make([][]byte, len(sizes))
		for i, size := range sizes {
			packets[i] = bytes.Repeat([]byte{byte(i)}, size)
		}
		total := fill(len(packets)) - trim
		if total < 0 {
			total = 0
		}
		data, _ := write(t, Tags{Vendor: "v"}, packets, total)
		r, got, err := readAll(data)
		if err != nil || len(got) != len(packets) || r.TotalSamples() != total {
			rt.Fatalf("got %d packets, total %d, %v, want %d, %d", len(got), r.TotalSamples(), err, len(packets), total)
		}
		for i, packet := range got {
			if !bytes.Equal(packet.Data, packets[i]) {
				rt.Fatalf("packet %d of %d bytes differs", i, sizes[i])
			}
		}
	})
}

// FuzzReader: whatever reads without an error reads the same after being written anew.
