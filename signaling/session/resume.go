package session

import (
	"errors"
	"time"

	"parley/recorder/consent"
)

// ErrOver is returned for a call that cannot be taken up: two never had it.
var ErrOver = errors.New("session: the call was not connected")

// Returned: a person of a call that was taken up has signed in again, by a token
// that says this. Only the first one of each side counts.
type Returned struct {
	Side  Side
	Party Party
}

// Suspended: the process ends, and another one may go on with the call. Nothing
// follows.
type Suspended struct{}

func (Returned) event()  {}
func (Suspended) event() {}

// Resume takes up a call that an earlier process left. Both sides are gone and have
// Limits.Return to come back; until both are there nobody is heard and nothing is
// recorded. Answers, pause and hold stand as the ledger says, and the judge judges
// anew. Whoever does not return makes it a call that was dropped when the earlier
// process had it last.
func Resume(env Env, l Left, at time.Time) (Call, []Command, error) {
	if l.ConnectedAt.IsZero() || l.AcceptedAt.IsZero() {
		return Call{}, nil, ErrOver
	}
	p, err := readPast(l.Ledger)
	if err != nil {
		return Call{}, nil, err
	}
	m := &machine{env: env, at: at, call: Call{
		ID: l.ID, Phase: Connecting, CreatedAt: l.CreatedAt, RungAt: l.CreatedAt, AcceptedAt: l.AcceptedAt, ConnectedAt: l.ConnectedAt,
		Interrupted: latest(l.ConnectedAt, l.Alive), Light: LightOff, Others: p.others, Paused: p.paused,
		soundDue: true, unprovable: l.Unprovable || p.open && l.Shut != "" && l.Shut == p.gate,
	}}
	m.call.clock = latest(at, m.call.Interrupted)
	m.at = m.call.clock
	c := &m.call
	if p.recorded {
		c.Recording = l.Recording
	}
	c.announced.before = c.Recording != ""
	for s := range c.Sides {
		c.Sides[s] = p.sides[s].place(l.People[s], p.minor)
		had := l.Sounds[s]
		c.Sides[s].Sound = Sound{Absences: had.Absences, Silences: had.Silences, Cures: had.Cures, Failures: had.Failures}
	}
	c.Verdict = env.Judge(c.facts())
	for s := range c.Sides {
		c.Sides[s].Question = c.question(env, Side(s))
	}
	m.takeUp(p)
	return m.call, m.commands, nil
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// takeUp goes on from what the ledger says.
func (m *machine) takeUp(p past) {
	c := &m.call
	if p.open {
		m.do(Note{Kind: NoteGateClose, Actor: ServerActor, Body: GateChanged{Reason: "restart"}})
	}
	if p.refused != nil {
		m.partBefore(*p.refused) // whatever was decided may not have been done
	}
	if c.Paused {
		c.RemindAt = m.at.Add(m.env.Limits.Pause)
		m.do(StartTimer{TimerPause, m.env.Limits.Pause})
	}
	for _, s := range []Side{Member, Expert} {
		m.do(StartTimer{timerLost(s), m.env.Limits.Return})
		m.answerGood(s, p.sides[s].answeredAt)
	}
	m.moved = true // it is judged, and asked, anew
	if m.outOfTime() {
		m.end(EndLimit)
	}
	m.settle()
}

// answerGood lets an answer of before be good for as long as any other.
func (m *machine) answerGood(s Side, given time.Time) {
	good, a := m.env.Limits.Answer, m.side(s).Answer
	if good <= 0 || a == consent.AnswerNone || a == consent.AnswerDeclined {
		return
	}
	if left := good - m.at.Sub(given); left > 0 {
		m.do(StartTimer{timerAnswer(s), left})
		return
	}
	m.expire(s)
}

// returned takes in what the token of a side says that has come back.
func (m *machine) returned(e Returned) {
	p := m.side(e.Side)
	if !p.away {
		return
	}
	p.away = false
	p.Headline, p.Language, p.Adult = e.Party.Headline, e.Party.Language, e.Party.Adult
	if p.Name == "" {
		p.Name = e.Party.Name
	}
	m.seen(Seen{Side: e.Side, Signals: e.Party.Signals, Age: e.Party.Age})
	m.moved = true // it may be asked in another language
}
