package session

import (
	"errors"
	"time"

	"parley/recorder/consent"
	"parley/recorder/consent/receipt"
	"parley/recorder/consent/words"
	"parley/storage/id"
)

// Errors that a client sees as a refusal; the call stays as it was.
var (
	ErrWrongPhase    = errors.New("session: not possible at this point of the call")
	ErrStaleQuestion = errors.New("session: the recording question has changed")
	ErrNotANotice    = errors.New("session: the question needs a yes or a no")
)

// Limits are the times that a call waits.
type Limits struct {
	Ring   time.Duration // until an unanswered call ends
	Setup  time.Duration // from accept until both connections must be up
	Sound  time.Duration // from accept until sound opens with a question still open
	Lost   time.Duration // how long a side may be gone
	Notice time.Duration // how long a shown notice waits before going on counts as having heard it
}

// DefaultLimits are the times that people expect of a telephone.
func DefaultLimits() Limits {
	return Limits{
		Ring: 45 * time.Second, Setup: 30 * time.Second, Sound: 20 * time.Second,
		Lost: 30 * time.Second, Notice: 8 * time.Second,
	}
}

// Env is what the machine decides by. Its functions must be pure.
type Env struct {
	Limits Limits
	Judge  func(consent.Facts) consent.Verdict
	// Ask words the question for one side of the call.
	Ask func(v consent.Verdict, c Call, s Side) words.Question
}

// New starts a call: the expert is rung, the member's sound is prepared.
func New(env Env, call id.CallID, member, expert Party, socket SocketID, at time.Time) (Call, []Command) {
	c := Call{ID: call, Phase: Ringing, CreatedAt: at, Light: LightOff}
	for s, p := range []Party{member, expert} {
		c.Sides[s] = Place{Party: p, Media: MediaNone, Answer: consent.AnswerNone}
	}
	c.Sides[Member].Socket = socket
	c.Sides[Member].Media = MediaConnecting
	c.Verdict = env.Judge(c.facts())
	for s := range c.Sides {
		c.Sides[s].Question = env.Ask(c.Verdict, c, Side(s))
	}
	return c, []Command{
		StartTimer{TimerRing, env.Limits.Ring},
		OpenMedia{Member},
		Note{Kind: NoteVerdict, Actor: ServerActor, Body: receipt.Judged(c.Verdict)},
	}
}

// Apply is the next state of a call and what to do. On an error the call is
// unchanged and there is nothing to do. An event that comes too late for an
// ended call is no error and changes nothing, save what capture reports.
func Apply(env Env, c Call, e Event, at time.Time) (Call, []Command, error) {
	if c.Phase == Ended {
		return afterEnd(c, e, at), nil, nil
	}
	m := &machine{env: env, call: c, at: at}
	if err := m.handle(e); err != nil {
		return c, nil, err
	}
	m.settle()
	return m.call, m.commands, nil
}

func afterEnd(c Call, e Event, at time.Time) Call {
	if ch, ok := e.(CaptureChanged); ok {
		c.setLight(ch, at)
	}
	return c
}

type machine struct {
	env      Env
	call     Call
	at       time.Time
	commands []Command
}

func (m *machine) do(c ...Command) { m.commands = append(m.commands, c...) }

func (m *machine) side(s Side) *Place { return &m.call.Sides[s] }

func (m *machine) handle(e Event) error {
	switch e := e.(type) {
	case Accepted:
		return m.accept(e)
	case Declined:
		return m.endIf(Ringing, EndDeclined)
	case HungUp:
		return m.hangUp(e.Side)
	case Joined:
		return m.join(e)
	case MediaChanged:
		m.mediaChanged(e)
	case MediaFailed:
		m.end(EndFailed)
	case Shown:
		return m.shown(e)
	case Answered:
		return m.answered(e)
	case Withdrew:
		m.withdraw(e.Side)
	case TimerFired:
		m.fired(e.Timer)
	case CaptureChanged:
		m.call.setLight(e, m.at)
	case AlarmChanged:
		m.raise(e)
	case Muted:
		m.side(e.Side).Sound.Muted = e.Muted
	}
	return nil
}

func (m *machine) accept(e Accepted) error {
	if m.call.Phase != Ringing {
		return ErrWrongPhase
	}
	m.call.Phase, m.call.AcceptedAt = Connecting, m.at
	x := m.side(Expert)
	x.Socket, x.Media = e.Socket, MediaConnecting
	m.do(StopTimer{TimerRing}, StartTimer{TimerSetup, m.env.Limits.Setup},
		StartTimer{TimerSound, m.env.Limits.Sound}, OpenMedia{Expert})
	return nil
}

func (m *machine) hangUp(s Side) error {
	switch {
	case m.call.Phase != Ringing:
		m.end(EndCompleted)
	case s == Member:
		m.end(EndCancelled)
	default:
		m.end(EndDeclined)
	}
	return nil
}

// join moves a side's sound to another tab, or to the same one after a
// reload. The expert has no sound before accepting.
func (m *machine) join(e Joined) error {
	if m.call.Phase == Ringing && e.Side == Expert {
		return ErrWrongPhase
	}
	p := m.side(e.Side)
	p.Socket, p.Media = e.Socket, MediaConnecting
	p.Sound.Muted = false // the new tab says so if it is
	m.do(StartTimer{timerLost(e.Side), m.env.Limits.Lost}, OpenMedia{e.Side})
	return nil
}

func (m *machine) mediaChanged(e MediaChanged) {
	p := m.side(e.Side)
	was := p.Media
	p.Media = e.State
	switch {
	case e.State == MediaConnected:
		m.do(StopTimer{timerLost(e.Side)})
	case e.State == MediaLost && was != MediaLost:
		m.do(StartTimer{timerLost(e.Side), m.env.Limits.Lost})
	}
}

func (m *machine) shown(e Shown) error {
	if e.Hash != m.side(e.Side).Question.Hash {
		return ErrStaleQuestion
	}
	m.wasShown(e.Side)
	return nil
}

// wasShown notes, once, that a side has its question on the screen.
func (m *machine) wasShown(s Side) {
	p := m.side(s)
	if p.Shown {
		return
	}
	p.Shown = true
	q := p.Question
	m.do(Note{Kind: NoteNotice, Actor: string(p.ID), Body: NoticeShown{
		Side: s.String(), Kind: string(q.Kind), Hash: q.Hash, Language: q.Language, Version: q.Version,
	}})
	if q.Kind == words.KindNotice && p.Answer == consent.AnswerNone {
		m.do(StartTimer{timerNotice(s), m.env.Limits.Notice})
	}
}

func (m *machine) answered(e Answered) error {
	p := m.side(e.Side)
	stale := e.Hash != p.Question.Hash
	switch {
	case stale && e.Answer != consent.AnswerDeclined:
		return ErrStaleQuestion // but a no counts, whatever was read
	case e.Answer == consent.AnswerContinued && p.Question.Kind != words.KindNotice:
		return ErrNotANotice
	case e.Answer == consent.AnswerContinued && (p.Withdrawn || p.Answer == consent.AnswerDeclined):
		return ErrNotANotice // going on never ends a no
	}
	if e.Answer == consent.AnswerContinued && p.Answer == consent.AnswerExpress {
		return nil // going on after a yes adds nothing to it
	}
	if e.Answer == consent.AnswerDeclined {
		m.shut("button") // before anything is written
	}
	if !stale {
		m.wasShown(e.Side) // who names the wording has it before them
	}
	m.take(e.Side, e.Answer, "button")
	return nil
}

func (m *machine) withdraw(s Side) {
	if m.side(s).Withdrawn {
		return
	}
	m.side(s).Withdrawn = true
	m.take(s, consent.AnswerDeclined, "withdrawn")
}

// take records an answer. A no shuts the gate at once; everything else about
// the gate waits for settle.
func (m *machine) take(s Side, a consent.Answer, method string) {
	p := m.side(s)
	if p.Answer == a && method != "withdrawn" {
		return
	}
	p.Answer = a
	if a == consent.AnswerExpress {
		p.Withdrawn = false
	}
	if a == consent.AnswerDeclined {
		m.shut(method)
	}
	m.do(StopTimer{timerNotice(s)}, Note{Kind: NoteAnswer, Actor: string(p.ID), Body: AnswerGiven{
		Side: s.String(), Answer: string(a), Method: method, Hash: p.Question.Hash,
	}})
}

func (m *machine) fired(t Timer) {
	switch t {
	case TimerRing:
		_ = m.endIf(Ringing, EndNoAnswer) // accepted in the same moment: the timer is void
	case TimerSetup:
		_ = m.endIf(Connecting, EndFailed)
	case TimerSound:
		m.call.soundDue = true
	case timerLost(Member):
		m.lostTooLong(Member)
	case timerLost(Expert):
		m.lostTooLong(Expert)
	case timerNotice(Member):
		m.stayedOn(Member)
	case timerNotice(Expert):
		m.stayedOn(Expert)
	}
}

func (m *machine) lostTooLong(s Side) {
	if m.side(s).Media == MediaConnected {
		return
	}
	if m.call.Phase == Ringing {
		m.end(EndCancelled)
		return
	}
	m.end(EndDropped)
}

func (m *machine) stayedOn(s Side) {
	if m.side(s).Answer == consent.AnswerNone && m.side(s).Shown {
		m.take(s, consent.AnswerContinued, "stayed_on")
	}
}

func (m *machine) endIf(p Phase, r EndReason) error {
	if m.call.Phase != p {
		return ErrWrongPhase
	}
	m.end(r)
	return nil
}

// setLight believes capture, but for a report that was under way when the gate
// closed: nothing is captured any more, whatever it says.
func (c *Call) setLight(e CaptureChanged, at time.Time) {
	if e.Recording != "" {
		c.Recording = e.Recording
	}
	if c.Light != e.Light && (c.gateOpen || e.Light == LightStopped) {
		c.Light, c.LightSince = e.Light, at
	}
}
