package capture

import (
	"bytes"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"parley/recorder/consent/ledger"
	"parley/recorder/journal"
)

// taken returns the records of what a capture holds.
func taken(t testing.TB, c *Capture, now time.Time) [lanes][]any {
	t.Helper()
	batch, _ := c.take(now)
	var out [lanes][]any
	for i, data := range batch {
		if err := journal.Records(bytes.Clone(data), func(rec any) { out[i] = append(out[i], rec) }); err != nil {
			t.Fatalf("lane %d: %v", i, err)
		}
	}
	return out
}

func TestShutGateTakesNothing(t *testing.T) {
	rows := []struct {
		name string
		prep func(c *Capture)
	}{
		{"never opened", func(*Capture) {}},
		{"closed", func(c *Capture) { c.OpenGate(noon, ledger.Proof{}); c.CloseGate(noon); c.take(noon) }},
		{"failed", func(c *Capture) { c.OpenGate(noon, ledger.Proof{}); c.fail(); c.take(noon) }},
		{"opened after it failed", func(c *Capture) { c.fail(); c.OpenGate(noon, ledger.Proof{}) }},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			c := New(noon)
			r.prep(c)
			send(c, 0, noon, 1, "voice")
			c.SenderReport(1, noon, 7, 1, 2)
			if got := taken(t, c, noon); len(got[0])+len(got[1])+len(got[2]) != 0 {
				t.Errorf("got records %+v, want none", got)
			}
			if got := c.Counts(); got != (Counts{}) {
				t.Errorf("counts: got %+v, want zeros", got)
			}
		})
	}
}

func TestOpenGateTellsTheTruth(t *testing.T) {
	c := New(noon)
	for _, when := range []string{"first", "again"} {
		if !c.OpenGate(noon, ledger.Proof{}) {
			t.Errorf("OpenGate %s: got false, want true", when)
		}
	}
	c.fail()
	if c.OpenGate(noon, ledger.Proof{}) {
		t.Error("OpenGate after a failure: got true, want false")
	}
}

func TestEverythingTakenIsWhole(t *testing.T) {
	c := New(noon)
	why := ledger.Proof{Entry: "entry", Legs: []ledger.LegProof{{Leg: ledger.Member, Receipt: "receipt", Notice: "notice"}}}
	c.OpenGate(noon, why)
	at := noon.Add(1500 * time.Microsecond)
	c.Packet(1, at, &rtp.Header{SequenceNumber: 65535, Timestamp: 1 << 31, SSRC: 9, Marker: true}, []byte("voice"))
	c.SenderReport(0, at, 7, 1<<63, 5)
	c.CloseGate(at)
	got := taken(t, c, at)
	if len(got[1]) != 1 || got[1][0] != (journal.SenderReport{Arrival: 1500 * time.Microsecond, SSRC: 7, NTP: 1 << 63, RTP: 5}) {
		t.Errorf("member's lane: got %+v, want the sender report", got[1])
	}
	p := got[2][0].(journal.Packet)
	if p.Arrival != 1500*time.Microsecond || p.Sequence != 65535 || p.Timestamp != 1<<31 || p.SSRC != 9 || !p.Marker || p.Level != journal.NoLevel || string(p.Payload) != "voice" {
		t.Errorf("expert's lane: got %+v, want the packet as sent", p)
	}
	want := []any{journal.Event{Kind: journal.EventGateOpen, Proof: &why}, journal.Event{At: 1500 * time.Microsecond, Kind: journal.EventGateClose}}
	if !reflect.DeepEqual(got[0], want) {
		t.Errorf("call's lane: got %+v, want %+v", got[0], want)
	}
}

func TestGateEventsAreNotRepeated(t *testing.T) {
	c := New(noon)
	c.CloseGate(noon)
	c.OpenGate(noon, ledger.Proof{})
	c.OpenGate(noon, ledger.Proof{})
	c.CloseGate(noon)
	c.CloseGate(noon)
	if got := taken(t, c, noon)[0]; len(got) != 2 {
		t.Errorf("events: got %+v, want one opening and one closing", got)
	}
}

// TestNothingAfterCloseGate holds invariant 1: whoever sends while the gate
// closes has no packet taken once CloseGate has returned.
func TestNothingAfterCloseGate(t *testing.T) {
	for range 50 {
		c := New(noon)
		c.OpenGate(noon, ledger.Proof{})
		stop := make(chan struct{})
		var senders, running sync.WaitGroup
		for leg := range 2 {
			running.Add(1)
			senders.Go(func() {
				send(c, leg, noon, 0, "x")
				running.Done()
				for {
					select {
					case <-stop:
						return
					default:
						send(c, leg, noon, 1, "x")
					}
				}
			})
		}
		running.Wait()
		c.CloseGate(noon)
		atClose := c.Counts()
		c.take(noon)
		for i := range 200 {
			send(c, i%2, noon, 2, "x")
		}
		close(stop)
		senders.Wait()
		if got := c.Counts(); got != atClose {
			t.Fatalf("counts: got %+v, want %+v as when the gate had closed", got, atClose)
		}
		if got := taken(t, c, noon); len(got[1])+len(got[2]) != 0 {
			t.Fatalf("got %d and %d packets after the gate had closed, want none", len(got[1]), len(got[2]))
		}
	}
}

func TestFullBufferDropsAndCounts(t *testing.T) {
	c := New(noon)
	c.OpenGate(noon, ledger.Proof{})
	payload := string(make([]byte, 1000))
	const sent = 300
	for i := range sent {
		send(c, 0, noon, uint16(i), payload)
	}
	send(c, 1, noon, 1, payload)
	got := c.Counts()
	if got.Packets[0]+got.Dropped[0] != sent || got.Dropped[0] == 0 || got.Packets[1] != 1 || got.Dropped[1] != 0 {
		t.Errorf("counts: got %+v, want %d of the member's with some dropped, and one of the expert's", got, sent)
	}
	batch, _ := c.take(noon)
	if len(batch[1]) > laneBytes {
		t.Errorf("member's lane: got %d bytes, want at most %d", len(batch[1]), laneBytes)
	}
	send(c, 0, noon, 999, payload)
	if after := c.Counts(); after.Dropped != got.Dropped || after.Packets[0] != got.Packets[0]+1 {
		t.Errorf("counts after a flush: got %+v, want one packet more than %+v", after, got)
	}
}

func TestDroppedPacketsDoNotCountAsHeard(t *testing.T) {
	c := New(noon)
	c.OpenGate(noon, ledger.Proof{})
	big := string(make([]byte, laneBytes))
	send(c, 0, noon.Add(time.Minute), 1, big)
	if _, got := c.take(noon.Add(time.Minute)); got.alarms[0] != AlarmNoPackets {
		t.Errorf("alarm: got %q, want %q: nothing was taken", got.alarms[0], AlarmNoPackets)
	}
}

func TestTakeHandsOverEachRecordOnce(t *testing.T) {
	c := New(noon)
	c.OpenGate(noon, ledger.Proof{})
	for i := range 10 {
		send(c, 0, noon, uint16(i), "voice")
		if got := taken(t, c, noon)[1]; len(got) != 1 || got[0].(journal.Packet).Sequence != uint16(i) {
			t.Fatalf("take %d: got %+v, want packet %d alone", i, got, i)
		}
	}
}

func TestPacketDoesNotAllocate(t *testing.T) {
	c := New(noon)
	c.OpenGate(noon, ledger.Proof{})
	h, payload := &rtp.Header{SequenceNumber: 1}, make([]byte, 80)
	second := func() {
		for range 50 {
			c.Packet(0, noon, h, payload)
			c.Packet(1, noon, h, payload)
		}
		c.take(noon)
	}
	second()
	second() // both halves of the double buffer have grown
	if got := testing.AllocsPerRun(20, second); got != 0 {
		t.Errorf("allocations in 100 packets: got %v, want 0", got)
	}
}

func BenchmarkPacket(b *testing.B) {
	c := New(noon)
	c.OpenGate(noon, ledger.Proof{})
	h, payload, n := &rtp.Header{SequenceNumber: 1}, make([]byte, 80), 0
	b.ReportAllocs()
	for b.Loop() {
		c.Packet(0, noon, h, payload)
		if n++; n%1000 == 0 {
			c.take(noon)
		}
	}
}

func TestMarksStandWithTheirTimes(t *testing.T) {
	c := New(noon)
	c.OpenGate(noon, ledger.Proof{})
	c.Mark(journal.EventMute, journal.LegExpert, noon.Add(2*time.Second))
	c.CloseGate(noon.Add(3 * time.Second))
	c.Mark(journal.EventPause, journal.WholeCall, noon.Add(3*time.Second))
	want := []any{
		journal.Event{Kind: journal.EventGateOpen, Proof: &ledger.Proof{}},
		journal.Event{At: 2 * time.Second, Kind: journal.EventMute, Leg: journal.LegExpert},
		journal.Event{At: 3 * time.Second, Kind: journal.EventGateClose},
		journal.Event{At: 3 * time.Second, Kind: journal.EventPause},
	}
	if got := taken(t, c, noon.Add(4*time.Second)); !reflect.DeepEqual(got[journal.LaneCall], want) {
		t.Errorf("got %+v, want %+v", got[journal.LaneCall], want)
	}
}

// TestMarksAreBounded leaves the gate's own events their room.
func TestMarksAreBounded(t *testing.T) {
	c := New(noon)
	c.OpenGate(noon, ledger.Proof{})
	for range 20_000 {
		c.Mark(journal.EventMute, journal.LegMember, noon)
	}
	c.CloseGate(noon)
	events := taken(t, c, noon)[journal.LaneCall]
	if n := len(events) - 2 + int(c.Counts().MarksDropped); n != 20_000 || c.Counts().MarksDropped == 0 {
		t.Errorf("got %d marks, %d dropped, want 20000 together and some dropped", len(events)-2, c.Counts().MarksDropped)
	}
	if last := events[len(events)-1].(journal.Event); last.Kind != journal.EventGateClose {
		t.Errorf("last event: got %q, want the gate's", last.Kind)
	}
}
