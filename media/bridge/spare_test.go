package bridge

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// beforehand is a bridge whose expert has so many spares beside the member's transport.
func beforehand(t *testing.T, spares int) (b *Bridge, net *fakeNet, reports *[]report, generations []int) {
	t.Helper()
	net, reports = &fakeNet{}, &[]report{}
	b = New(net.dial, func(leg, generation int, s State) {
		*reports = append(*reports, report{leg, generation, s})
	})
	offer(t, b, Member)
	for range spares {
		g, _, err := b.Spare(t.Context(), Expert)
		if err != nil {
			t.Fatal(err)
		}
		generations = append(generations, g)
	}
	return b, net, reports, generations
}

// TestNothingPassesASpare: before it is taken nobody hears what comes over it, no tap
// sees it, and nothing is sent, even with the sound open.
func TestNothingPassesASpare(t *testing.T) {
	b, net, _, g := beforehand(t, 1)
	defer b.Close()
	member, spare, tap := net.made[0], net.made[1], &fakeTap{}
	b.SetTap(tap)
	b.OpenSound()
	must(t, b.Answer(Expert, g[0], 0, "answer"))
	spare.handler.State(StateConnected)
	spare.handler.Packet(epoch, packet(2, 10, 960), []byte("ringing"))
	spare.handler.SenderReport(epoch, 2, 0, 0)
	member.handler.Packet(epoch, packet(1, 10, 960), []byte("hello?"))
	if len(member.out) != 0 || len(spare.out) != 0 {
		t.Errorf("to the member %v, to the spare %v, want nothing", member.out, spare.out)
	}
	if !slices.Equal(tap.legs, []int{Member}) || len(tap.reports) != 0 {
		t.Errorf("the tap saw packets of legs %v and reports %v, want the member's alone", tap.legs, tap.reports)
	}
	if packets, _ := b.Quiet(Expert); packets <= 0 {
		t.Errorf("the expert was heard %v ago, want never", packets)
	}
	if got := b.Generation(Expert); got != 0 {
		t.Errorf("generation %d serves the expert, want none", got)
	}
}

// TestATakenSpareServes: from then on it is the leg's connection like any other, what
// it carried before stays unseen, and the other spares end.
func TestATakenSpareServes(t *testing.T) {
	b, net, reports, g := beforehand(t, 3)
	member, other := net.made[0], net.made[2]
	must(t, b.Answer(Expert, g[1], 0, "answer"))
	other.handler.State(StateConnected)
	for _, seq := range []uint16{10, 12} {
		other.handler.Packet(epoch, packet(2, seq, uint32(seq)*960), []byte("before"))
	}
	if state, taken := b.Take(Expert, g[1]); !taken || state != StateConnected {
		t.Fatalf("taken %v in state %s, want it connected", taken, state)
	}
	if b.Generation(Expert) != g[1] || (*reports)[0] != (report{Expert, g[1], StateConnected}) {
		t.Errorf("generation %d, reports %v, want %d", b.Generation(Expert), *reports, g[1])
	}
	tap := &fakeTap{}
	b.SetTap(tap)
	b.OpenSound()
	other.handler.Packet(epoch, packet(2, 11, 11*960), []byte("late"))
	other.handler.Packet(epoch.Add(20*time.Millisecond), packet(2, 13, 13*960), []byte("now"))
	member.handler.Packet(epoch, packet(1, 5, 960), []byte("hello"))
	if len(tap.packets) != 2 || tap.packets[0].payload != "now" {
		t.Errorf("the tap saw %v, want nothing of before the accept", tap.packets)
	}
	if len(member.out) == 0 || member.out[len(member.out)-1].payload != "now" || len(other.out) != 1 {
		t.Errorf("to the member %v, to the expert %v, want both heard", member.out, other.out)
	}
	if next := offer(t, b, Expert); next <= g[2] {
		t.Errorf("the next generation is %d, want one above all that a browser has seen, %d", next, g[2])
	}
	b.Close()
	for i, tr := range net.made {
		if !tr.closed {
			t.Errorf("transport %d is open after the end", i)
		}
	}
}

// TestSparesThatAreNotTaken: one that nobody answered, that is lost or that was
// dropped, serves nobody; an offer ends all of them, and a served leg gets none.
func TestSparesThatAreNotTaken(t *testing.T) {
	b, net, _, g := beforehand(t, 3)
	for _, generation := range g[1:] {
		must(t, b.Answer(Expert, generation, 0, "answer"))
	}
	net.made[2].handler.State(StateLost)
	b.DropSpare(Expert, g[2])
	for i, what := range []string{"not answered", "lost", "dropped"} {
		if _, taken := b.Take(Expert, g[i]); taken {
			t.Errorf("one that is %s was taken", what)
		}
	}
	if err := b.Answer(Expert, g[2], 0, "answer"); !errors.Is(err, ErrGeneration) {
		t.Errorf("an answer to one that was dropped: %v, want ErrGeneration", err)
	}
	served := offer(t, b, Expert)
	if err := b.Answer(Expert, g[0], 0, "answer"); !errors.Is(err, ErrGeneration) {
		t.Errorf("an answer to a spare after the offer: %v, want ErrGeneration", err)
	}
	if b.Generation(Expert) != served {
		t.Errorf("generation %d serves, want %d", b.Generation(Expert), served)
	}
	if _, _, err := b.Spare(t.Context(), Expert); err == nil {
		t.Error("a leg that is served got a spare")
	}
	b.Close()
	if _, _, err := b.Spare(t.Context(), Expert); err == nil {
		t.Error("a bridge that is closed made a spare")
	}
	for i, tr := range net.made {
		if !tr.closed {
			t.Errorf("transport %d is open after the end", i)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
