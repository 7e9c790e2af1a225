package bridge

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"
)

func TestNothingPassesBeforeSoundOpens(t *testing.T) {
	b, net, _ := joined(t)
	tap := &fakeTap{}
	b.SetTap(tap)
	member, expert := net.made[Member], net.made[Expert]
	member.handler.Packet(epoch, packet(1, 10, 960), []byte("early"))
	if len(expert.out)+len(member.out) != 0 {
		t.Fatalf("before sound: got %v and %v, want nothing forwarded", member.out, expert.out)
	}
	if want := []sent{{10, 960, "early"}}; !slices.Equal(tap.packets, want) {
		t.Errorf("tap before sound: got %v, want %v", tap.packets, want)
	}
	b.OpenSound()
	member.handler.Packet(epoch.Add(20*time.Millisecond), packet(1, 11, 1920), []byte("now"))
	expert.handler.Packet(epoch, packet(2, 7, 0), []byte("back"))
	if want := []sent{{11, 1920, "now"}}; !slices.Equal(expert.out, want) {
		t.Errorf("to the expert: got %v, want %v", expert.out, want)
	}
	if want := []sent{{7, 0, "back"}}; !slices.Equal(member.out, want) {
		t.Errorf("to the member: got %v, want %v", member.out, want)
	}
	if want := []int{Member, Member, Expert}; !slices.Equal(tap.legs, want) {
		t.Errorf("legs at the tap: got %v, want %v", tap.legs, want)
	}
}

func TestClosedSoundPassesNothingAndTheNumberingGoesOn(t *testing.T) {
	b, net, _ := joined(t)
	member, expert := net.made[Member], net.made[Expert]
	b.OpenSound()
	member.handler.Packet(epoch, packet(1, 10, 960), []byte("before"))
	b.CloseSound()
	member.handler.Packet(epoch.Add(20*time.Millisecond), packet(1, 11, 1920), []byte("on hold"))
	expert.handler.Packet(epoch, packet(2, 7, 0), []byte("on hold"))
	b.OpenSound()
	member.handler.Packet(epoch.Add(40*time.Millisecond), packet(1, 12, 2880), []byte("after"))
	if len(member.out) != 0 || len(expert.out) != 2 {
		t.Fatalf("got %v and %v, want nothing of what was said on hold", member.out, expert.out)
	}
	if a, z := expert.out[0], expert.out[1]; z.seq != a.seq+1 || z.payload != "after" {
		t.Errorf("after the hold: got %v behind %v, want the next number", z, a)
	}
}

func TestTap(t *testing.T) {
	b, net, _ := joined(t)
	b.OpenSound()
	member := net.made[Member].handler
	first, second := &fakeTap{}, &fakeTap{}
	member.Packet(epoch, packet(1, 1, 0), nil)
	member.SenderReport(epoch, 1, 0, 0)
	b.SetTap(first)
	member.Packet(epoch, packet(1, 2, 0), nil)
	member.SenderReport(epoch, 2, 0, 0)
	b.SetTap(second)
	member.Packet(epoch, packet(1, 3, 0), nil)
	b.SetTap(nil)
	member.Packet(epoch, packet(1, 4, 0), nil)
	member.SenderReport(epoch, 4, 0, 0)
	if len(first.packets) != 1 || first.packets[0].seq != 2 || !slices.Equal(first.reports, []uint32{2}) {
		t.Errorf("first tap: got %v and reports %v, want packet 2 and report 2", first.packets, first.reports)
	}
	if len(second.packets) != 1 || second.packets[0].seq != 3 || len(second.reports) != 0 {
		t.Errorf("second tap: got %v and reports %v, want packet 3", second.packets, second.reports)
	}
	if got := len(net.made[Expert].out); got != 4 {
		t.Errorf("forwarded with and without a tap: got %d packets, want 4", got)
	}
}

// TestTapSeesWhatWasReceived: the recording keeps the sender's numbering, not
// the one made for the listener.
func TestTapSeesWhatWasReceived(t *testing.T) {
	b, net, _ := joined(t)
	tap := &fakeTap{}
	b.SetTap(tap)
	b.OpenSound()
	member := net.made[Member].handler
	member.Packet(epoch, packet(1, 500, 0), nil)
	member.Packet(epoch.Add(20*time.Millisecond), packet(9, 3, 70000), nil)
	if want := []sent{{500, 0, ""}, {3, 70000, ""}}; !slices.Equal(tap.packets, want) {
		t.Errorf("tap: got %v, want %v", tap.packets, want)
	}
	if want := []sent{{500, 0, ""}, {501, 960, ""}}; !slices.Equal(net.made[Expert].out, want) {
		t.Errorf("listener: got %v, want %v", net.made[Expert].out, want)
	}
}

// TestTapSeesNothingSentBefore: what was lost before the tap was set, and is sent
// again, reaches the listener alone.
func TestTapSeesNothingSentBefore(t *testing.T) {
	b, net, _ := joined(t)
	b.OpenSound()
	member, tap := net.made[Member].handler, &fakeTap{}
	for _, seq := range []uint16{10, 12} {
		member.Packet(epoch, packet(1, seq, uint32(seq)*960), nil)
	}
	b.SetTap(tap)
	for _, seq := range []uint16{11, 13} {
		member.Packet(epoch, packet(1, seq, uint32(seq)*960), nil)
	}
	if len(tap.packets) != 1 || tap.packets[0].seq != 13 {
		t.Errorf("tap: got %v, want packet 13 alone", tap.packets)
	}
	if got := len(net.made[Expert].out); got != 4 {
		t.Errorf("listener: got %d packets, want 4", got)
	}
}

// TestFollowedGenerations: they go on above those of an earlier process.
func TestFollowedGenerations(t *testing.T) {
	b, _, _ := joined(t)
	b.Follow(70)
	if generation, _, err := b.Offer(t.Context(), Expert); err != nil || generation != 71 {
		t.Errorf("offer: got generation %d and %v, want 71", generation, err)
	}
}

func TestGenerations(t *testing.T) {
	b, net, _ := joined(t)
	if got := b.Generation(Member); got != 1 {
		t.Errorf("generation: got %d, want 1", got)
	}
	generation, sdp, err := b.Offer(t.Context(), Member)
	if err != nil || generation != 2 || sdp != "offer of 2" {
		t.Fatalf("second offer: got %d %q %v, want 2 and the offer of a new transport", generation, sdp, err)
	}
	old, fresh := net.made[0], net.made[2]
	if !old.closed || fresh.closed {
		t.Errorf("closed: the replaced one %v, the new one %v, want true and false", old.closed, fresh.closed)
	}
	for name, err := range map[string]error{
		"answer to the old one":          b.Answer(Member, 1, 0, "x"),
		"candidate for the old one":      b.AddCandidate(Member, 1, Candidate{}),
		"answer to one that is to come":  b.Answer(Member, 3, 0, "x"),
		"answer to none":                 b.Answer(Member, 0, 0, "x"),
		"the other leg's generation":     b.Answer(Expert, 2, 0, "x"),
		"candidate of a negative number": b.AddCandidate(Expert, -1, Candidate{}),
	} {
		if !errors.Is(err, ErrGeneration) {
			t.Errorf("%s: got %v, want ErrGeneration", name, err)
		}
	}
	if err := errors.Join(b.Answer(Member, 2, 0, "good"), b.AddCandidate(Member, 2, Candidate{Candidate: "c"})); err != nil {
		t.Errorf("answer and candidate for the new one: %v", err)
	}
	if !slices.Equal(fresh.answers, []string{"good"}) || len(fresh.candidates) != 1 || len(old.answers) != 0 {
		t.Errorf("got %v, %v and %v, want them at the new transport only", fresh.answers, fresh.candidates, old.answers)
	}
	if got := b.Stats(Member).PacketsIn; got != 1 {
		t.Errorf("stats: got %d, want those of the new transport", got)
	}
}

// TestARestartKeepsTheTransport: finding the way anew makes no new connection.
func TestARestartKeepsTheTransport(t *testing.T) {
	b, net, _ := joined(t)
	n, sdp, err := b.Restart(t.Context(), Member, 1)
	if err != nil || n != 1 || sdp != "restart of 0" {
		t.Fatalf("got %d %q %v, want the first restart of the transport there is", n, sdp, err)
	}
	if err := b.Answer(Member, 1, n, "found"); err != nil {
		t.Fatal(err)
	}
	if got := net.made[0]; len(net.made) != 2 || got.closed || !slices.Equal(got.answers, []string{"1 found"}) {
		t.Errorf("got %d transports, the first closed is %t with answers %v, want 2, open, its answer", len(net.made), got.closed, got.answers)
	}
	if _, _, err := b.Restart(t.Context(), Member, 2); !errors.Is(err, ErrGeneration) {
		t.Errorf("restart of another generation: got %v, want ErrGeneration", err)
	}
	net.made[0].failing = true
	if _, _, err := b.Restart(t.Context(), Member, 1); !errors.Is(err, errTransport) {
		t.Errorf("restart that fails: got %v, want the transport's error", err)
	}
}

func TestANewTransportGetsThePackets(t *testing.T) {
	b, net, _ := joined(t)
	b.OpenSound()
	expert := net.made[Expert].handler
	expert.Packet(epoch, packet(2, 50, 0), []byte("a"))
	offer(t, b, Member)
	expert.Packet(epoch.Add(20*time.Millisecond), packet(2, 51, 960), []byte("b"))
	if want := []sent{{50, 0, "a"}}; !slices.Equal(net.made[0].out, want) {
		t.Errorf("old transport: got %v, want %v", net.made[0].out, want)
	}
	if want := []sent{{51, 960, "b"}}; !slices.Equal(net.made[2].out, want) {
		t.Errorf("new transport: got %v, want %v", net.made[2].out, want)
	}
}

func TestStatesNameTheirGeneration(t *testing.T) {
	b, net, reports := joined(t)
	old := net.made[Member].handler
	old.State(StateConnected)
	offer(t, b, Member)
	old.State(StateLost) // it was under way when the new one was made
	net.made[2].handler.State(StateConnected)
	want := []report{{Member, 1, StateConnected}, {Member, 1, StateLost}, {Member, 2, StateConnected}}
	if !slices.Equal(*reports, want) {
		t.Errorf("got %v, want %v", *reports, want)
	}
}

func TestFailures(t *testing.T) {
	net := &fakeNet{refused: true}
	b := New(net.dial, func(int, int, State) {})
	if _, _, err := b.Offer(t.Context(), Member); !errors.Is(err, errTransport) {
		t.Errorf("dial: got %v, want the transport's error", err)
	}
	net.refused, net.failing = false, true
	if _, _, err := b.Offer(t.Context(), Member); !errors.Is(err, errTransport) {
		t.Errorf("offer: got %v, want the transport's error", err)
	}
	if !net.made[0].closed {
		t.Error("a transport that made no offer was left open")
	}
	if err := b.Answer(Member, b.Generation(Member), 0, "x"); !errors.Is(err, ErrGeneration) {
		t.Errorf("answer without a transport: got %v, want ErrGeneration", err)
	}
	if got := b.Stats(Member); got != (Stats{}) {
		t.Errorf("stats without a transport: got %+v, want none", got)
	}
	net.failing = false
	if got := offer(t, b, Member); got != 3 {
		t.Errorf("generation after two failures: got %d, want 3", got)
	}
}

func TestAPacketWithoutAListenerIsDropped(t *testing.T) {
	net := &fakeNet{}
	b := New(net.dial, func(int, int, State) {})
	offer(t, b, Member)
	b.OpenSound()
	net.made[0].handler.Packet(epoch, packet(1, 1, 0), nil)
	if len(net.made[0].out) != 0 {
		t.Errorf("got %v, want nothing: nobody hears themselves", net.made[0].out)
	}
}

func TestClose(t *testing.T) {
	b, net, reports := joined(t)
	tap := &fakeTap{}
	b.SetTap(tap)
	b.OpenSound()
	b.Close()
	b.Close()
	for i, made := range net.made {
		if !made.closed {
			t.Errorf("transport %d was left open", i)
		}
		made.handler.Packet(epoch, packet(1, 1, 0), nil)
		made.handler.State(StateLost)
	}
	if len(tap.packets) != 0 || len(*reports) != 0 || len(net.made[0].out)+len(net.made[1].out) != 0 {
		t.Errorf("after Close: got %v at the tap, %v reported, want nothing", tap.packets, *reports)
	}
	if _, _, err := b.Offer(t.Context(), Member); err == nil {
		t.Error("offer after Close: got no error")
	}
	if err := b.Answer(Member, 1, 0, "x"); !errors.Is(err, ErrGeneration) {
		t.Errorf("answer after Close: got %v, want ErrGeneration", err)
	}
}

// forward returns a function that sends one packet through a bridge.
func forward(t testing.TB, tap Tap) func() {
	b, net, _ := joined(t)
	net.made[Expert].keep = false
	b.SetTap(tap)
	b.OpenSound()
	h, payload := packet(1, 0, 0), make([]byte, 80)
	member, seq, at := net.made[Member].handler, uint16(0), epoch
	return func() {
		// A transport reads each header anew.
		seq++
		at = at.Add(20 * time.Millisecond)
		h.SequenceNumber, h.Timestamp, h.SSRC, h.PayloadType = seq, uint32(seq)*960, 1, 111
		member.Packet(at, h, payload)
	}
}

// idleTap looks at packets and keeps none.
type idleTap struct{ fakeTap }

func (*idleTap) Packet(int, time.Time, *rtp.Header, []byte) {}

func TestForwardingAllocatesNothing(t *testing.T) {
	for name, tap := range map[string]Tap{"no tap": nil, "with a tap": &idleTap{}} {
		if got := testing.AllocsPerRun(2000, forward(t, tap)); got != 0 {
			t.Errorf("%s: got %v allocations a packet, want 0", name, got)
		}
	}
}

func BenchmarkForward(b *testing.B) {
	for name, tap := range map[string]Tap{"plain": nil, "tapped": &idleTap{}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			one := forward(b, tap)
			for b.Loop() {
				one()
			}
		})
	}
}
