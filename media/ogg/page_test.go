package ogg

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"
	"testing"
)

// onePage is a page with packets of the given sizes.
func onePage(header pageHeader, sizes ...int) []byte {
	var page pageBuffer
	for i, size := range sizes {
		page.add(bytes.Repeat([]byte{byte(i + 1)}, size))
	}
	return appendPage(nil, header, page.segments, page.payload)
}

func TestPageBytes(t *testing.T) {
	got := onePage(pageHeader{flags: EndOfStream, granule: 0x0102030405060708, serial: 0x11121314, sequence: 0x21222324}, 2, 0)
	want, err := hex.DecodeString("4f676753" + "00" + "04" + "0807060504030201" + "14131211" + "24232221" + "c19a2f1d" + "02" + "0200" + "0101")
	if err != nil {
		t.Fatal(err)
	}
	// The checksum is tested by opusinfo and by the bits below.
	copy(want[crcOffset:], got[crcOffset:crcOffset+4])
	if !bytes.Equal(got, want) {
		t.Errorf("got  %x\nwant %x", got, want)
	}
}

func TestCRC(t *testing.T) {
	// The check value of CRC-32 with polynomial 04c11db7, neither reflected nor inverted,
	// is that of POSIX cksum without its length and inversion.
	if got := updateCRC(0, []byte("123456789")); got != 0x89a1897f {
		t.Errorf("got %08x, want 89a1897f", got)
	}
}

func TestParsePage(t *testing.T) {
	for _, sizes := range [][]int{{}, {0}, {1}, {254}, {255}, {256}, {510}, {100, 0, 255, 3}, {MaxPacketSize}} {
		header := pageHeader{flags: Continued | EndOfStream, granule: 960, serial: 7, sequence: 9}
		data := onePage(header, sizes...)
		page, size, err := ParsePage(append(data, "rest"...))
		if err != nil || size != len(data) {
			t.Errorf("sizes %v: got %d bytes, %v, want %d", sizes, size, err, len(data))
			continue
		}
		if page.Flags != header.flags || page.Granule != 960 || page.Serial != 7 || page.Sequence != 9 {
			t.Errorf("sizes %v: got %+v, want %+v", sizes, page, header)
		}
		got := []int{}
		for _, piece := range page.pieces() {
			got = append(got, len(piece.data))
			if !piece.ends {
				t.Errorf("sizes %v: a packet does not end", sizes)
			}
		}
		if !slices.Equal(got, sizes) {
			t.Errorf("packets: got %v, want %v", got, sizes)
		}
	}
}

func TestParsePageRefuses(t *testing.T) {
	good := onePage(pageHeader{granule: 960, serial: 1}, 100, 200)
	changed := func(at int, value byte) []byte {
		data := bytes.Clone(good)
		data[at] = value
		return data
	}
	tests := []struct {
		name string
		data []byte
		want error
	}{
		{"nothing", nil, ErrTruncated},
		{"half a header", good[:20], ErrTruncated},
		{"half a segment table", good[:pageHeaderSize+1], ErrTruncated},
		{"no payload", good[:pageHeaderSize+2], ErrTruncated},
		{"last byte missing", good[:len(good)-1], ErrTruncated},
		{"pattern", changed(3, 's'), ErrCapturePattern},
		{"version", changed(4, 1), ErrVersion},
	}
	for _, tt := range tests {
		if _, _, err := ParsePage(tt.data); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
	// Any other flipped bit is a wrong checksum, or a page that seems longer.
	for at := 5; at < len(good); at++ {
		if _, _, err := ParsePage(changed(at, good[at]^0x10)); !errors.Is(err, ErrChecksum) && !errors.Is(err, ErrTruncated) {
			t.Errorf("bit of byte %d flipped: got %v", at, err)
		}
	}
}

func TestChunkShape(t *testing.T) {
	for _, sizes := range [][]int{
		{}, {1}, slices.Repeat([]int{60}, 50), slices.Repeat([]int{1275}, 50), slices.Repeat([]int{1276}, 43),
		slices.Repeat([]int{2552}, 50), {MaxPacketSize, 1}, {254 * 255, 1}, {255, 254},
	} {
		var shape chunkShape
		if len(sizes) == 0 {
			shape.newPage()
		}
		var page pageBuffer
		var data []byte
		pages := 1
		for _, size := range sizes {
			shape.add(size)
			if !page.fits(size) {
				data = appendPage(data, pageHeader{}, page.segments, page.payload)
				page.reset()
				pages++
			}
			page.add(make([]byte, size))
		}
		data = appendPage(data, pageHeader{}, page.segments, page.payload)
		if shape.bytes != len(data) || shape.pages != pages {
			t.Errorf("sizes %v: predicted %d bytes in %d pages, made %d in %d", sizes, shape.bytes, shape.pages, len(data), pages)
		}
		packets, err := ChunkPackets(data)
		if err != nil || len(packets) != len(sizes) {
			t.Errorf("sizes %v: got %d packets back, %v", sizes, len(packets), err)
		}
	}
}

func TestChunkPacketsRefuses(t *testing.T) {
	tests := []struct {
		name string
		data []byte
		want error
	}{
		{"begins inside a packet", onePage(pageHeader{flags: Continued}, 10), ErrContinuation},
		{"ends inside a packet", appendPage(nil, pageHeader{}, []byte{255}, make([]byte, 255)), ErrContinuation},
		{"half a page", onePage(pageHeader{}, 10)[:30], ErrTruncated},
		{"no page", []byte(`{"not": "an Ogg page of any kind"}`), ErrCapturePattern},
	}
	for _, tt := range tests {
		if got, err := ChunkPackets(tt.data); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %d packets, %v, want %v", tt.name, len(got), err, tt.want)
		}
	}
}
