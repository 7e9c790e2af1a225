package e2e

import (
	"context"
	"testing"
	"time"

	"parley/cmd/internal/softphone"
	"parley/media/audiomatch"
	"parley/signaling/wire"
)

// TestCallByEachWay: a member who reaches the server by one way alone is heard
// by the expert and hears them.
func TestCallByEachWay(t *testing.T) {
	for _, way := range []softphone.Way{softphone.ICETCP, softphone.RelayUDP, softphone.RelayTCP} {
		t.Run(string(way), func(t *testing.T) {
			s := startServer(t, t.TempDir())
			ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
			defer cancel()
			expert := dial(ctx, t, s, "dr-lee", softphone.Direct)
			member := dial(ctx, t, s, "maya", way)
			must(t, member.Wait(ctx, "the expert", available("dr-lee")))
			must(t, member.Send(ctx, &wire.CallStart{Expert: "dr-lee"}))
			must(t, expert.Wait(ctx, "the ringing", func(st softphone.State) bool { return st.Call != nil }))
			must(t, expert.Send(ctx, &wire.CallAccept{Call: expert.State().Call.ID}))
			for _, p := range []*softphone.Phone{member, expert} {
				must(t, p.Agree(ctx, wire.AnswerNo))
			}
			for i, p := range []*softphone.Phone{member, expert} {
				must(t, p.Wait(ctx, "the call", func(st softphone.State) bool {
					return st.Call != nil && st.Call.State == "active" && p.Media() != nil
				}))
				p.Media().Say(audiomatch.Phrase(i+1, 3*time.Second))
			}
			for _, p := range []*softphone.Phone{member, expert} {
				waitForSound(ctx, t, p)
				must(t, p.Close())
			}
		})
	}
}

func available(expert string) func(softphone.State) bool {
	return func(st softphone.State) bool {
		for _, x := range st.Experts {
			if x.ID == expert {
				return x.State == wire.StateAvailable
			}
		}
		return false
	}
}

func dial(ctx context.Context, t *testing.T, s *server, person string, way softphone.Way) *softphone.Phone {
	t.Helper()
	p, err := softphone.Dial(ctx, softphone.Config{Server: s.url, Token: demoToken(t, s, person), Way: way})
	must(t, err)
	return p
}

// waitForSound waits until a phone has heard something.
func waitForSound(ctx context.Context, t *testing.T, p *softphone.Phone) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for p.Media().FirstSound().IsZero() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("a phone heard nothing")
		}
	}
}
