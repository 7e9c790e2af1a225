package session

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/recorder/consent"
	"parley/storage/chain"
)

// entryOf is a note as the ledger keeps it.
func entryOf(t rapid.TB, n Note, at time.Time) chain.Entry {
	body, err := json.Marshal(n.Body)
	if err != nil {
		t.Fatalf("a note of kind %s: %v", n.Kind, err)
	}
	return chain.Entry{At: at, Kind: n.Kind, Actor: n.Actor, Body: body}
}

func (m *model) write(t *rapid.T, n Note) { m.entries = append(m.entries, entryOf(t, n, m.now)) }

// left is what a process leaves that is killed now.
func (m *model) left() Left {
	c := m.call
	l := Left{
		ID: c.ID, CreatedAt: c.CreatedAt, AcceptedAt: c.AcceptedAt, ConnectedAt: c.ConnectedAt, Alive: m.now,
		Recording: c.Recording, Unprovable: m.noGate, Ledger: m.entries,
	}
	if !c.Interrupted.IsZero() {
		l.Alive = c.Interrupted
	}
	for s, p := range c.Sides {
		l.People[s] = Party{ID: p.ID, Name: p.Name}
	}
	return l
}

// restart kills the process and starts another one, which must take the call up as
// it was but for the sound, and no looser.
func (m *model) restart(t *rapid.T) {
	if m.call.ConnectedAt.IsZero() || m.call.Phase == Ended || rapid.IntRange(0, 1).Draw(t, "restart") > 0 {
		return
	}
	if rapid.Bool().Draw(t, "in the ordinary way") {
		m.post(t, Suspended{})
		if m.gate {
			t.Fatal("the gate is open though the process ends")
		}
	}
	before, left := m.call, m.left()
	next, commands, err := Resume(m.env, left, m.now)
	if err != nil {
		t.Fatalf("a call that was connected is not taken up: %v", err)
	}
	m.call, m.gate, m.sound, m.talking = next, false, false, [2]bool{}
	m.running, m.late = map[Timer]bool{}, nil
	m.muted, m.last = [2]bool{}, nil // the tabs say so again
	m.restarts++
	if m.noGate { // the ledger does not know all
		m.over, m.holding = nil, [2]bool{next.Sides[Member].Holds, next.Sides[Expert].Holds}
	}
	m.checkTakenUp(t, before)
	for _, e := range m.carryOut(t, commands) {
		m.post(t, e)
	}
	if rapid.Bool().Draw(t, "at once") {
		m.allReturn(t)
	}
}

// checkTakenUp holds a call that was taken up against the one that was killed.
func (m *model) checkTakenUp(t *rapid.T, before Call) {
	c := m.call
	if c.GateOpen() || c.Phase == Active {
		t.Fatalf("taken up in phase %s with the gate open %v, while nobody is there", c.Phase, c.GateOpen())
	}
	if c.Phase == Ended && (c.End != EndLimit || m.env.Limits.Length == 0) {
		t.Fatalf("taken up, the call ended as %s", c.End)
	}
	if m.noGate || c.Phase == Ended {
		return
	}
	for s, p := range c.Sides {
		was := before.Sides[s]
		expired := p.Answer == consent.AnswerNone
		if p.Answer != was.Answer && !expired || p.Withdrawn != was.Withdrawn || p.Holds != was.Holds || p.Asking < was.Asking {
			t.Fatalf("the %s: taken up with answer %q, withdrawn %v, holds %v, asking %d; want %q, %v, %v, %d",
				Side(s), p.Answer, p.Withdrawn, p.Holds, p.Asking, was.Answer, was.Withdrawn, was.Holds, was.Asking)
		}
	}
	if c.Paused != before.Paused || c.Part != before.Part && before.Part == PartAsked {
		t.Fatalf("taken up with paused %v and part %q, want %v and %q", c.Paused, c.Part, before.Paused, before.Part)
	}
	back := c
	for s, p := range m.people {
		next, _, err := Apply(m.env, back, Returned{Side(s), p}, m.now)
		if err != nil {
			t.Fatal(err)
		}
		back = next
	}
	if back.Verdict.MayRecord() && !before.Verdict.MayRecord() {
		t.Fatalf("a restart lets be recorded what was not: %s before, %s after", before.Verdict.Rule, back.Verdict.Rule)
	}
}

// allReturn brings both back after a restart, or lets one whose connection was lost
// have it again.
func (m *model) allReturn(t *rapid.T) {
	for s, p := range m.people {
		m.post(t, Returned{Side(s), p})
		m.post(t, Joined{Side(s), SocketID(s + 1)})
		m.post(t, MediaChanged{Side(s), MediaConnected})
	}
}

// leave is a call as a killed process leaves it; written are the notes so far.
func leave(t testing.TB, c Call, written []Command) Left {
	t.Helper()
	l := Left{
		ID: c.ID, CreatedAt: c.CreatedAt, AcceptedAt: c.AcceptedAt, ConnectedAt: c.ConnectedAt,
		Alive: start.Add(time.Minute), Recording: c.Recording,
	}
	for s, p := range c.Sides {
		l.People[s] = Party{ID: p.ID, Name: p.Name}
	}
	for _, cmd := range written {
		if n, ok := cmd.(Note); ok {
			l.Ledger = append(l.Ledger, entryOf(t, n, start))
		}
	}
	return l
}

// story applies events to a new call and returns all commands as well.
func story(t testing.TB, env Env, places pair, events ...func(Call) Event) (Call, []Command) {
	t.Helper()
	c, all := New(env, "call_test", party("maya", places.member, 0), party("lee", places.expert, 0), 1, start)
	for _, e := range events {
		next, commands, err := Apply(env, c, e(c), start)
		if err != nil {
			t.Fatal(err)
		}
		c, all = next, append(all, commands...)
	}
	return c, all
}

func just(e Event) func(Call) Event { return func(Call) Event { return e } }

func says(s Side, a consent.Answer) func(Call) Event {
	return func(c Call) Event { return answer(c, s, a) }
}

// talked brings a call to the point where both have said yes and are recorded.
func talked(more ...func(Call) Event) []func(Call) Event {
	return append([]func(Call) Event{
		just(accepted()), just(connected(Member)), just(connected(Expert)), just(TimerFired{TimerSound}),
		says(Member, consent.AnswerExpress), says(Expert, consent.AnswerExpress),
		just(CaptureChanged{Light: LightRecording, Recording: testRecording}),
	}, more...)
}

// TestTakenUp: what a call is that was taken up, once both are back.
func TestTakenUp(t *testing.T) {
	env := testEnv(t)
	env.Limits.Length = 10 * time.Minute
	at := start.Add(2 * time.Minute)
	cases := []struct {
		name  string
		story []func(Call) Event
		at    time.Time
		want  string // the last step's outcome
		light Light
	}{
		{"recorded", talked(), at, "active: -setup, -sound, sound, +warn, note gate.open by verdict, GATE OPEN", LightStopped},
		{"a withdrawal", talked(just(Withdrew{Member})), at, "active: -setup, -sound, sound, +warn", LightStopped},
		{"a no", talked(says(Expert, consent.AnswerDeclined)), at, "active: -setup, -sound, sound, +warn", LightStopped},
		{"paused", talked(just(Paused{})), at, "active: -setup, -sound, sound, +warn", LightPaused},
		{"on hold", talked(just(Held{Member, true})), at, "active: -setup, -sound, +warn", LightPaused},
		{"no answer", talked()[:4], at, "active: -setup, -sound, sound, +warn", LightOff},
		{"shortly before the limit", talked(), start.Add(9*time.Minute + 30*time.Second), "active: -setup, -sound, sound, +limit, note gate.open by verdict, GATE OPEN", LightStopped},
		{"past the limit meanwhile", talked(), start.Add(10*time.Minute - time.Second), "ended limit: all over", LightStopped},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			call, commands := story(t, env, bothMustAgree, c.story...)
			got, _, err := Resume(env, leave(t, call, commands), c.at)
			if err != nil {
				t.Fatal(err)
			}
			if got.GateOpen() || got.Phase != Connecting {
				t.Fatalf("taken up: got phase %s with the gate open %v, want it shut and connecting", got.Phase, got.GateOpen())
			}
			later := c.at.Add(2 * time.Second)
			for s, p := range []Party{party("maya", "US-CA", 0), party("lee", "DE", 0)} {
				for _, e := range []Event{Returned{Side(s), p}, Joined{Side(s), SocketID(s + 7)}} {
					if got, _, err = Apply(env, got, e, later); err != nil {
						t.Fatal(err)
					}
				}
			}
			got, _, err = Apply(env, got, connected(Member), later)
			if err != nil || got.Phase != Connecting {
				t.Fatalf("one is back: got phase %s and %v, want connecting", got.Phase, err)
			}
			next, did, err := Apply(env, got, connected(Expert), later)
			if did := outcome(next, did[1:], err); did != c.want || next.Light != c.light {
				t.Errorf("both are back: got %s, light %s\nwant %s, light %s", did, next.Light, c.want, c.light)
			}
			if !next.ConnectedAt.Equal(call.ConnectedAt) {
				t.Errorf("connected at: got %v, want %v", next.ConnectedAt, call.ConnectedAt)
			}
		})
	}
}

// TestNobodyReturns: the call was dropped when it had a process last, and says so
// once, whether one comes back or none.
func TestNobodyReturns(t *testing.T) {
	env := testEnv(t)
	for name, back := range map[string][]Event{
		"nobody":     nil,
		"the member": {Returned{Member, party("maya", "US-CA", 0)}, Joined{Member, 7}, connected(Member)},
	} {
		t.Run(name, func(t *testing.T) {
			call, commands := story(t, env, bothMustAgree, talked()...)
			left := leave(t, call, commands)
			c, _, err := Resume(env, left, start.Add(2*time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range append(back, TimerFired{timerLost(Expert)}) {
				if c, _, err = Apply(env, c, e, start.Add(3*time.Minute)); err != nil {
					t.Fatal(err)
				}
			}
			if c.Phase != Ended || c.End != EndDropped || !c.EndedAt.Equal(left.Alive) {
				t.Errorf("got phase %s, %s at %v, want it dropped at %v", c.Phase, c.End, c.EndedAt, left.Alive)
			}
		})
	}
}

// TestNotTakenUp: what two never had, and what nobody can read, is not gone on with.
func TestNotTakenUp(t *testing.T) {
	env := testEnv(t)
	ringing, commands := story(t, env, bothMustAgree)
	if _, _, err := Resume(env, leave(t, ringing, commands), start); err == nil {
		t.Error("a call that rang: got no error")
	}
	call, commands := story(t, env, bothMustAgree, talked()...)
	left := leave(t, call, commands)
	left.Ledger[2].Body = json.RawMessage(`[]`)
	if _, _, err := Resume(env, left, start); err == nil {
		t.Error("a ledger that cannot be read: got no error")
	}
}

// TestUnprovableStaysSo: what the ledger may not know keeps the gate shut.
func TestUnprovableStaysSo(t *testing.T) {
	env := testEnv(t)
	call, commands := story(t, env, bothMustAgree, talked()...)
	shut := leave(t, call, commands)
	shut.Shut = "an opening"
	for i := range shut.Ledger {
		shut.Ledger[i].Hash = map[bool]string{true: shut.Shut}[shut.Ledger[i].Kind == NoteGateOpen]
	}
	failed := leave(t, call, commands)
	failed.Unprovable = true
	for _, left := range []Left{shut, failed} {
		checkUnprovable(t, env, left)
	}
}

func checkUnprovable(t *testing.T, env Env, left Left) {
	t.Helper()
	c, _, err := Resume(env, left, start.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	for s, p := range []Party{party("maya", "US-CA", 0), party("lee", "DE", 0)} {
		c = after(t, env, c, Returned{Side(s), p}, Joined{Side(s), 7}, connected(Side(s)))
	}
	if c.Phase != Active || c.GateOpen() || c.Light != LightProblem {
		t.Errorf("got phase %s, gate open %v, light %s; want an active call that is not recorded, and told so", c.Phase, c.GateOpen(), c.Light)
	}
}
