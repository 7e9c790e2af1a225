package ogg

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func pageStart(t testing.TB, data []byte, n int) int {
	t.Helper()
	at := 0
	for range n {
		_, size, err := ParsePage(data[at:])
		if err != nil {
			t.Fatal(err)
		}
		at += size
	}
	return at
}

func TestReaderRefuses(t *testing.T) {
	good, _ := write(t, Tags{}, testPackets(120), fill(120))
	first, second, third, fourth := pageStart(t, good, 1), pageStart(t, good, 2), pageStart(t, good, 3), pageStart(t, good, 4)
	head, tags := MonoHead(0).appendTo(nil), Tags{}.appendTo(nil)
	packetPage := func(header pageHeader, packets ...[]byte) []byte {
		var page pageBuffer
		for _, packet := range packets {
			page.add(packet)
		}
		return appendPage(nil, header, page.segments, page.payload)
	}
	begin := packetPage(pageHeader{flags: BeginningOfStream}, head)
	comments := packetPage(pageHeader{sequence: 1}, tags)
	headers := slices.Concat(begin, comments)
	damaged := bytes.Clone(good)
	damaged[third+50] ^= 1
	tests := []struct {
		name string
		data []byte
		want error
	}{
		{"nothing", nil, ErrNoEOS},
		{"not Ogg", []byte(strings.Repeat("ID3 and more ", 10)), ErrCapturePattern},
		{"only a head", good[:first], ErrNoEOS},
		{"no audio", good[:second], ErrNoEOS},
		{"end page missing", good[:fourth], ErrNoEOS},
		{"cut in a page", good[:len(good)-1], ErrTruncated},
		{"cut in a header", good[:fourth+10], ErrTruncated},
		{"cut in a table", good[:fourth+pageHeaderSize+3], ErrTruncated},
		{"damaged", damaged, ErrChecksum},
		{"page missing", slices.Concat(good[:second], good[third:]), ErrSequence},
		{"page twice", slices.Concat(good[:third], good[second:]), ErrSequence},
		{"bytes behind", append(bytes.Clone(good), 0), ErrAfterEOS},
		{"stream behind", slices.Concat(good, good), ErrAfterEOS},
		{"begins later", good[first:], ErrStreamFlags},
		{"begins again", slices.Concat(headers, packetPage(pageHeader{flags: BeginningOfStream, sequence: 2}, lostFrame)), ErrStreamFlags},
		{"other stream", slices.Concat(headers, packetPage(pageHeader{serial: 5, sequence: 2}, lostFrame)), ErrSerial},
		{"no head", packetPage(pageHeader{flags: BeginningOfStream}, tags), ErrHead},
		{"head not alone", packetPage(pageHeader{flags: BeginningOfStream}, head, tags), ErrHead},
		{"head version", packetPage(pageHeader{flags: BeginningOfStream}, append([]byte("OpusHead\x10"), head[9:]...)), ErrHead},
		{"head family", packetPage(pageHeader{flags: BeginningOfStream}, append(bytes.Clone(head[:18]), 2)), ErrHead},
		{"head table missing", packetPage(pageHeader{flags: BeginningOfStream}, append(bytes.Clone(head[:18]), 1)), ErrHead},
		{"no tags", slices.Concat(begin, packetPage(pageHeader{sequence: 1}, head)), ErrTags},
		{"tags not alone", slices.Concat(begin, packetPage(pageHeader{sequence: 1}, tags, lostFrame)), ErrTags},
		{"tags cut", slices.Concat(begin, packetPage(pageHeader{sequence: 1}, tags[:14])), ErrTags},
		{"tags length", slices.Concat(begin, packetPage(pageHeader{sequence: 1}, []byte("OpusTags\xff\xff\xff\xff"))), ErrTags},
		{"tags count", slices.Concat(begin, packetPage(pageHeader{sequence: 1}, []byte("OpusTags\x00\x00\x00\x00\xff\xff\xff\xff"))), ErrTags},
		{"tags position", slices.Concat(begin, packetPage(pageHeader{sequence: 1, granule: 1}, tags)), ErrTags},
		{"continues nothing", slices.Concat(headers, packetPage(pageHeader{flags: Continued, granule: 960, sequence: 2}, lostFrame)), ErrContinuation},
		{"position missing", slices.Concat(headers, packetPage(pageHeader{granule: NoGranule, sequence: 2}, lostFrame)), ErrGranule},
		{"position where none is", slices.Concat(headers, appendPage(nil, pageHeader{sequence: 2}, []byte{255}, make([]byte, 255))), ErrGranule},
		{"position runs back", slices.Concat(headers,
			packetPage(pageHeader{granule: 960, sequence: 2}, lostFrame),
			packetPage(pageHeader{granule: 959, sequence: 3}, lostFrame)), ErrGranule},
		{"open at the end", slices.Concat(headers,
			appendPage(nil, pageHeader{flags: EndOfStream, granule: NoGranule, sequence: 2}, []byte{255}, make([]byte, 255))), ErrContinuation},
		{"not continued", slices.Concat(headers,
			appendPage(nil, pageHeader{granule: NoGranule, sequence: 2}, []byte{255}, make([]byte, 255)),
			packetPage(pageHeader{granule: 960, sequence: 3}, lostFrame)), ErrContinuation},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, packets, err := readAll(tt.data); !errors.Is(err, tt.want) {
				t.Errorf("got %d packets, %v, want %v", len(packets), err, tt.want)
			}
		})
	}
}

func TestReaderTakesSpanningPackets(t *testing.T) {
	stream := appendPage(nil, pageHeader{flags: BeginningOfStream}, []byte{headSize}, MonoHead(0).appendTo(nil))
	tags := Tags{}.appendTo(nil)
	stream = appendPage(stream, pageHeader{sequence: 1}, appendLacing(nil, len(tags)), tags)
	stream = appendPage(stream, pageHeader{sequence: 2, granule: 960}, []byte{1, 255}, bytes.Repeat([]byte{1}, 256))
	stream = appendPage(stream, pageHeader{sequence: 3, flags: Continued, granule: NoGranule}, []byte{255}, bytes.Repeat([]byte{2}, 255))
	stream = appendPage(stream, pageHeader{sequence: 4, flags: Continued | EndOfStream, granule: 2880}, []byte{1, 2}, []byte{3, 4, 4})
	_, packets, err := readAll(stream)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, packet := range packets {
		got = append(got, fmt.Sprintf("%d@%d", len(packet.Data), packet.Granule))
	}
	if want := []string{"1@960", "511@-1", "2@2880"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestReaderPassesErrorsOn(t *testing.T) {
	good, _ := write(t, Tags{}, testPackets(60), fill(60))
	broken := errors.New("broken")
	for _, at := range []int{0, 30, 300, len(good)} {
		r, err := NewReader(io.MultiReader(iotest.OneByteReader(bytes.NewReader(good[:at])), iotest.ErrReader(broken)))
		for err == nil {
			_, err = r.Next()
		}
		if !errors.Is(err, broken) {
			t.Errorf("broken at byte %d: got %v, want the reader's error", at, err)
		}
	}
}

func FuzzReader(f *testing.F) {
	for _, n := range []int{0, 1, 60} {
		data, _ := write(f, Tags{Vendor: "v", Comments: []string{"A=b"}}, testPackets(n), fill(n))
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		// Fuzzing does not find checksums: set them right first.
		data = bytes.Clone(data)
		for at := 0; at < len(data); {
			size, err := pageSize(data[at:])
			if err != nil || at+size > len(data) {
				break
			}
			page := data[at : at+size]
			crc := pageCRC(page)
			page[crcOffset], page[crcOffset+1], page[crcOffset+2], page[crcOffset+3] = byte(crc), byte(crc>>8), byte(crc>>16), byte(crc>>24)
			at += size
		}
		r, packets, err := readAll(data)
		if err != nil {
			return
		}
		var out bytes.Buffer
		w, err := NewWriter(&out, r.Head(), r.Tags(), r.Serial())
		if err != nil {
			// Readers forgive comments that the writer would not write.
			return
		}
		for _, packet := range packets {
			if len(packet.Data) == 0 || len(packet.Data) > MaxPacketSize {
				return
			}
			if err := w.WritePacket(packet.Data, GridSamples48k); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(max(0, int64(len(packets))*GridSamples48k-int64(r.Head().PreSkip))); err != nil {
			return // less audio than pre-skip
		}
		_, again, err := readAll(out.Bytes())
		if err != nil || len(again) != len(packets) {
			t.Fatalf("got %d packets, %v again, want %d", len(again), err, len(packets))
		}
	})
}
