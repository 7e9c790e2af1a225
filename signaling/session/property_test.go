package session

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/recorder/consent"
)

// model is what the owner of a call sees: it carries commands out, keeps the
// timers, and believes nothing that it was not told.
type model struct {
	env  Env
	call Call
	now  time.Time

	gate    bool
	sounds  int
	ends    int
	finals  int
	running map[Timer]bool
	late    []Timer // stopped or fired, and perhaps on their way still
	answers map[string]string
}

func newModel(t *rapid.T, env Env) *model {
	places := rapid.SampledFrom([]string{"", "US-TX", "US-NY", "US-CA", "DE", "FR", "GB", "ZZ"})
	ages := rapid.SampledFrom([]int{0, 0, 0, 12, 17, 40})
	m := &model{env: env, now: start, running: map[Timer]bool{}, answers: map[string]string{}}
	call, commands := New(env, "call_test",
		party("maya", places.Draw(t, "member's place"), ages.Draw(t, "member's age")),
		party("lee", places.Draw(t, "expert's place"), ages.Draw(t, "expert's age")), 1, start)
	m.call = call
	m.carryOut(t, commands)
	// Few walks get to talk by chance, and most can happen there.
	if rapid.IntRange(0, 3).Draw(t, "talking") > 0 {
		for _, e := range []Event{accepted(), connected(Member), connected(Expert), TimerFired{TimerSound}} {
			m.post(t, e)
			m.check(t)
		}
	}
	return m
}

// post applies one event and what capture reports because of it.
func (m *model) post(t *rapid.T, e Event) {
	m.now = m.now.Add(time.Second)
	before := m.call
	next, commands, err := Apply(m.env, m.call, e, m.now)
	if err != nil && (len(commands) > 0 || !reflect.DeepEqual(next, before)) {
		t.Fatalf("%#v was refused (%v) and did: %s", e, err, brief(commands))
	}
	m.call = next
	m.checkOrder(t, e, commands)
	wasOpen := m.gate
	m.carryOut(t, commands)
	m.checkAnswer(t, e, before, err)
	switch {
	case m.gate && !wasOpen:
		m.post(t, CaptureChanged{Light: LightRecording, Recording: testRecording})
	case !m.gate && wasOpen:
		m.post(t, CaptureChanged{Light: LightStopped})
	}
}

func (m *model) carryOut(t *rapid.T, commands []Command) {
	for _, c := range commands {
		switch c := c.(type) {
		case OpenGate:
			if !c.Grant.Valid() {
				t.Fatalf("the gate was opened without a valid grant")
			}
			m.gate = true
		case CloseGate:
			m.gate = false
		case OpenSound:
			m.sounds++
		case EndMedia:
			m.ends++
		case FinishRecording:
			m.finals++
		case StartTimer:
			if c.After <= 0 {
				t.Fatalf("timer %s starts with %v, want more than 0", c.Timer, c.After)
			}
			m.running[c.Timer] = true
		case StopTimer:
			if m.running[c.Timer] {
				m.late = append(m.late, c.Timer)
			}
			delete(m.running, c.Timer)
		case Note:
			if a, ok := c.Body.(AnswerGiven); ok {
				m.answers[a.Side] = a.Answer
			}
		}
	}
}

// checkOrder: the gate closes before anything is written, and opens after
// everything that justifies it.
func (m *model) checkOrder(t *rapid.T, e Event, commands []Command) {
	for i, c := range commands {
		switch c.(type) {
		case CloseGate:
			for _, earlier := range commands[:i] {
				if _, note := earlier.(Note); note {
					t.Fatalf("%#v wrote before it closed the gate: %s", e, brief(commands))
				}
			}
			if n, ok := commands[i+1].(Note); !ok || n.Kind != NoteGateClose {
				t.Fatalf("%#v closed the gate and did not say so: %s", e, brief(commands))
			}
		case OpenGate:
			if n, ok := commands[i-1].(Note); !ok || n.Kind != NoteGateOpen || i != len(commands)-1 {
				t.Fatalf("%#v opened the gate other than last, after its note: %s", e, brief(commands))
			}
			for s, p := range m.call.Sides {
				if noted := m.noted(commands, Side(s)); noted != string(p.Answer) {
					t.Fatalf("the gate opens while the ledger says %q of the %s, and the call %q", noted, Side(s), p.Answer)
				}
			}
		}
	}
}

// noted is a side's newest answer in the ledger, these commands included.
func (m *model) noted(commands []Command, s Side) string {
	out, ok := m.answers[s.String()]
	if !ok {
		out = string(consent.AnswerNone)
	}
	for _, c := range commands {
		if n, ok := c.(Note); ok {
			if a, ok := n.Body.(AnswerGiven); ok && a.Side == s.String() {
				out = a.Answer
			}
		}
	}
	return out
}

// checkAnswer: a no and a withdrawal are never refused and shut the gate in
// the same step.
func (m *model) checkAnswer(t *rapid.T, e Event, before Call, err error) {
	no := false
	switch e := e.(type) {
	case Withdrew:
		no = true
	case Answered:
		no = e.Answer == consent.AnswerDeclined
	}
	if !no || before.Phase == Ended {
		return
	}
	if err != nil || m.gate {
		t.Fatalf("after %#v: gate open %v and error %v, want it shut and no error", e, m.gate, err)
	}
}

// check holds after every step.
func (m *model) check(t *rapid.T) {
	c := m.call
	if c.GateOpen() != m.gate {
		t.Fatalf("gate: the call says open %v, its commands %v", c.GateOpen(), m.gate)
	}
	if m.gate {
		m.checkOpen(t)
	} else if c.Light == LightRecording {
		t.Fatalf("the light says recording while the gate is shut")
	}
	over := 0
	if c.Phase == Ended {
		over = 1
		if len(m.running) != 0 {
			t.Fatalf("timers run after the end: %v", m.running)
		}
		if c.End == "" || c.EndedAt.IsZero() {
			t.Fatalf("the call ended without reason or time: %+v", c)
		}
	}
	if m.ends != over || m.finals != over {
		t.Fatalf("EndMedia %d times and FinishRecording %d times in phase %s, want %d", m.ends, m.finals, c.Phase, over)
	}
	if m.sounds > 1 || (c.Phase == Active && m.sounds != 1) || (m.sounds == 1) == c.ConnectedAt.IsZero() {
		t.Fatalf("sound was opened %d times in phase %s, connected at %v", m.sounds, c.Phase, c.ConnectedAt)
	}
}

func (m *model) checkOpen(t *rapid.T) {
	c := m.call
	if c.Phase != Active {
		t.Fatalf("the gate is open in phase %s", c.Phase)
	}
	if v := m.env.Judge(c.facts()); !v.MayRecord() || !c.Verdict.MayRecord() {
		t.Fatalf("the gate is open and the judge says %s by %s", v.Decision, v.Rule)
	}
	for s, p := range c.Sides {
		if p.Withdrawn || p.Answer == consent.AnswerDeclined {
			t.Fatalf("the gate is open though the %s says %q, withdrawn %v", Side(s), p.Answer, p.Withdrawn)
		}
	}
}

// events draws something that can happen at this point, likely or not.
func (m *model) actions() map[string]func(*rapid.T) {
	side := rapid.SampledFrom([]Side{Member, Expert})
	media := rapid.SampledFrom([]Media{MediaConnecting, MediaConnected, MediaConnected, MediaConnected, MediaLost})
	answers := rapid.SampledFrom([]consent.Answer{
		consent.AnswerExpress, consent.AnswerExpress, consent.AnswerContinued, consent.AnswerContinued, consent.AnswerDeclined,
	})
	lights := rapid.SampledFrom([]Light{LightRecording, LightProblem, LightStopped})
	hash := func(t *rapid.T, s Side) string {
		if rapid.IntRange(0, 9).Draw(t, "reading") == 0 {
			return "stale"
		}
		return m.call.Sides[s].Question.Hash
	}
	return map[string]func(*rapid.T){
		"accept": func(t *rapid.T) { m.post(t, Accepted{Socket: SocketID(rapid.Uint64Range(2, 5).Draw(t, "tab"))}) },
		"join": func(t *rapid.T) {
			m.post(t, Joined{side.Draw(t, "side"), SocketID(rapid.Uint64Range(1, 5).Draw(t, "tab"))})
		},
		"media": func(t *rapid.T) { m.post(t, MediaChanged{side.Draw(t, "side"), media.Draw(t, "state")}) },
		"shown": func(t *rapid.T) {
			s := side.Draw(t, "side")
			m.post(t, Shown{s, hash(t, s)})
		},
		"answer": func(t *rapid.T) {
			s := side.Draw(t, "side")
			m.post(t, Answered{s, hash(t, s), answers.Draw(t, "answer")})
		},
		"answer again": func(t *rapid.T) {
			s := side.Draw(t, "side")
			m.post(t, Answered{s, hash(t, s), answers.Draw(t, "answer")})
		},
		"withdraw": func(t *rapid.T) { m.post(t, Withdrew{side.Draw(t, "side")}) },
		"capture":  func(t *rapid.T) { m.post(t, CaptureChanged{Light: lights.Draw(t, "light")}) },
		"timer":    m.fire,
		"seldom":   m.seldom,
	}
}

// fire lets a running timer fire, or one that was stopped a moment ago.
func (m *model) fire(t *rapid.T) {
	var all []Timer
	for timer := range m.running {
		all = append(all, timer)
	}
	slices.Sort(all)
	all = append(all, m.late...)
	if len(all) == 0 {
		return
	}
	timer := rapid.SampledFrom(all).Draw(t, "timer")
	// Most calls should live longer than their first timer.
	if timer != TimerSound && timer != timerNotice(Member) && timer != timerNotice(Expert) && rapid.IntRange(0, 5).Draw(t, "patience") > 0 {
		return
	}
	delete(m.running, timer)
	m.late = append(m.late, timer)
	m.post(t, TimerFired{timer})
}

// seldom ends the call now and then.
func (m *model) seldom(t *rapid.T) {
	if rapid.IntRange(0, 9).Draw(t, "seldom") > 0 {
		return
	}
	s := rapid.SampledFrom([]Side{Member, Expert}).Draw(t, "side")
	m.post(t, rapid.SampledFrom([]Event{HungUp{s}, Declined{}, MediaFailed{s}}).Draw(t, "end"))
}

// rounds times a hundred walks take about a second.
const rounds = 20

func TestInvariants(t *testing.T) {
	env := testEnv(t)
	recorded, ended := 0, 0
	for range rounds {
		rapid.Check(t, func(t *rapid.T) {
			m := newModel(t, env)
			m.check(t)
			seen := false
			actions := m.actions()
			actions[""] = func(t *rapid.T) {
				m.check(t)
				seen = seen || m.gate
			}
			t.Repeat(actions)
			if seen {
				recorded++
			}
			if m.call.Phase == Ended {
				ended++
			}
		})
	}
	// Walks that never record would show nothing.
	if recorded < rounds || ended < rounds {
		t.Errorf("of all walks %d recorded and %d ended, want %d of each", recorded, ended, rounds)
	}
}
