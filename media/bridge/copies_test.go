package bridge

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"
	"pgregory.net/rapid"

	"parley/media/red"
)

// opusFrame is an Opus packet of 20 ms (RFC 6716 table 2, configuration 1) that
// carries a word.
func opusFrame(word string) string { return "\x08" + word }

// copied is one block of redundant audio.
type copied struct {
	back    uint32 // ticks
	payload string
}

// redundant makes a payload of RFC 2198.
func redundant(primary string, copies ...copied) []byte {
	var out []byte
	for _, c := range copies {
		out = binary.BigEndian.AppendUint32(out, 1<<31|red.TypeOpus<<24|c.back<<10|uint32(len(c.payload)))
	}
	out = append(out, red.TypeOpus)
	for _, c := range copies {
		out = append(out, c.payload...)
	}
	return append(out, primary...)
}

// redPacket is the header of a packet of redundant audio.
func redPacket(ssrc uint32, seq uint16, ts uint32) *rtp.Header {
	h := packet(ssrc, seq, ts)
	h.PayloadType = red.TypeRED
	return h
}

// came is one packet that a leg receives.
type came struct {
	seq     uint16
	ts      uint32
	payload []byte // redundant audio
	plain   string // or plain Opus
}

// pair is a packet with a copy of the one before it.
func pair(seq uint16, ts uint32, before, now string) came {
	return came{seq: seq, ts: ts, payload: redundant(opusFrame(now), copied{960, opusFrame(before)})}
}

func TestRedundantAudioToALegWithout(t *testing.T) {
	first := came{seq: 10, ts: 9600, payload: redundant(opusFrame("a"))}
	tests := []struct {
		name string
		in   []came
		want []sent
	}{
		{"copies of what came are dropped", []came{first, pair(11, 10560, "a", "b"), pair(12, 11520, "b", "c")},
			[]sent{{10, 9600, "a"}, {11, 10560, "b"}, {12, 11520, "c"}}},
		{"a copy fills the place of a loss", []came{first, pair(12, 11520, "b", "c")},
			[]sent{{10, 9600, "a"}, {11, 10560, "b"}, {12, 11520, "c"}}},
		{"the packet itself comes later and is not repeated", []came{first, pair(12, 11520, "b", "c"), pair(11, 10560, "a", "b"), pair(13, 12480, "c", "d")},
			[]sent{{10, 9600, "a"}, {11, 10560, "b"}, {12, 11520, "c"}, {13, 12480, "d"}}},
		{"two losses, two copies", []came{first, {seq: 13, ts: 12480, payload: redundant(opusFrame("d"), copied{1920, opusFrame("b")}, copied{960, opusFrame("c")})}},
			[]sent{{10, 9600, "a"}, {11, 10560, "b"}, {12, 11520, "c"}, {13, 12480, "d"}}},
		{"two losses, one copy", []came{first, pair(13, 12480, "c", "d")},
			[]sent{{10, 9600, "a"}, {12, 11520, "c"}, {13, 12480, "d"}}},
		{"a copy whose packet is not known, for it does not join", []came{first, {seq: 12, ts: 20160, payload: redundant(opusFrame("c"), copied{1920, opusFrame("b")})}},
			[]sent{{10, 9600, "a"}, {12, 20160, "c"}}},
		{"a copy that is no Opus", []came{first, {seq: 12, ts: 11520, payload: redundant(opusFrame("c"), copied{960, "\x03"})}},
			[]sent{{10, 9600, "a"}, {12, 11520, "c"}}},
		{"a copy that comes late fills its place still", []came{first, {seq: 13, ts: 12480, plain: opusFrame("d")}, pair(12, 11520, "b", "c")},
			[]sent{{10, 9600, "a"}, {13, 12480, "d"}, {11, 10560, "b"}, {12, 11520, "c"}}},
		{"no copy of what was before the first packet", []came{pair(10, 9600, "?", "a")},
			[]sent{{10, 9600, "a"}}},
		{"a malformed packet goes no further", []came{first, {seq: 11, ts: 10560, payload: []byte("\xef\x0f")}, {seq: 11, ts: 10560}},
			[]sent{{10, 9600, "a"}}},
		{"plain Opus stays plain", []came{{seq: 10, ts: 9600, plain: opusFrame("a")}, pair(11, 10560, "a", "b")},
			[]sent{{10, 9600, "a"}, {11, 10560, "b"}}},
		{"numbers wrap", []came{{seq: 65534, ts: 0xfffffc40, payload: redundant(opusFrame("a"))}, pair(0, 960, "b", "c")},
			[]sent{{65534, 0xfffffc40, "a"}, {65535, 0, "b"}, {0, 960, "c"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, net, _ := joined(t)
			b.OpenSound()
			for i, c := range tt.in {
				receive(net.made[Member], c, epoch.Add(time.Duration(i)*20*time.Millisecond))
			}
			out := net.made[Expert]
			for i := range out.out {
				out.out[i].payload = strings.TrimPrefix(out.out[i].payload, "\x08")
			}
			if !slices.Equal(out.out, tt.want) {
				t.Errorf("got %v, want %v", out.out, tt.want)
			}
			if slices.Contains(out.kinds, red.TypeRED) {
				t.Errorf("types: got %v, want plain Opus only", out.kinds)
			}
		})
	}
}

// receive lets a transport receive a packet.
func receive(f *fakeTransport, c came, at time.Time) {
	if c.plain != "" {
		f.handler.Packet(at, packet(1, c.seq, c.ts), []byte(c.plain))
		return
	}
	f.handler.Packet(at, redPacket(1, c.seq, c.ts), c.payload)
}

func TestRedundantAudioPassesToALegThatTakesIt(t *testing.T) {
	b, net, _ := joined(t)
	net.made[Expert].red = true
	b.OpenSound()
	payload := redundant(opusFrame("c"), copied{960, opusFrame("b")})
	member := net.made[Member]
	receive(member, came{seq: 10, ts: 9600, payload: redundant(opusFrame("a"))}, epoch)
	receive(member, came{seq: 12, ts: 11520, payload: payload}, epoch)
	receive(member, came{seq: 13, ts: 12480, plain: opusFrame("d")}, epoch)
	out := net.made[Expert]
	want := []sent{{10, 9600, "o" + opusFrame("a")}, {12, 11520, string(payload)}, {13, 12480, opusFrame("d")}}
	if !slices.Equal(out.out, want) {
		t.Errorf("got %v, want %v", out.out, want)
	}
	if want := (kinds{red.TypeRED, red.TypeRED, red.TypeOpus}); !slices.Equal(out.kinds, want) {
		t.Errorf("types: got %v, want %v", out.kinds, want)
	}
}

// TestNoCopyOfWhatWasWithheld: nobody hears, in a copy, what was said before
// the sound was opened.
func TestNoCopyOfWhatWasWithheld(t *testing.T) {
	for _, takes := range []bool{false, true} {
		b, net, _ := joined(t)
		out, member := net.made[Expert], net.made[Member]
		out.red = takes
		receive(member, pair(9, 8640, "secret", "secret"), epoch)
		b.OpenSound()
		receive(member, pair(10, 9600, "secret", "a"), epoch)
		receive(member, pair(11, 10560, "a", "b"), epoch)
		receive(member, came{seq: 12, ts: 11520, payload: redundant(opusFrame("c"), copied{2880, opusFrame("secret")}, copied{1920, opusFrame("a")}, copied{960, opusFrame("b")})}, epoch)
		heard := ""
		for _, p := range out.out {
			heard += p.payload
		}
		if strings.Contains(heard, "secret") || len(out.out) != 3 {
			t.Errorf("takes redundant audio %v: got %v, want three packets without what was withheld", takes, out.out)
		}
		if want := (kinds{red.TypeOpus, red.TypeRED, red.TypeOpus}); takes && !slices.Equal(out.kinds, want) {
			t.Errorf("types: got %v, want %v", out.kinds, want)
		}
	}
}

// TestNoNumberIsSentTwiceWithCopies: whatever redundant audio comes in, hostile
// or not, no number goes out twice within the reach of the guard.
func TestNoNumberIsSentTwiceWithCopies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net := &fakeNet{}
		b := New(net.dial, func(int, int, State) {})
		for leg := range 2 {
			if _, _, err := b.Offer(t.Context(), leg); err != nil {
				t.Fatal(err)
			}
		}
		b.OpenSound()
		seq := rapid.Uint16().Draw(t, "first")
		for range rapid.IntRange(1, 200).Draw(t, "packets") {
			seq += uint16(rapid.IntRange(-3, 6).Draw(t, "step"))
			h, payload := redPacket(rapid.Uint32Range(1, 2).Draw(t, "source"), seq, uint32(seq)*960), []byte(nil)
			if rapid.Bool().Draw(t, "honest") {
				payload = redundant(opusFrame("d"), copied{1920, opusFrame("b")}, copied{960, opusFrame("c")})
			} else {
				payload = rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "payload")
			}
			net.made[Member].handler.Packet(epoch, h, payload)
		}
		last, seen := -1, map[int]bool{}
		for _, p := range net.made[Expert].out {
			n := int(p.seq)
			if last >= 0 {
				n = last + int(int16(p.seq-uint16(last)))
			}
			if seen[n] {
				t.Fatalf("number %d was sent twice", p.seq)
			}
			seen[n], last = true, n
		}
	})
}

func TestTranslatingAllocatesNothing(t *testing.T) {
	b, net, _ := joined(t)
	net.made[Expert].keep = false
	b.OpenSound()
	h, payload := redPacket(1, 0, 0), redundant(opusFrame("now"), copied{960, opusFrame("before")})
	member, seq, at := net.made[Member].handler, uint16(0), epoch
	if got := testing.AllocsPerRun(2000, func() {
		seq += 2 // each second packet is lost
		at = at.Add(40 * time.Millisecond)
		h.SequenceNumber, h.Timestamp, h.SSRC, h.PayloadType = seq, uint32(seq)*960, 1, red.TypeRED
		member.Packet(at, h, payload)
	}); got != 0 {
		t.Errorf("got %v allocations a packet, want 0", got)
	}
}
