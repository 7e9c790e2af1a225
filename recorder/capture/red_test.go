package capture

import (
	"encoding/binary"
	"reflect"
	"testing"
	"time"

	"github.com/pion/rtp"

	"parley/media/red"
	"parley/recorder/consent/ledger"
	"parley/recorder/journal"
)

// redundant is a packet with a copy of the one before it (RFC 2198).
func redundant(before, now string) []byte {
	out := binary.BigEndian.AppendUint32(nil, 1<<31|red.TypeOpus<<24|960<<10|uint32(len(before)))
	out = append(out, red.TypeOpus)
	return append(append(out, before...), now...)
}

// kept is what of a packet is in the journal.
type kept struct {
	red     bool
	payload string
}

// TestRedundantAudioIsKeptAsReceived, but for copies of what was spoken before
// the gate opened, or while it was shut.
func TestRedundantAudioIsKeptAsReceived(t *testing.T) {
	c := New(noon)
	say := func(seq uint16, before, now string) {
		h := &rtp.Header{PayloadType: red.TypeRED, SequenceNumber: seq, Timestamp: uint32(seq) * 960, SSRC: 7}
		c.Packet(0, noon.Add(time.Duration(seq)*20*time.Millisecond), h, redundant(before, now))
	}
	say(1, "secret", "secret")
	c.OpenGate(noon, ledger.Proof{})
	say(2, "secret", "a")
	say(3, "a", "b")
	c.CloseGate(noon)
	say(4, "b", "card number")
	c.OpenGate(noon, ledger.Proof{})
	say(5, "card number", "c")
	say(6, "c", "d")
	want := []kept{{false, "a"}, {true, string(redundant("a", "b"))}, {false, "c"}, {true, string(redundant("c", "d"))}}
	var got []kept
	for _, rec := range taken(t, c, noon)[1] {
		p := rec.(journal.Packet)
		got = append(got, kept{p.RED, string(p.Payload)})
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestServersSoundIsKept, as long as the gate is open.
func TestServersSoundIsKept(t *testing.T) {
	c := New(noon)
	say := func(ms int, what string) { c.Spoken(1, noon.Add(time.Duration(ms)*time.Millisecond), []byte(what)) }
	say(0, "before")
	c.OpenGate(noon, ledger.Proof{})
	say(20, "a")
	say(40, "b")
	c.CloseGate(noon)
	say(60, "after")
	want := []any{
		journal.Spoken{Due: 20 * time.Millisecond, Payload: []byte("a")}, journal.Spoken{Due: 40 * time.Millisecond, Payload: []byte("b")},
	}
	lanes := taken(t, c, noon)
	if got := lanes[2]; !reflect.DeepEqual(got, want) || len(lanes[1]) != 0 {
		t.Errorf("got %v and %v in the other voice, want %v and nothing", got, lanes[1], want)
	}
}

func TestRedundantPacketDoesNotAllocate(t *testing.T) {
	c := New(noon)
	c.OpenGate(noon, ledger.Proof{})
	h, payload := &rtp.Header{PayloadType: red.TypeRED}, redundant("before", "now")
	second := func() {
		for range 100 {
			h.SequenceNumber++
			h.Timestamp += 960
			c.Packet(0, noon, h, payload)
		}
		c.take(noon)
	}
	second()
	second() // both halves of the double buffer have grown
	if got := testing.AllocsPerRun(20, second); got != 0 {
		t.Errorf("allocations in 100 packets: got %v, want 0", got)
	}
}
