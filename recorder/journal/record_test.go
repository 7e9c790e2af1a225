package journal

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyRecord draws a record and its encoding.
func anyRecord(t *rapid.T) (any, []byte) {
	at := time.Duration(rapid.Int64Range(0, int64(100*time.Hour/time.Microsecond)).Draw(t, "µs")) * time.Microsecond
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 0:
		p := Packet{
			Arrival: at, Sequence: rapid.Uint16().Draw(t, "sequence"), Timestamp: rapid.Uint32().Draw(t, "timestamp"),
			SSRC: rapid.Uint32().Draw(t, "ssrc"), Marker: rapid.Bool().Draw(t, "marker"),
			Level:   rapid.Uint8Range(0, NoLevel).Draw(t, "level"),
			RED:     rapid.Bool().Draw(t, "RED"),
			Payload: rapid.SliceOfN(rapid.Byte(), 0, 1500).Draw(t, "payload"),
		}
		return p, AppendPacket(nil, p)
	case 1:
		r := SenderReport{Arrival: at, SSRC: rapid.Uint32().Draw(t, "ssrc"), NTP: rapid.Uint64().Draw(t, "ntp"), RTP: rapid.Uint32().Draw(t, "rtp")}
		return r, AppendReport(nil, r)
	}
	e := Event{
		At: at, Kind: rapid.SampledFrom([]string{EventGateOpen, EventGateClose, EventMute, "later.kind"}).Draw(t, "event"),
		Leg: rapid.SampledFrom([]Leg{WholeCall, LegMember, LegExpert}).Draw(t, "leg"),
	}
	buf, err := AppendEvent(nil, e)
	if err != nil {
		t.Fatalf("AppendEvent(%+v): %v", e, err)
	}
	return e, buf
}

func TestRecordsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want, got []any
		var buf []byte
		for range rapid.IntRange(0, 20).Draw(t, "records") {
			rec, data := anyRecord(t)
			want, buf = append(want, rec), append(buf, data...)
		}
		if err := Records(buf, func(rec any) { got = append(got, rec) }); err != nil {
			t.Fatalf("Records: %v", err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("records: got %+v, want %+v", got, want)
		}
	})
}

func TestRecordsCutShort(t *testing.T) {
	event, err := AppendEvent(nil, Event{At: time.Second, Kind: EventGateOpen})
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]byte{
		"packet": AppendPacket(nil, Packet{Arrival: time.Hour, Payload: []byte("voice")}),
		"RED":    AppendPacket(nil, Packet{Arrival: time.Hour, RED: true, Payload: []byte("voice")}),
		"report": AppendReport(nil, SenderReport{Arrival: time.Hour, SSRC: 7}),
		"event":  event,
	}
	for name, whole := range rows {
		for n := 1; n < len(whole); n++ {
			if err := Records(whole[:n], func(any) {}); !errors.Is(err, ErrRecord) {
				t.Errorf("%s cut to %d of %d bytes: got %v, want ErrRecord", name, n, len(whole), err)
			}
		}
	}
}

func TestRecordsRefuses(t *testing.T) {
	rows := map[string][]byte{
		"unknown kind":           {9, 0, 0},
		"kind 0":                 {0},
		"time beyond a duration": {kindReport, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"endless varint":         {kindEvent, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"event that is no JSON":  {kindEvent, 0, 2, '{', '{'},
		"payload of 2^63 bytes":  append(make([]byte, 0), kindPacket, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01),
	}
	for name, data := range rows {
		if err := Records(data, func(any) {}); !errors.Is(err, ErrRecord) {
			t.Errorf("%s: got %v, want ErrRecord", name, err)
		}
	}
}

func TestArrivalBeforeTimeZeroBecomesZero(t *testing.T) {
	var got Packet
	if err := Records(AppendPacket(nil, Packet{Arrival: -time.Second}), func(rec any) { got = rec.(Packet) }); err != nil {
		t.Fatal(err)
	}
	if got.Arrival != 0 {
		t.Errorf("arrival: got %v, want 0", got.Arrival)
	}
}

// FuzzRecords holds that no input makes Records panic, and that what it reads
// and encodes again is read as the same.
func FuzzRecords(f *testing.F) {
	f.Add([]byte{})
	f.Add(AppendPacket(nil, Packet{Arrival: time.Second, Level: NoLevel, Marker: true, Payload: []byte{0x78, 1, 2}}))
	f.Add(AppendReport(AppendPacket(nil, Packet{}), SenderReport{NTP: 1 << 63}))
	event, err := AppendEvent(nil, Event{Kind: EventGateClose})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(event)
	f.Fuzz(func(t *testing.T, data []byte) {
		var first []any
		_ = Records(data, func(rec any) { first = append(first, rec) })
		var again []byte
		for _, rec := range first {
			again = encode(t, again, rec)
		}
		var second []any
		if err := Records(again, func(rec any) { second = append(second, rec) }); err != nil {
			t.Fatalf("encoded again: %v", err)
		}
		if !reflect.DeepEqual(first, second) {
			t.Fatalf("encoded again: got %+v, want %+v", second, first)
		}
	})
}

func encode(t *testing.T, buf []byte, rec any) []byte {
	t.Helper()
	switch rec := rec.(type) {
	case Packet:
		return AppendPacket(buf, rec)
	case SenderReport:
		return AppendReport(buf, rec)
	case Event:
		out, err := AppendEvent(buf, rec)
		if err != nil {
			t.Fatalf("AppendEvent(%+v): %v", rec, err)
		}
		return out
	}
	t.Fatalf("record of type %T", rec)
	return nil
}

func BenchmarkAppendPacket(b *testing.B) {
	buf, payload := make([]byte, 0, 256), make([]byte, 75)
	for b.Loop() {
		buf = AppendPacket(buf[:0], Packet{Arrival: time.Hour, Sequence: 1, Payload: payload})
	}
}
