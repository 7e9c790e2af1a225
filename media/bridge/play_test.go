package bridge

import (
	"context"
	"errors"
	"testing"
	"time"
)

func prompt(n int) [][]byte {
	var out [][]byte
	for range n {
		out = append(out, []byte("prompt"))
	}
	return out
}

// TestPlayKeepsTheNumbering: the leg sees one unbroken stream, the other leg's
// packets are withheld so long, and no number goes out twice.
func TestPlayKeepsTheNumbering(t *testing.T) {
	b, net, _ := joined(t)
	b.OpenSound()
	speaker, listener := net.made[Expert], net.made[Member]
	say := func(seq uint16, what string) {
		speaker.handler.Packet(time.Now(), packet(7, seq, 1000+uint32(seq)*960), []byte(what))
	}
	say(10, "before")
	say(11, "before")
	done := make(chan error, 1)
	go func() { done <- b.Play(t.Context(), Member, prompt(5)) }()
	deadline := time.After(10 * time.Second)
	for begun := false; !begun; {
		select {
		case <-time.After(time.Millisecond):
		case <-deadline:
			t.Fatal("nothing is played")
		}
		listener.mu.Lock()
		begun = len(listener.out) > 2
		listener.mu.Unlock()
	}
	say(12, "withheld")
	if err := b.Play(t.Context(), Member, prompt(1)); !errors.Is(err, ErrPlaying) {
		t.Errorf("a second prompt: got %v, want ErrPlaying", err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	say(13, "after")
	say(14, "after")
	listener.mu.Lock()
	defer listener.mu.Unlock()
	want := []string{"before", "before", "prompt", "prompt", "prompt", "prompt", "prompt", "after", "after"}
	if len(listener.out) != len(want) {
		t.Fatalf("got %+v, want %v", listener.out, want)
	}
	for i, p := range listener.out {
		if p.payload != want[i] {
			t.Errorf("packet %d: got %q, want %q", i, p.payload, want[i])
		}
		if i > 0 && (p.seq != listener.out[i-1].seq+1 || int32(p.ts-listener.out[i-1].ts) < 960) {
			t.Errorf("packet %d: number %d at %d follows %d at %d", i, p.seq, p.ts, listener.out[i-1].seq, listener.out[i-1].ts)
		}
	}
}

func TestPlayThatIsCutShort(t *testing.T) {
	b, _, _ := joined(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Play(ctx, Member, prompt(5)); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: got %v", err)
	}
	done := make(chan error, 1)
	go func() { done <- b.Play(t.Context(), Member, prompt(200)) }()
	offer(t, b, Member) // before it begins, or while it plays: either way it is another connection than at the end
	closed := make(chan struct{})
	go func() { defer close(closed); <-time.After(50 * time.Millisecond); b.Close() }()
	if err := <-done; !errors.Is(err, ErrInterrupted) {
		t.Errorf("replaced and closed: got %v, want ErrInterrupted", err)
	}
	<-closed
	if err := b.Play(t.Context(), Member, prompt(1)); !errors.Is(err, ErrInterrupted) {
		t.Errorf("after the end: got %v, want ErrInterrupted", err)
	}
}

// TestTapHearsWhatIsPlayed: the recording is shown each frame with the time at which
// it is due, 20 ms apart whatever the timer did.
func TestTapHearsWhatIsPlayed(t *testing.T) {
	b, _, _ := joined(t)
	tap := &fakeTap{}
	b.SetTap(tap)
	if err := b.Play(t.Context(), Expert, prompt(4)); err != nil {
		t.Fatal(err)
	}
	if len(tap.spoken) != 4 || len(tap.packets) != 0 {
		t.Fatalf("got %+v, want four frames of the prompt", tap.spoken)
	}
	for i, s := range tap.spoken {
		if s.leg != Expert || s.frame != "prompt" || s.due.Sub(tap.spoken[0].due) != time.Duration(i)*frameTime {
			t.Errorf("frame %d: got %+v", i, s)
		}
	}
}
