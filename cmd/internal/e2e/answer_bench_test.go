package e2e

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/cmd/internal/softphone"
	"parley/media/audiomatch"
	"parley/signaling/auth"
	"parley/signaling/wire"
	"parley/storage/id"
)

// BenchmarkAnswer makes one call after another between the same two phones, on a
// server process of its own, and reports how long it takes from the member's call
// until the expert's phone rings, and from the accept until each has heard the
// other; both answer the recording question at once.
func BenchmarkAnswer(b *testing.B) {
	for name, way := range map[string]softphone.Way{"udp": softphone.Direct, "relay-tcp": softphone.RelayTCP} {
		b.Run("way="+name, func(b *testing.B) { benchAnswer(b, way) })
	}
}

func benchAnswer(b *testing.B, way softphone.Way) {
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Minute)
	defer cancel()
	member, expert := benchPhones(ctx, b, way)
	var rings, sounds []time.Duration
	says := audiomatch.Phrase(1, 10*time.Second) // made once: it takes longer than what is measured
	for b.Loop() {
		ring, sound := timeCall(ctx, b, member, expert, says)
		rings, sounds = append(rings, ring), append(sounds, sound[:]...)
	}
	for name, took := range map[string][]time.Duration{"ring": rings, "sound": sounds} {
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, name+"-p50-ms")
		b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, name+"-p95-ms")
	}
	must(b, member.Close())
	must(b, expert.Close())
}

// benchPhones are a member and an expert who is available, on a server of their own, which
// both reach by one way.
func benchPhones(ctx context.Context, t testing.TB, way softphone.Way) (member, expert *softphone.Phone) {
	t.Helper()
	s := startServerWith(t, t.TempDir(), []string{"--demo", "--spoken-notice", "extra"}, "PARLEY_API_KEY="+benchKey.ID+":"+string(benchKey.Secret),
		"PARLEY_LIMIT_CALLS=off", "PARLEY_LIMIT_CALLS_ADDRESS=off", "PARLEY_WRAP_UP=0s")
	member, expert = benchPhone(ctx, t, s, way, auth.RoleMember, "US-TX"), benchPhone(ctx, t, s, way, auth.RoleExpert, "US-NY")
	must(t, expert.Send(ctx, &wire.PresenceSet{Available: true}))
	return member, expert
}

func benchPhone(ctx context.Context, t testing.TB, s *server, way softphone.Way, role auth.Role, place string) *softphone.Phone {
	t.Helper()
	token, err := auth.Mint(benchKey, auth.Identity{
		Person: id.PersonID(role), Role: role, Name: "Bench", Adult: true,
		Places: []auth.Place{{Code: place, Source: "declared"}}, Expires: time.Now().Add(time.Hour),
	}, time.Now())
	must(t, err)
	p, err := softphone.Dial(ctx, softphone.Config{Server: s.url, Token: token, Way: way})
	must(t, err)
	return p
}

// timeCall makes one call and ends it.
func timeCall(ctx context.Context, t testing.TB, member, expert *softphone.Phone, says []int16) (ring time.Duration, sound [2]time.Duration) {
	t.Helper()
	must(t, member.Wait(ctx, "the expert", func(st softphone.State) bool {
		return slices.ContainsFunc(st.Experts, func(x wire.Expert) bool { return x.ID == string(auth.RoleExpert) && x.State == wire.StateAvailable })
	}))
	called := time.Now()
	must(t, member.Send(ctx, &wire.CallStart{Expert: string(auth.RoleExpert)}))
	must(t, expert.Wait(ctx, "the ringing", func(st softphone.State) bool { return st.Call != nil && st.Call.State == "ringing" }))
	ring = time.Since(called)
	call := expert.State().Call.ID
	phones := [2]*softphone.Phone{member, expert}
	must(t, member.Wait(ctx, "the warm connection", func(st softphone.State) bool {
		return st.Call != nil && st.Call.ID == call && st.Call.Media.You == "connected"
	}))
	must(t, expert.Wait(ctx, "the expert's warm connection", func(st softphone.State) bool { return st.Warm == call }))
	accepted := time.Now()
	must(t, expert.Send(ctx, &wire.CallAccept{Call: call}))
	for _, p := range phones {
		must(t, p.Agree(ctx, wire.AnswerNo))
	}
	for _, p := range phones {
		must(t, p.Wait(ctx, "media", func(softphone.State) bool { return p.Media() != nil }))
		p.Media().Say(says)
	}
	for i, p := range phones {
		at, err := firstSound(ctx, p.Media())
		must(t, err)
		sound[i] = at.Sub(accepted)
	}
	must(t, member.Send(ctx, &wire.CallHangup{Call: call}))
	for _, p := range phones {
		must(t, p.Wait(ctx, "the end", func(st softphone.State) bool { return st.Call != nil && st.Call.State == "ended" }))
	}
	return ring, sound
}

// firstSound waits until something was heard.
func firstSound(ctx context.Context, m softphone.Media) (time.Time, error) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for m.FirstSound().IsZero() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return time.Time{}, fmt.Errorf("nothing was heard: %w", ctx.Err())
		}
	}
	return m.FirstSound(), nil
}
