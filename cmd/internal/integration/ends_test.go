package integration_test

import (
	"slices"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/storage/meta"
)

// TestEveryEndIsToldToBoth: by real sockets and with sound, each way in which a call
// ends is told to both sides alike, and kept.
func TestEveryEndIsToldToBoth(t *testing.T) {
	short := 400 * time.Millisecond
	for _, tt := range []struct {
		name   string
		reason session.EndReason
		limits func(*session.Limits)
		// end brings the call to its end, and returns it.
		end func(s *server, member, expert *phone) string
	}{
		{"the member hangs up", session.EndCompleted, nil, func(_ *server, m, x *phone) string {
			call := talk(m, x, "no")
			m.send(&wire.CallHangup{Call: call})
			return call
		}},
		{"the expert hangs up", session.EndCompleted, nil, func(_ *server, m, x *phone) string {
			call := talk(m, x, "no")
			x.send(&wire.CallHangup{Call: call})
			return call
		}},
		{"the expert declines", session.EndDeclined, nil, func(_ *server, m, x *phone) string {
			call := ring(m, x)
			x.send(&wire.CallDecline{Call: call})
			return call
		}},
		{"the member cancels", session.EndCancelled, nil, func(_ *server, m, x *phone) string {
			call := ring(m, x)
			m.send(&wire.CallCancel{Call: call})
			return call
		}},
		{"nobody answers", session.EndNoAnswer, func(l *session.Limits) { l.Ring = short }, func(_ *server, m, x *phone) string { return ring(m, x) }},
		{"no sound comes up", session.EndFailed, func(l *session.Limits) { l.Setup = short }, func(s *server, m, x *phone) string {
			call := ring(m, x)
			silent := s.dialRaw(lee) // it answers no offer
			silent.send(&wire.CallAccept{Call: call})
			return call
		}},
		{"one side is gone", session.EndDropped, func(l *session.Limits) { l.Lost = short }, func(s *server, m, x *phone) string {
			call := talk(m, x, "no")
			s.dialRaw(lee).send(&wire.MediaJoin{Call: call}) // the sound moves to where nobody takes it
			return call
		}},
		{"it lasts as long as a call may", session.EndLimit, func(l *session.Limits) { l.Length, l.Warn = 2*short, short }, func(_ *server, m, x *phone) string {
			call := talk(m, x, "no")
			for _, p := range []*phone{m, x} {
				p.call("the warning", func(c *wire.CallView) bool { return c.EndsAt != nil })
			}
			return call
		}},
		{"the service ends it", session.EndRevoked, nil, func(s *server, m, x *phone) string {
			call := talk(m, x, "no")
			third := auth.Identity{Person: lee.Person, Token: "stolen", Role: lee.Role, Name: lee.Name, Languages: lee.Languages, Places: lee.Places, Adult: true}
			tab := s.dialRaw(third)
			tab.send(&wire.MediaJoin{Call: call})
			tab.view("the sound there", func(c wire.CallView) bool { return c.Here })
			if got := s.request("POST", "/api/v1/revocations", &billing, `{"token_id":"stolen"}`, nil); got.status != 201 {
				t.Fatalf("revoke: got %d %s", got.status, got.body)
			}
			return call
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, tt.limits)
			member, expert := s.phone(maya), s.available(lee)
			call := tt.end(s, member, expert)
			member.ended(string(tt.reason))
			expert.ended(string(tt.reason))
			if kept := s.call(call, isOver); kept.EndReason != string(tt.reason) {
				t.Errorf("kept: got %q, want %q", kept.EndReason, tt.reason)
			}
		})
	}
}

// TestCallsThatDoNotRing: busy, away and blocked are kept as they are, each is told as
// what it may be told, and a block as if the expert were away.
func TestCallsThatDoNotRing(t *testing.T) {
	s := serve(t, nil)
	member, expert, other := s.phone(maya), s.available(lee), s.phone(noah)
	s.phone(ortiz) // not available
	ring(other, expert)
	member.send(&wire.CallStart{Expert: expert.name})
	member.problem("expert-busy")
	other.send(&wire.CallCancel{Call: other.State().Call.ID})
	other.ended("cancelled")
	s.kept(t, maya, "busy")

	away, blocked := s.phone(person("first", auth.RoleMember, "US-TX")), s.phone(person("second", auth.RoleMember, "US-TX"))
	away.send(&wire.CallStart{Expert: string(ortiz.Person)})
	away.problem("expert-away")
	if got := s.request("PUT", "/api/v1/blocks/second", &lee, "", nil); got.status != 204 {
		t.Fatalf("block: got %d", got.status)
	}
	blocked.send(&wire.CallStart{Expert: expert.name})
	blocked.problem("expert-away")
	one, two := *away.last, *blocked.last
	if one.Instance, two.Instance = "", ""; one != two {
		t.Errorf("who is blocked is told %+v, want what everybody is told: %+v", two, one)
	}
	s.kept(t, person("first", auth.RoleMember, ""), "away")
	s.kept(t, person("second", auth.RoleMember, ""), "blocked")
}

// kept waits until the newest call of somebody is kept with a reason.
func (s *server) kept(t *testing.T, who auth.Identity, reason string) {
	t.Helper()
	deadline := time.After(patience)
	for tick := time.NewTicker(10 * time.Millisecond); ; {
		calls, err := s.store.ListCalls(t.Context(), meta.CallFilter{Participant: who.Person})
		if err != nil {
			t.Fatal(err)
		}
		if len(calls) > 0 && calls[len(calls)-1].EndReason == reason {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("calls of %s: got %+v, want the last one %s", who.Person, calls, reason)
		}
	}
}

// TestABlockTakesNoOtherTime: how long the refusal takes does not tell a block from an
// expert who is away. Medians of many are compared, in turns, for a machine does other
// things too.
func TestABlockTakesNoOtherTime(t *testing.T) {
	s := serve(t, nil)
	away, blocked := s.dialRaw(person("first", auth.RoleMember, "US-TX")), s.dialRaw(person("second", auth.RoleMember, "US-TX"))
	s.available(lee)
	s.phone(ortiz)
	if got := s.request("PUT", "/api/v1/blocks/second", &lee, "", nil); got.status != 204 {
		t.Fatalf("block: got %d", got.status)
	}
	const times = 300
	took := [2][]time.Duration{}
	for i := range times {
		for k, one := range []struct {
			socket *rawSocket
			expert string
		}{{away, string(ortiz.Person)}, {blocked, string(lee.Person)}} {
			ref := string(rune('a'+k)) + time.Duration(i).String()
			began := time.Now()
			one.socket.send(&wire.CallStart{Ref: wire.Ref{Ref: ref}, Expert: one.expert})
			one.socket.refused(ref, "expert-away")
			took[k] = append(took[k], time.Since(began))
		}
	}
	median := func(d []time.Duration) time.Duration { slices.Sort(d); return d[len(d)/2] }
	a, b := median(took[0]), median(took[1])
	t.Logf("away %v, blocked %v", a, b)
	if b > 2*a || a > 2*b {
		t.Errorf("medians of %d: away %v, blocked %v, want them alike", times, a, b)
	}
}

// TestAReplayedJoin: a join that is sent again, by whoever, opens nothing to anybody
// else, and leaves one connection of the side.
func TestAReplayedJoin(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	call := talk(member, expert, "no")
	stranger := s.dialRaw(noah)
	stranger.send(&wire.MediaJoin{Ref: wire.Ref{Ref: "join"}, Call: call})
	stranger.refused("join", "no-such-call")
	stranger.send(&wire.Hello{Ref: wire.Ref{Ref: "again"}, Token: s.token(maya)})
	stranger.refused("again", "forbidden") // nobody becomes somebody else
	tab := s.dialRaw(maya)
	for range 5 {
		tab.send(&wire.MediaJoin{Call: call})
	}
	tab.ask("all of them")
	member.send(&wire.MediaJoin{Call: call})
	member.call("the sound back", func(c *wire.CallView) bool { return c.Here && c.Media.You == "connected" })
	expert.Media().Say(tone())
	heard(t, member)
	member.send(&wire.CallHangup{Call: call})
	member.ended("completed")
	member.send(&wire.MediaJoin{Call: call}) // too late
	again := s.dialRaw(maya)
	again.send(&wire.MediaJoin{Call: call})
	again.ask("afterwards")
	if got := again.errors(); len(got) != 1 {
		t.Errorf("refusals: got %+v, want that of the question only", got)
	}
	if s.hub.LiveCalls() != 0 {
		t.Error("a join after the end keeps the call alive")
	}
}
