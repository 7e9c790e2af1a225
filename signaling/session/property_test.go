package session

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/media/quality"
	"parley/recorder/consent"
	"parley/recorder/consent/receipt"
	"parley/storage/chain"
)

// model is what the owner of a call sees: it carries commands out, keeps the
// timers, and believes nothing that it was not told.
type model struct {
	env  Env
	call Call
	now  time.Time

	gate    bool
	sounds  int  // how often the sound was opened
	sound   bool // whether it is open
	holding [2]bool
	ends    int
	finals  int
	running map[Timer]bool
	late    []Timer // stopped or fired, and perhaps on their way still
	ledger  book
	// faults are how many writes and openings from now on fail, of each ten.
	faults  int
	talking [2]bool    // the spoken notice is being played
	noGate  bool       // the ledger has failed once: the owner opens nothing any more
	over    []Answered // a yes to each asking that a no, or time, has ended
	steps   int
	muted   [2]bool // as the tabs say that have the sound
	last    Event   // the newest from outside, for who clicks twice
	seen    *tally
	// What outlives the process, beside the ledger's own account.
	entries  []chain.Entry
	people   [2]Party // what the tokens say
	restarts int
}

// tally counts over all walks what has happened.
type tally struct {
	events map[reflect.Type]int
	ends   map[EndReason]int
}

// book is what was made durable, and what it says by itself: nothing of it is
// taken from the call.
type book struct {
	answers  map[string]consent.Answer
	decision consent.Decision
	open     bool
	paused   bool
}

func (l *book) add(n Note) {
	switch b := n.Body.(type) {
	case AnswerGiven:
		l.answers[b.Side] = consent.Answer(b.Answer)
	case AnswerVoid:
		l.answers[b.Side] = consent.AnswerNone
	case receipt.Judgement:
		l.decision = b.Decision
	case GateChanged:
		l.open = n.Kind == NoteGateOpen
	}
	switch n.Kind {
	case NotePause:
		l.paused = true
	case NoteResume:
		l.paused = false
	}
}

func newModel(t *rapid.T, env Env, seen *tally) *model {
	env.Limits.Length = rapid.SampledFrom([]time.Duration{0, time.Second, time.Hour}).Draw(t, "longest call")
	places := rapid.SampledFrom([]string{"", "US-TX", "US-NY", "US-CA", "DE", "FR", "GB", "ZZ"})
	ages := rapid.SampledFrom([]int{0, 0, 0, 12, 17, 40})
	m := &model{env: env, now: start, seen: seen, running: map[Timer]bool{}, ledger: book{answers: map[string]consent.Answer{}}}
	m.speak(t)
	m.faults = rapid.SampledFrom([]int{0, 0, 0, 1, 3}).Draw(t, "faults")
	m.people = [2]Party{
		party("maya", places.Draw(t, "member's place"), ages.Draw(t, "member's age")),
		party("lee", places.Draw(t, "expert's place"), ages.Draw(t, "expert's age")),
	}
	call, commands := New(env, "call_test", m.people[Member], m.people[Expert], 1, start)
	m.call = call
	for _, e := range m.carryOut(t, commands) {
		m.post(t, e)
	}
	// Few walks get to talk by chance, and most can happen there.
	if rapid.IntRange(0, 3).Draw(t, "talking") > 0 {
		for _, e := range []Event{accepted(), connected(Member), connected(Expert), TimerFired{TimerSound}} {
			m.post(t, e)
			m.check(t)
		}
		for _, s := range []Side{Member, Expert} {
			if rapid.Bool().Draw(t, "agreed") {
				m.post(t, yes(m.call, s))
				m.check(t)
			}
		}
	}
	return m
}

// post applies one event and what comes of its commands.
func (m *model) post(t *rapid.T, e Event) {
	m.steps++
	m.now = m.now.Add(time.Duration(rapid.IntRange(-1, 2).Draw(t, "seconds")) * time.Second)
	before := m.call
	m.last = e
	m.seen.events[reflect.TypeOf(e)]++
	next, commands, err := Apply(m.env, m.call, e, m.now)
	if err != nil && (len(commands) > 0 || !reflect.DeepEqual(next, before)) {
		t.Fatalf("%#v was refused (%v) and did: %s", e, err, brief(commands))
	}
	m.call = next
	for s := range before.Sides {
		if old := before.Sides[s]; old.Asking != next.Sides[s].Asking {
			m.over = append(m.over, yes(before, Side(s)))
		}
	}
	m.checkOrder(t, e, commands)
	then := m.carryOut(t, commands)
	m.checkAnswer(t, e, before, err)
	m.checkAccept(t, e, before, err)
	m.checkDelay(t, e, before, err)
	m.checkEnd(t, e, before, err)
	m.checkMute(t, e, before, err)
	for _, e := range then {
		m.post(t, e)
	}
}

// speak lets the server have a spoken notice, in some of the walks.
func (m *model) speak(t *rapid.T) {
	m.env.SpokenRequired = rapid.Bool().Draw(t, "spoken notice required")
	if m.env.SpokenRequired || rapid.Bool().Draw(t, "spoken notice") {
		m.env.Prompt = func(string) (Prompt, bool) { return Prompt{Hash: "sound", Language: "en"}, true }
	}
}

// played ends the spoken notices.
func (m *model) played(t *rapid.T) {
	for s, talking := range m.talking {
		if talking {
			m.talking[s] = false
			m.post(t, NoticePlayed{Side: Side(s), ToEnd: rapid.IntRange(0, 4).Draw(t, "to its end") > 0})
		}
	}
}

// fails tells whether a write or an opening fails now.
func (m *model) fails(t *rapid.T) bool {
	return m.faults > 0 && rapid.IntRange(0, 99).Draw(t, "fault") < m.faults
}

// carryOut does what signaling/hub does, and returns what it reports.
func (m *model) carryOut(t *rapid.T, commands []Command) (then []Event) {
	for _, c := range commands {
		switch c := c.(type) {
		case OpenGate:
			then = append(then, m.openGate(t, c)...)
		case CloseGate:
			m.gate = false
		case OpenSound:
			m.sounds++
			m.sound = true
		case CloseSound:
			if m.gate {
				t.Fatal("the sound closes while the gate is open")
			}
			m.sound = false
		case WarmMedia:
			if m.call.Phase != Ringing || m.call.Sides[Expert].Socket != 0 {
				t.Fatalf("a connection is warmed in phase %s", m.call.Phase)
			}
		case EndMedia:
			m.ends++
		case FinishRecording:
			m.finals++
		case Announce:
			if !m.gate {
				t.Fatalf("a recording is announced while the gate is shut")
			}
			for s, say := range c.Say {
				then = append(then, LinePlayed{Side: Side(s), Prompt: say, ToEnd: rapid.Bool().Draw(t, "line to its end")})
			}
		case PlayNotice:
			if m.talking[c.Side] {
				t.Fatalf("two notices are spoken to the %s at once", c.Side)
			}
			m.talking[c.Side] = true
		case StopNotice:
			if m.talking[c.Side] {
				m.talking[c.Side] = false
				then = append(then, NoticePlayed{Side: c.Side})
			}
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
			if m.fails(t) {
				m.gate, m.noGate = false, true
				then = append(then, LedgerFailed{})
				continue
			}
			m.ledger.add(c)
			m.write(t, c)
		}
	}
	return then
}

func (m *model) openGate(t *rapid.T, c OpenGate) []Event {
	switch {
	case !c.Grant.Covers(string(m.call.ID), consent.Caller, consent.Callee):
		t.Fatalf("the gate was to open without a grant for both voices of the call")
	case m.noGate:
		return nil
	case m.fails(t):
		return []Event{GateFailed{}}
	}
	m.gate = true
	return []Event{CaptureChanged{Light: LightRecording, Recording: testRecording}}
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
		}
	}
}

// checkAnswer: a no and a withdrawal are never refused and shut the gate in
// the same step.
func (m *model) checkAnswer(t *rapid.T, e Event, before Call, err error) {
	no := false
	switch e := e.(type) {
	case Withdrew, LedgerFailed, GateFailed:
		no = true
	case Paused:
		no = err == nil
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

// checkAccept: the first tab has the call, a second click changes nothing, and
// whoever else comes later is told so.
func (m *model) checkAccept(t *rapid.T, e Event, before Call, err error) {
	a, ok := e.(Accepted)
	if !ok {
		return
	}
	x, was := m.call.Sides[Expert], before.Sides[Expert]
	switch {
	case before.Phase == Asking:
		ok = errors.Is(err, ErrWrongPhase)
	case before.Phase == Ringing:
		ok = err == nil && m.call.Phase == Connecting && x.Socket == a.Socket
	case before.Phase == Ended || was.Socket == a.Socket:
		ok = err == nil && m.call.Phase == before.Phase && x.Socket == was.Socket
	default:
		ok = errors.Is(err, ErrElsewhere)
	}
	if !ok {
		t.Fatalf("tab %d accepts a call in phase %s that tab %d has: got %v, phase %s, tab %d", a.Socket, before.Phase, was.Socket, err, m.call.Phase, x.Socket)
	}
}

// checkDelay: an expert who has been rung can let the call wait, once: nothing is refused,
// and the time that was told stands for as long as it rings.
func (m *model) checkDelay(t *rapid.T, e Event, before Call, err error) {
	_, delayed := e.(Delayed)
	was, is := before.AnswersBy, m.call.AnswersBy
	switch {
	case delayed && before.Phase == Asking:
		delayed = errors.Is(err, ErrWrongPhase) && is.IsZero()
	case delayed && before.Phase == Ringing && was.IsZero():
		delayed = err == nil && m.call.Phase == Ringing && is.After(m.call.clock)
	default:
		delayed = is.Equal(was) && (!delayed || err == nil)
	}
	if !delayed {
		t.Fatalf("%#v in phase %s: got %v, and the answer is promised by %v; it was by %v", e, before.Phase, err, is, was)
	}
	if waits := m.running[TimerDelay]; waits && m.running[TimerRing] || m.call.Phase == Ringing && waits == is.IsZero() {
		t.Fatalf("%#v: in phase %s, promised by %v, run the timers %v", e, m.call.Phase, is, m.running)
	}
}

// checkEnd: a call ends once, by what must end it, and for the reason that tells of it.
// Nothing that comes later changes how it ended.
func (m *model) checkEnd(t *rapid.T, e Event, before Call, err error) {
	want, may := endOf(m.env, e, before)
	switch {
	case before.Phase == Ended:
		if err != nil || m.call.End != before.End || !m.call.EndedAt.Equal(before.EndedAt) {
			t.Fatalf("%#v after the end: got %v, and the end %q at %v, want it as it was: %q at %v", e, err, m.call.End, m.call.EndedAt, before.End, before.EndedAt)
		}
	case m.call.Phase != Ended:
		if want != "" && !may {
			t.Fatalf("%#v in phase %s does not end the call, want %q", e, before.Phase, want)
		}
	case m.call.End == EndLimit && !before.Interrupted.IsZero():
		m.seen.ends[EndLimit]++ // the time ran out while the two were waited for
	case m.call.End != want:
		t.Fatalf("%#v in phase %s ends the call as %q, want %q", e, before.Phase, m.call.End, want)
	default:
		m.seen.ends[m.call.End]++
	}
}

// endOf is why an event ends a call that goes on, empty if it does not; may tells that it
// depends on more than is looked at here.
func endOf(env Env, e Event, c Call) (why EndReason, may bool) {
	switch e := e.(type) {
	case Revoked:
		return EndRevoked, false
	case MediaFailed:
		return EndFailed, false
	case Declined:
		if c.Phase == Ringing {
			return EndDeclined, false
		}
	case HungUp:
		switch {
		case !c.Phase.unaccepted():
			return EndCompleted, false
		case e.Side == Member:
			return EndCancelled, false
		}
		return EndDeclined, false
	case Answered:
		if e.Answer == consent.AnswerDeclined && env.EndOnDecline {
			return EndNotAgreed, true
		}
	case Withdrew:
		if env.EndOnDecline {
			return EndNotAgreed, true
		}
	case TimerFired:
		return endOfTimer(e.Timer, c)
	}
	return "", false
}

func endOfTimer(timer Timer, c Call) (why EndReason, may bool) {
	lost := func(s Side) (EndReason, bool) {
		switch {
		case c.Sides[s].Media == MediaConnected:
			return "", false
		case c.Phase.unaccepted():
			return EndCancelled, false
		}
		return EndDropped, false
	}
	switch {
	case timer == TimerRing && c.Phase == Ringing && c.AnswersBy.IsZero(), timer == TimerDelay && c.Phase == Ringing:
		return EndNoAnswer, false
	case timer == TimerRing && c.Phase == Asking:
		return EndNotAgreed, false
	case timer == TimerSetup && c.Phase == Connecting:
		return EndFailed, false
	case timer == TimerLimit && c.Phase == Active && !c.EndsAt.IsZero():
		return EndLimit, false
	case timer == timerLost(Member):
		return lost(Member)
	case timer == timerLost(Expert):
		return lost(Expert)
	}
	return "", false
}

// checkMute: a side is muted as its own tab said last, and a tab that takes the sound
// over says so anew.
func (m *model) checkMute(t *rapid.T, e Event, before Call, err error) {
	if before.Phase == Ended || err != nil {
		return
	}
	switch e := e.(type) {
	case Muted:
		m.muted[e.Side] = e.Muted
	case Joined:
		m.muted[e.Side] = false
	}
	if got := [2]bool{m.call.Sides[Member].Sound.Muted, m.call.Sides[Expert].Sound.Muted}; got != m.muted {
		t.Fatalf("after %#v: muted %v, want %v", e, got, m.muted)
	}
}

// check holds after every step.
func (m *model) check(t *rapid.T) {
	c := m.call
	if c.GateOpen() != m.gate {
		t.Fatalf("gate: the call says open %v, its commands %v", c.GateOpen(), m.gate)
	}
	if !c.ConnectedAt.IsZero() && !c.EndedAt.IsZero() && c.EndedAt.Before(c.ConnectedAt) {
		t.Fatalf("the call ended at %v, before it was connected at %v", c.EndedAt, c.ConnectedAt)
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
	if m.restarts == 0 && (m.sounds > 0) == c.ConnectedAt.IsZero() || c.Phase == Active && m.sound == c.OnHold() {
		t.Fatalf("sound was opened %d times and is open %v in phase %s, connected at %v, on hold %v", m.sounds, m.sound, c.Phase, c.ConnectedAt, c.OnHold())
	}
	if m.holding != [2]bool{c.Sides[Member].Holds, c.Sides[Expert].Holds} {
		t.Fatalf("on hold: the call says %v and %v, its people %v", c.Sides[Member].Holds, c.Sides[Expert].Holds, m.holding)
	}
	if c.End == EndLimit && c.EndsAt.IsZero() && m.restarts == 0 {
		t.Fatalf("the call ended by its limit and nobody was warned")
	}
}

// checkOpen is invariant 1: an open gate stands on what is durable.
func (m *model) checkOpen(t *rapid.T) {
	c, l := m.call, m.ledger
	if m.noGate || !l.open || l.paused || l.decision != consent.Record {
		t.Fatalf("the gate is open and the ledger (whole: %v) says open %v, paused %v, %s", !m.noGate, l.open, l.paused, l.decision)
	}
	for s, p := range c.Sides {
		if said := l.answers[Side(s).String()]; said != p.Answer && (said != "" || p.Answer != consent.AnswerNone) {
			t.Fatalf("the gate is open while the ledger says %q of the %s, and the call %q", said, Side(s), p.Answer)
		}
	}
	if c.Phase != Active || c.OnHold() {
		t.Fatalf("the gate is open in phase %s, on hold %v", c.Phase, c.OnHold())
	}
	for s := range c.Sides {
		if m.talking[s] && c.noticeDue(Side(s)) {
			t.Fatalf("the gate is open while the notice is spoken to the %s", Side(s))
		}
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
		"warm":   func(t *rapid.T) { m.post(t, Warmed{Socket: SocketID(rapid.Uint64Range(2, 5).Draw(t, "tab"))}) },
		"delay":  func(t *rapid.T) { m.post(t, Delayed{}) },
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
		"pause": func(t *rapid.T) {
			m.post(t, rapid.SampledFrom([]Event{Paused{}, Resumed{}, Resumed{}}).Draw(t, "pause"))
		},
		"hold": m.hold,
		"mute": func(t *rapid.T) {
			m.post(t, Muted{side.Draw(t, "side"), rapid.Bool().Draw(t, "muted")})
		},
		"alarm": func(t *rapid.T) {
			m.post(t, AlarmChanged{side.Draw(t, "side"), rapid.SampledFrom([]Alarm{AlarmNone, AlarmNoPackets, AlarmSilence}).Draw(t, "alarm")})
		},
		"fault": func(t *rapid.T) {
			m.post(t, FaultChanged{side.Draw(t, "side"), rapid.SampledFrom([]Alarm{AlarmNone, AlarmNoPackets, AlarmSilence}).Draw(t, "fault")})
		},
		"part": func(t *rapid.T) { m.post(t, PartChosen{side.Draw(t, "side"), rapid.Bool().Draw(t, "keep")}) },
		"quality": func(t *rapid.T) {
			m.post(t, QualityChanged{side.Draw(t, "side"), Quality{Word: rapid.SampledFrom([]quality.Word{quality.Good, quality.Lost}).Draw(t, "word")}})
		},
		"twice":   m.twice,
		"replay":  m.replay,
		"seen":    m.see,
		"played":  m.played,
		"seldom":  m.seldom,
		"restart": m.restart,
		"return": func(t *rapid.T) {
			s := side.Draw(t, "side")
			m.post(t, Returned{s, m.people[s]})
		},
		"all return": m.allReturn,
	}
}

// twice lets what came last come again: a double click, or a message that is sent anew.
// An accept, a hang-up and a mute are as if they had come once.
func (m *model) twice(t *rapid.T) {
	switch e := m.last.(type) {
	case Accepted, Delayed, Muted, Shown, Declined, HungUp:
		before := m.call
		m.post(t, e)
		if m.call.Phase != before.Phase || m.call.End != before.End || m.gate != before.GateOpen() {
			t.Fatalf("%#v again: phase %s, end %q, gate %v, want %s, %q, %v", e, m.call.Phase, m.call.End, m.gate, before.Phase, before.End, before.GateOpen())
		}
	}
}

// hold lets somebody put the call on hold or take it back, now and then twice.
func (m *model) hold(t *rapid.T) {
	e := Held{Side: rapid.SampledFrom([]Side{Member, Expert}).Draw(t, "side"), On: rapid.IntRange(0, 2).Draw(t, "hold") == 0}
	if m.call.Phase == Active {
		m.holding[e.Side] = e.On
	}
	m.post(t, e)
}

// replay sends a yes to a former asking once more.
func (m *model) replay(t *rapid.T) {
	if len(m.over) == 0 {
		return
	}
	e := rapid.SampledFrom(m.over).Draw(t, "old yes")
	if _, _, err := Apply(m.env, m.call, e, m.now); m.call.Phase != Ended && !errors.Is(err, ErrStaleQuestion) {
		t.Fatalf("a yes to an asking that is over: got %v, want it refused as stale", err)
	}
}

// see lets somebody turn up in a place, now and then another, or at an age.
func (m *model) see(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "move") > 0 {
		return
	}
	e := Seen{Side: rapid.SampledFrom([]Side{Member, Expert}).Draw(t, "side")}
	place := rapid.SampledFrom([]string{"US-TX", "US-NY", "US-CA", "US-WA", "DE", ""}).Draw(t, "place")
	e.Signals = party("", place, 0).Signals
	if age := rapid.SampledFrom([]int{0, 0, 0, 40, 17}).Draw(t, "age"); age > 0 {
		e.Age = &age
	}
	m.post(t, e)
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

// seldom ends the call now and then, or brings somebody in.
func (m *model) seldom(t *rapid.T) {
	s := rapid.SampledFrom([]Side{Member, Expert}).Draw(t, "side")
	if m.call.Phase == Ringing && rapid.IntRange(0, 3).Draw(t, "given up") == 0 { // few walks ring for long
		m.post(t, rapid.SampledFrom([]Event{Declined{}, HungUp{Member}, HungUp{Expert}}).Draw(t, "early"))
		return
	}
	if rapid.IntRange(0, 9).Draw(t, "seldom") > 0 {
		return
	}
	m.post(t, rapid.SampledFrom([]Event{HungUp{s}, Declined{}, MediaFailed{s}, PartyJoined{}, GateFailed{}, Revoked{s}}).Draw(t, "event"))
}

// rounds times a hundred walks take about a second; PARLEY_WALKS sets how many
// rounds there are, for long runs.
const rounds = 20

func walkRounds(t testing.TB) int {
	t.Helper()
	text := os.Getenv("PARLEY_WALKS")
	if text == "" {
		return rounds
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("PARLEY_WALKS is %q, want a number", text)
	}
	return n
}

func TestInvariants(t *testing.T) {
	env := announcing(t, true, true)
	recorded, ended, paused, resumed, steps := 0, 0, 0, 0, 0
	n := walkRounds(t)
	seen := &tally{map[reflect.Type]int{}, map[EndReason]int{}}
	for range n {
		rapid.Check(t, func(t *rapid.T) {
			env.EndOnDecline = rapid.IntRange(0, 4).Draw(t, "a no ends the call") == 0
			m := newModel(t, env, seen)
			m.check(t)
			open, halted, again := false, false, false
			actions := m.actions()
			actions[""] = func(t *rapid.T) {
				m.check(t)
				open = open || m.gate
				again = again || m.gate && m.restarts > 0
				halted = halted || m.call.Light == LightPaused
			}
			t.Repeat(actions)
			steps += m.steps
			recorded += one(open)
			paused += one(halted)
			resumed += one(again)
			ended += one(m.call.Phase == Ended)
		})
	}
	t.Logf("%d steps: %d walks were recorded, %d paused, %d recorded after a restart, %d ended", steps, recorded, paused, resumed, ended)
	t.Logf("ends: %v", seen.ends)
	for _, end := range []EndReason{EndDeclined, EndCancelled, EndNoAnswer, EndCompleted, EndDropped, EndFailed, EndLimit, EndNotAgreed, EndRevoked} {
		if seen.ends[end] == 0 {
			t.Errorf("no walk ended as %q", end)
		}
	}
	for _, name := range eventTypes(t) {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(seen.events)), func(k reflect.Type) bool { return k.Name() == name }) {
			t.Errorf("no walk had the event %s: draw it in actions", name)
		}
	}
	// Walks that never record would show nothing.
	if recorded < n || ended < n || paused < n || resumed < n/4 {
		t.Errorf("of all walks %d recorded, %d paused, %d recorded after a restart and %d ended, want %d of each, or a quarter after a restart", recorded, paused, resumed, ended, n)
	}
}

// eventTypes are all types of events, by the sources.
func eventTypes(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`(?m)^func \((\w+)\) event\(\)`)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range declared.FindAllStringSubmatch(string(text), -1) {
			names = append(names, found[1])
		}
	}
	if len(names) < 20 {
		t.Fatalf("found %d types of events", len(names))
	}
	return names
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
