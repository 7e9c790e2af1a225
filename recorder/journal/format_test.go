package journal

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"testing"
	"time"

	"parley/storage/envelope"
)

// TestFormatFrame reads a frame by the table in FORMAT.md, without the code
// that wrote it.
func TestFormatFrame(t *testing.T) {
	b := newBook(t)
	b.append(t, LaneExpert, "voice")
	data := b.data(t)
	head := int(binary.LittleEndian.Uint32(data[13:17]))
	if string(data[:4]) != "PJF1" || data[4] != 255 || binary.LittleEndian.Uint64(data[5:13]) != 0 {
		t.Errorf("header frame begins % x, want PJF1, lane 255, number 0", data[:13])
	}
	var fields map[string]any
	if err := json.Unmarshal(data[21:21+head], &fields); err != nil {
		t.Fatalf("header body is not JSON: %v", err)
	}
	for _, name := range []string{"version", "recording", "call", "started", "basis", "lanes"} {
		if _, ok := fields[name]; !ok {
			t.Errorf("header has no %q", name)
		}
	}
	f := data[21+head:]
	size := int(binary.LittleEndian.Uint32(f[13:17]))
	if string(f[:4]) != "PJF1" || f[4] != 2 || binary.LittleEndian.Uint64(f[5:13]) != 1 || len(f) != 21+size {
		t.Fatalf("batch frame begins % x with %d bytes, want PJF1, lane 2, number 1, %d bytes", f[:17], len(f), 21+size)
	}
	want := crc32.Checksum(append(bytes.Clone(f[:17]), f[21:]...), crc32.MakeTable(crc32.Castagnoli))
	if got := binary.LittleEndian.Uint32(f[17:21]); got != want {
		t.Errorf("CRC: got %08x, want %08x", got, want)
	}
	if !bytes.HasPrefix(f[21:], []byte("age-encryption.org/v1\n")) {
		t.Errorf("batch body begins %q, want an age file", f[21:43])
	}
}

func TestFormatBatch(t *testing.T) {
	b := newBook(t)
	b.append(t, LaneMember, "voice")
	plain, err := envelope.OpenBytes(cut(t, b.data(t))[1][21:], b.ids[LaneMember])
	if err != nil {
		t.Fatal(err)
	}
	rec := string(b.header.Recording)
	want := append([]byte{byte(len(rec))}, rec...)
	want = append(want, 1, 1, 0, 0, 0, 0, 0, 0, 0) // lane, number
	if !bytes.HasPrefix(plain, want) {
		t.Errorf("plaintext begins % x, want % x", plain[:len(want)], want)
	}
}

func TestFormatRecords(t *testing.T) {
	event, err := AppendEvent(nil, Event{At: 300 * time.Microsecond, Kind: EventGateOpen})
	if err != nil {
		t.Fatal(err)
	}
	ofLeg, err := AppendEvent(nil, Event{Kind: EventMute, Leg: LegExpert})
	if err != nil {
		t.Fatal(err)
	}
	rows := []struct {
		name      string
		got, want []byte
	}{
		{
			"packet",
			AppendPacket(nil, Packet{Arrival: 300 * time.Microsecond, Sequence: 0x0102, Timestamp: 0x03040506, SSRC: 0x0708090a, Marker: true, Level: 5, Payload: []byte("ab")}),
			[]byte{1, 0xac, 0x02, 2, 1, 6, 5, 4, 3, 0x0a, 9, 8, 7, 0x85, 2, 'a', 'b'},
		},
		{
			"packet of redundant audio",
			AppendPacket(nil, Packet{Arrival: 300 * time.Microsecond, Sequence: 0x0102, Level: NoLevel, RED: true, Payload: []byte("ab")}),
			[]byte{4, 0xac, 0x02, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 2, 'a', 'b'},
		},
		{
			"sender report",
			AppendReport(nil, SenderReport{Arrival: 1 * time.Microsecond, SSRC: 1, NTP: 2, RTP: 3}),
			[]byte{2, 1, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0},
		},
		{"event", event, append([]byte{3, 0xac, 0x02, 20}, `{"kind":"gate.open"}`...)},
		{"event of a leg", ofLeg, append([]byte{3, 0, 30}, `{"kind":"mute","leg":"expert"}`...)},
	}
	for _, r := range rows {
		if !bytes.Equal(r.got, r.want) {
			t.Errorf("%s: got % x, want % x", r.name, r.got, r.want)
		}
	}
}
