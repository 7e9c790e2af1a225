package rtrace

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

const chromium = "../red/testdata/c_red.rtrace"

func TestOpen(t *testing.T) {
	trace, err := Open(chromium)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := trace.Start, time.Unix(0, 1795293717897321924).UTC(); got != want {
		t.Errorf("start: got %v, want %v", got, want)
	}
	kinds := map[Kind]int{}
	for _, packet := range trace.Packets {
		kinds[packet.Kind]++
	}
	if want := (map[Kind]int{RTPReceived: 1752, RTCPReceived: 6, RTCPSent: 17}); !reflect.DeepEqual(kinds, want) {
		t.Errorf("kinds: got %v, want %v", kinds, want)
	}
	last, count := time.Duration(0), 0
	for packet := range trace.RTP(0) {
		if packet.At < last || packet.Data[0]>>6 != 2 {
			t.Fatalf("packet %d: got version %d at %v after %v", count, packet.Data[0]>>6, packet.At, last)
		}
		last = packet.At
		count++
	}
	if count != 1752 {
		t.Errorf("RTP packets: got %d, want 1752", count)
	}
}

func TestSession(t *testing.T) {
	trace, err := Open(chromium)
	if err != nil {
		t.Fatal(err)
	}
	if len(trace.Sessions) != 1 {
		t.Fatalf("sessions: got %d, want 1", len(trace.Sessions))
	}
	session := trace.Sessions[0]
	want := []Codec{
		{PayloadType: 63, Name: "red", ClockRateHz: 48000, Parameters: "111/111"},
		{PayloadType: 111, Name: "opus", ClockRateHz: 48000, Parameters: "minptime=10;useinbandfec=1"},
	}
	if got := session.Codecs(); !reflect.DeepEqual(got, want) {
		t.Errorf("codecs: got %v, want %v", got, want)
	}
	if got, found := session.PayloadType("Opus"); got != 111 || !found {
		t.Errorf("payload type of Opus: got %d, %t, want 111", got, found)
	}
	if got, found := session.PayloadType("PCMU"); found {
		t.Errorf("payload type of PCMU: got %d, want none", got)
	}
	if got, found := session.Extension("urn:ietf:params:rtp-hdrext:ssrc-audio-level"); got != 1 || !found {
		t.Errorf("audio level: got id %d, %t, want 1", got, found)
	}
	if got, found := session.Extension("urn:ietf:params:rtp-hdrext:toffset"); found {
		t.Errorf("toffset: got id %d, want none", got)
	}
	if session.Who != "member" || session.Leg != 0 || session.At <= 0 || session.Offer == "" {
		t.Errorf("session: got %s on leg %d at %v, offer of %d bytes", session.Who, session.Leg, session.At, len(session.Offer))
	}
}

// record makes one record of a trace.
func record(at time.Duration, kind, flags, leg byte, data string) []byte {
	out := binary.BigEndian.AppendUint64(nil, uint64(at))
	out = append(out, kind, flags, leg, 0)
	out = binary.BigEndian.AppendUint16(out, uint16(len(data)))
	return append(out, data...)
}

// file makes a trace of records.
func file(records ...[]byte) []byte {
	out := binary.BigEndian.AppendUint64([]byte(magic), uint64(time.Second))
	for _, r := range records {
		out = append(out, r...)
	}
	return out
}

// TestRTP: dropped packets, RTCP and other legs are passed over.
func TestRTP(t *testing.T) {
	trace, err := Parse(file(
		record(1, 0, 0, 0, "a"), record(2, 0, 1, 0, "b"), record(3, 1, 0, 0, "c"),
		record(4, 0, 0, 1, "d"), record(5, 2, 0, 0, "e"), record(6, 0, 0, 0, "f"), record(7, 0, 0, 0, "g"),
	))
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for packet := range trace.RTP(0) {
		got += string(packet.Data)
		if len(got) == 2 {
			break
		}
	}
	if got != "af" {
		t.Errorf("first two packets of leg 0: got %q, want %q", got, "af")
	}
	if !trace.Packets[1].Dropped || len(trace.Packets) != 7 {
		t.Errorf("packets: got %+v, want seven, the second dropped", trace.Packets)
	}
}

func TestParseRefuses(t *testing.T) {
	whole := file(record(1, 0, 0, 0, "abc"))
	for name, data := range map[string][]byte{
		"nothing":       nil,
		"other file":    []byte("RTRACE2\n12345678"),
		"half a header": whole[:12],
		"record header": whole[:fileHeader+5],
		"record cut":    whole[:len(whole)-1],
		"unknown kind":  file(record(1, 3, 0, 0, "abc")),
	} {
		if _, err := Parse(data); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: got %v, want %v", name, err, ErrFormat)
		}
	}
}

func TestOpenWithoutSidecar(t *testing.T) {
	path := filepath.Join(t.TempDir(), "call.all.rtrace")
	if err := os.WriteFile(path, file(), 0o600); err != nil {
		t.Fatal(err)
	}
	trace, err := Open(path)
	if err != nil || len(trace.Sessions) != 0 || len(trace.Packets) != 0 {
		t.Errorf("got %+v, %v, want an empty trace", trace, err)
	}
	beside := filepath.Join(filepath.Dir(path), "call.json")
	for _, bad := range []string{"{", `{"sdp":[]}`} {
		if err := os.WriteFile(beside, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); !errors.Is(err, ErrFormat) {
			t.Errorf("sidecar %q: got %v, want %v", bad, err, ErrFormat)
		}
	}
	if _, err := Open(path + ".gone"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no trace: got %v, want %v", err, fs.ErrNotExist)
	}
}
