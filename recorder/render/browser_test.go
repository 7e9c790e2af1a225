package render

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pion/rtp"

	"parley/media/opus"
	"parley/recorder/journal"
)

// trace reads the RTP packets of a browser.
func trace(t *testing.T, name string) []journal.Packet {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".rtrace"))
	if err != nil {
		t.Fatal(err)
	}
	var out []journal.Packet
	for data = data[16:]; len(data) > 0; {
		at, kind, n := time.Duration(binary.BigEndian.Uint64(data)), data[8], int(binary.BigEndian.Uint16(data[12:]))
		raw := data[14 : 14+n]
		data = data[14+n:]
		if kind != 0 {
			continue
		}
		var p rtp.Packet
		if err := p.Unmarshal(raw); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out = append(out, journal.Packet{
			Arrival: at, Sequence: p.SequenceNumber, Timestamp: p.Timestamp, SSRC: p.SSRC,
			Marker: p.Marker, Level: journal.NoLevel, Payload: p.Payload,
		})
	}
	return out
}

// truePlaces turns clicks, counted in RTP time, into samples of the call. The
// packet that was delayed least tells when RTP time began; whenever the sender
// was silent for a second, it is found anew.
func truePlaces(packets []journal.Packet, clicks []int64) []int64 {
	var out []int64
	first := packets[0].Timestamp
	for from := 0; from < len(packets); {
		offset, to := int64(math.MaxInt64), from
		for ; to < len(packets); to++ {
			if to > from && packets[to].Arrival-packets[to-1].Arrival > time.Second {
				break
			}
			offset = min(offset, samples(packets[to].Arrival)-int64(packets[to].Timestamp-first))
		}
		begin, end := int64(packets[from].Timestamp-first), int64(packets[to-1].Timestamp-first)
		for _, c := range clicks {
			if c >= begin && c < end {
				out = append(out, c+offset)
			}
		}
		from = to
	}
	return out
}

func TestBrowsers(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "clicks.json"))
	if err != nil {
		t.Fatal(err)
	}
	var clicks map[string][]int64
	if err := json.Unmarshal(data, &clicks); err != nil {
		t.Fatal(err)
	}
	for name, sources := range map[string]int{"a_default": 1, "e2_mute_replacetrack": 2, "g1_firefox": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			packets := trace(t, name)
			length := packets[len(packets)-1].Arrival + 100*time.Millisecond
			expert := clean(2)
			c := newCall(length, nil, expert)
			c.legs[0] = packets
			out := c.render(t, 500*time.Millisecond, opus.Config{})
			mustClick(t, "member", out.voice(t, 0, length), truePlaces(packets, clicks[name]))
			mustClick(t, "expert", out.voice(t, 1, length), expert.clicks())
			if got := out.result.Voices[0]; got.Packets != len(packets) || got.Lost != 0 || got.Late != 0 || got.Malformed != 0 || got.ConcealedMs != 0 || got.Sources != sources {
				t.Errorf("stats: got %+v, want all %d packets, nothing missing, %d epochs", got, len(packets), sources)
			}
		})
	}
}
