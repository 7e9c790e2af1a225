package integration_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parley/cmd/internal/softphone"
	"parley/recorder/journal"
	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/storage/meta"
	"parley/storage/meta/pgtest"
)

func TestCallsThatAreRefused(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	away := s.phone(ortiz)

	member.send(&wire.CallStart{Expert: "nobody"})
	member.problem("no-such-expert")
	member.send(&wire.CallStart{Expert: "noah"}) // never signed in
	member.problem("no-such-expert")
	member.send(&wire.CallStart{Expert: "maya"})
	member.problem("self-call")
	member.send(&wire.CallStart{Expert: away.name})
	member.problem("expert-away")
	expert.send(&wire.CallStart{Expert: away.name})
	expert.problem("forbidden")

	other := s.phone(noah)
	member.send(&wire.CallStart{Expert: other.name}) // a member is no expert
	member.problem("no-such-expert")

	call := ring(member, expert)
	other.wait("the directory with a busy expert", func(st softphone.State) bool {
		return len(st.Experts) > 0 && find(st.Experts, expert.name) == wire.StateBusy
	})
	other.send(&wire.CallStart{Expert: expert.name})
	other.problem("expert-busy")
	away.send(&wire.PresenceSet{Available: true})
	other.wait("a second expert", func(st softphone.State) bool { return find(st.Experts, away.name) == wire.StateAvailable })
	member.send(&wire.CallStart{Expert: away.name})
	member.problem("in-call")

	// What belongs to the other side, or to nobody.
	member.send(&wire.CallAccept{Call: call})
	member.problem("forbidden")
	expert.send(&wire.CallCancel{Call: call})
	expert.problem("forbidden")
	other.send(&wire.CallHangup{Call: call})
	other.problem("no-such-call")
	member.send(&wire.PresenceSet{Available: true})
	member.problem("forbidden")
	member.state("ringing") // and it rings on
}

func find(experts []wire.Expert, name string) string {
	for _, x := range experts {
		if x.ID == name {
			return x.State
		}
	}
	return ""
}

func TestAnExpertWhoseSocketIsGoneIsAway(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	expert.close()
	member.wait("the expert to be away", func(st softphone.State) bool { return find(st.Experts, expert.name) == wire.StateAway })
	member.send(&wire.CallStart{Expert: expert.name})
	member.problem("expert-away")
}

func TestCallsThatEndWhileTheyRing(t *testing.T) {
	tests := []struct {
		name string
		end  func(call string, member, expert *phone)
		want string
	}{
		{"declined", func(c string, _, x *phone) { x.send(&wire.CallDecline{Call: c}) }, "declined"},
		{"cancelled", func(c string, m, _ *phone) { m.send(&wire.CallCancel{Call: c}) }, "cancelled"},
		{"hung up by the member", func(c string, m, _ *phone) { m.send(&wire.CallHangup{Call: c}) }, "cancelled"},
		{"hung up by the expert", func(c string, _, x *phone) { x.send(&wire.CallHangup{Call: c}) }, "declined"},
	}
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	for _, tt := range tests {
		call := ring(member, expert)
		tt.end(call, member, expert)
		member.ended(tt.want)
		expert.ended(tt.want)
		expert.wait("being available again", func(st softphone.State) bool { return st.Presence.State == wire.StateAvailable })
	}
	if n := s.hub.LiveCalls(); n != 0 {
		t.Errorf("live calls: got %d, want none", n)
	}
}

func TestNobodyAnswers(t *testing.T) {
	s := serve(t, func(l *session.Limits) { l.Ring = 300 * time.Millisecond })
	member, expert := s.phone(maya), s.available(lee)
	ring(member, expert)
	member.ended("no_answer")
	expert.ended("no_answer")
}

func TestMediaThatNeverComesUp(t *testing.T) {
	s := serve(t, func(l *session.Limits) { l.Setup = 500 * time.Millisecond })
	member, expert := s.dialRaw(maya), s.available(lee) // a raw member answers no offer
	member.send(&wire.CallStart{Expert: expert.name})
	call := expert.state("ringing").ID
	expert.send(&wire.CallAccept{Call: call})
	expert.ended("failed")
}

// tone is a second of something to hear.
func tone() []int16 {
	out := make([]int16, 48000)
	for i := range out {
		out[i] = int16((i % 100) * 200)
	}
	return out
}

func TestAWholeCall(t *testing.T) {
	for name, open := range map[string]func(testing.TB) meta.Store{
		"SQLite":     openSQLite,
		"PostgreSQL": func(t testing.TB) meta.Store { return openPostgres(t, pgtest.Start(t)) },
	} {
		t.Run(name, func(t *testing.T) { wholeCall(t, serveOn(t, open(t), nil)) })
	}
}

func wholeCall(t *testing.T, s *server) {
	member, expert := s.phone(maya), s.available(lee)
	call := talk(member, expert, "yes")
	member.call("the recording light", func(c *wire.CallView) bool { return c.Recording.State == wire.RecordingOn && c.Recording.ID != "" })
	expert.call("the recording light", func(c *wire.CallView) bool { return c.Recording.State == wire.RecordingOn })
	s.recorder.wait(t, "packets of both", func(r []*fakeRecording) bool { return len(r) == 1 && r[0].packets[0] > 10 && r[0].packets[1] > 10 })
	for _, p := range []*phone{member, expert} {
		p.Media().Say(tone())
	}
	heard(t, member)
	heard(t, expert)

	member.send(&wire.ConsentWithdraw{Call: call})
	expert.call("the light to go out", func(c *wire.CallView) bool { return c.Recording.State == wire.RecordingStopped })
	member.call("the own answer", func(c *wire.CallView) bool {
		return c.Recording.State == wire.RecordingStopped && c.Consent.Answer == "withdrawn"
	})
	s.recorder.wait(t, "the gate to shut", func(r []*fakeRecording) bool { return !r[0].open })
	member.call("the choice about the part before", func(c *wire.CallView) bool { return c.Consent.Before == "ask" })
	member.send(&wire.RecordingPart{Call: call, Keep: true})
	member.call("the part before to be kept", func(c *wire.CallView) bool { return c.Consent.Before == "kept" })
	member.answer("yes")
	member.call("the light again", func(c *wire.CallView) bool { return c.Recording.State == wire.RecordingOn })
	s.recorder.wait(t, "the same recording to go on", func(r []*fakeRecording) bool { return len(r) == 1 && r[0].open })

	// Glare: both hang up at once.
	member.send(&wire.CallHangup{Call: call})
	expert.send(&wire.CallHangup{Call: call})
	member.ended("completed")
	expert.ended("completed")
	s.recorder.wait(t, "the end", func(r []*fakeRecording) bool { return r[0].finished == 1 && !r[0].open })
	if p := member.State().Problem; p != nil {
		t.Errorf("the member was refused something: %+v", p)
	}
	if err := s.store.VerifyChain(t.Context(), "consent"); err != nil {
		t.Errorf("the ledger: %v", err)
	}
}

// TestAReconnectIsMarked lets the sound of one leg move to another tab.
func TestAReconnectIsMarked(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	call := talk(member, expert, "yes")
	s.recorder.wait(t, "the recording", func(r []*fakeRecording) bool { return len(r) == 1 && r[0].packets[1] > 0 })
	second := s.phone(lee)
	second.send(&wire.MediaJoin{Call: call})
	second.call("the sound", func(c *wire.CallView) bool { return c.Here && c.Media.You == "connected" })
	s.recorder.wait(t, "one mark, of the expert", func(r []*fakeRecording) bool {
		return slices.Equal(r[0].marks, []journal.Event{{Kind: journal.EventReconnect, Leg: journal.LegExpert}})
	})
	member.send(&wire.CallHangup{Call: call})
	second.ended("completed")
}

func heard(t testing.TB, p *phone) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for p.Media().FirstSound().IsZero() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s heard nothing", p.name)
		}
	}
}

func TestNobodyIsRecordedAgainstTheirWill(t *testing.T) {
	tests := []struct{ name, member, expert, light, summary string }{
		{"the member says no", "no", "yes", wire.RecordingOff, "Recording is off"},
		{"the expert says no", "yes", "no", wire.RecordingOff, "Recording is off"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, nil)
			member, expert := s.phone(maya), s.available(lee)
			call := ring(member, expert)
			expert.send(&wire.CallAccept{Call: call})
			member.answer(tt.member)
			expert.answer(tt.expert)
			for _, p := range []*phone{member, expert} {
				c := p.state("active")
				if c.Recording.State != tt.light || !strings.Contains(c.Consent.Summary, tt.summary) {
					t.Errorf("%s: got light %s and %q, want %s and %q", p.name, c.Recording.State, c.Consent.Summary, tt.light, tt.summary)
				}
			}
			member.Media().Say(tone())
			heard(t, expert)
			s.recorder.wait(t, "nothing", func(r []*fakeRecording) bool { return len(r) == 0 })
			expert.send(&wire.CallHangup{Call: call})
			member.ended("completed")
		})
	}
}

func TestARecorderThatFailsLeavesTheCall(t *testing.T) {
	s := serve(t, nil)
	s.recorder.broken = true
	member, expert := s.phone(maya), s.available(lee)
	call := talk(member, expert, "yes")
	member.call("the light to say that nothing is saved", func(c *wire.CallView) bool { return c.Recording.State == wire.RecordingProblem })
	expert.Media().Say(tone())
	heard(t, member)
	member.send(&wire.CallHangup{Call: call})
	expert.ended("completed")
}

func TestAcceptInTwoTabsAtOnce(t *testing.T) {
	s := serve(t, nil)
	member, first, second := s.phone(maya), s.available(lee), s.phone(lee)
	call := ring(member, first)
	second.state("ringing")
	first.send(&wire.CallAccept{Call: call})
	second.send(&wire.CallAccept{Call: call})
	a, b := first.state("connecting"), second.state("connecting")
	if a.Here == b.Here {
		t.Fatalf("here: got %v and %v, want the sound in one tab", a.Here, b.Here)
	}
	winner, loser := first, second
	if b.Here {
		winner, loser = second, first
	}
	loser.problem("answered-elsewhere")
	member.answer("no")
	winner.answer("no")
	winner.state("active")
	if c := loser.state("active"); c.Here || loser.Media() != nil {
		t.Errorf("the other tab: got here %v and media %v, want neither", c.Here, loser.Media())
	}
	// The sound moves when the other tab asks for it.
	loser.send(&wire.MediaJoin{Call: call})
	loser.call("the sound", func(c *wire.CallView) bool { return c.Here && c.Media.You == "connected" })
	winner.call("the sound to be gone", func(c *wire.CallView) bool { return !c.Here })
	member.Media().Say(tone())
	heard(t, loser)
}

func TestAReloadFindsTheCall(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	call := talk(member, expert, "no")
	member.close()
	back := s.phone(maya)
	w := back.wait("the welcome", func(st softphone.State) bool { return st.Welcome != nil }).Welcome
	if w.Call == nil || w.Call.ID != call || w.Call.State != "active" || w.Call.Here {
		t.Fatalf("welcome: got call %+v, want %s, active, its sound elsewhere", w.Call, call)
	}
	back.send(&wire.MediaJoin{Call: call})
	back.call("the sound", func(c *wire.CallView) bool { return c.Here && c.Media.You == "connected" })
	expert.Media().Say(tone())
	heard(t, back)
}

func TestStaleQuestion(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	call := ring(member, expert)
	stale := strings.Repeat("0", 64)
	member.send(&wire.ConsentShown{Call: call, Hash: stale})
	member.problem("stale-question")
	expert.send(&wire.ConsentAnswer{Call: call, Hash: stale, Answer: "yes"})
	expert.problem("stale-question")
	if c := expert.State().Call; c.Consent.Answer != "none" {
		t.Errorf("answer: got %s, want none", c.Consent.Answer)
	}
	expert.send(&wire.ConsentAnswer{Call: call, Hash: expert.State().Call.Consent.Question.Hash, Answer: "continued"})
	expert.problem("answer-needed")
}
