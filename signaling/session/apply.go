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
	ErrElsewhere     = errors.New("session: the call was answered in another tab")
	ErrStaleQuestion = errors.New("session: the recording question has changed, or was asked anew")
	ErrNotANotice    = errors.New("session: the question needs a yes or a no")
)

// Limits are the times that a call waits.
type Limits struct {
	Ring   time.Duration // until an unanswered call ends
	Delay  time.Duration // how long an expert may let a call wait that rings; then it rings anew
	Setup  time.Duration // from accept until both connections must be up
	Sound  time.Duration // from accept until sound opens with a question still open
	Lost   time.Duration // how long a side may be gone
	Notice time.Duration // how long a shown notice waits before going on counts as having heard it
	Answer time.Duration // how long an answer is good; 0: for the whole call
	Pause  time.Duration // until the expert is reminded of a pause
	Relay  time.Duration // how long a side may take to be heard by the relay
	// Return is how long a call that was taken up from an earlier process waits for
	// its two sides.
	Return time.Duration
	// Length is how long two may talk, 0: as long as they like. Warn is how long
	// before that both are told.
	Length, Warn time.Duration
}

// DefaultLimits are the times that people expect of a telephone.
func DefaultLimits() Limits {
	return Limits{
		Ring: 45 * time.Second, Delay: time.Minute, Setup: 30 * time.Second, Sound: 20 * time.Second,
		Lost: 30 * time.Second, Notice: 8 * time.Second,
		Answer: 12 * time.Hour, Pause: time.Minute, Warn: time.Minute,
		Return: 30 * time.Second,
		Relay:  10 * time.Second,
	}
}

// Env is what the machine decides by. Its functions must be pure.
type Env struct {
	Limits Limits
	Judge  func(consent.Facts) consent.Verdict
	// Ask words the question for one side of the call.
	Ask func(v consent.Verdict, c Call, s Side) words.Question
	// Prompt is the spoken notice in a language, if there is one. Nil: nothing is
	// spoken.
	Prompt func(language string) (Prompt, bool)
	// SpokenRequired: where a notice is due, nothing is recorded before it was
	// spoken to the end. Else the notice on the screen is enough when the spoken
	// one could not be played.
	SpokenRequired bool
	// Announcements are the spoken lines on the recording.
	Announcements Announcements
	// Earlier tells whether an answer of before this call may stand in for one to
	// the wording of a version. Nil: none does.
	Earlier func(v consent.Verdict, e consent.Earlier, version string) bool
	// Relay: there is one, which is tried for a side that is not heard.
	Relay bool
	// EndOnDecline ends a call, politely, when a side says no to its first question,
	// or to a later one before they talk. Where there is a question, the member answers it before the expert is rung.
	EndOnDecline bool
}

// New starts a call: the expert is rung, or the member asked first, and the
// member's sound is prepared.
func New(env Env, call id.CallID, member, expert Party, socket SocketID, at time.Time) (Call, []Command) {
	c := Call{ID: call, Phase: Ringing, CreatedAt: at, RungAt: at, clock: at, Light: LightOff}
	for s, p := range []Party{member, expert} {
		c.Sides[s] = Place{Party: p, Media: MediaNone, Answer: consent.AnswerNone, Asking: 1}
	}
	c.Sides[Member].Socket = socket
	c.Sides[Member].Media = MediaConnecting
	c.Verdict = env.Judge(c.facts())
	for s := range c.Sides {
		c.Sides[s].Standing = c.standing(env, Side(s))
		c.Sides[s].Question = c.question(env, Side(s))
	}
	if env.EndOnDecline && !c.Sides[Member].answered() {
		c.Phase, c.RungAt = Asking, time.Time{}
	}
	return c, []Command{
		StartTimer{TimerRing, env.Limits.Ring},
		OpenMedia{Side: Member},
		Note{Kind: NoteVerdict, Actor: ServerActor, Body: receipt.Judged(c.Verdict)},
	}
}

// Apply is the next state of a call and what to do. On an error the call is
// unchanged and there is nothing to do. An event that comes too late for an
// ended call is no error and changes nothing, save what capture reports.
func Apply(env Env, c Call, e Event, at time.Time) (Call, []Command, error) {
	if at.Before(c.clock) {
		at = c.clock // the wall clock was set back
	}
	if c.Phase == Ended {
		return afterEnd(c, e, at), nil, nil
	}
	m := &machine{env: env, call: c, at: at}
	m.call.clock = at
	if err := m.handle(e); err != nil {
		return c, nil, err
	}
	m.settle()
	return m.call, m.commands, nil
}

func afterEnd(c Call, e Event, at time.Time) Call {
	if ch, ok := e.(CaptureChanged); ok {
		c.captured(ch)
		c.relight(at)
	}
	return c
}

type machine struct {
	env      Env
	call     Call
	at       time.Time
	commands []Command
	moved    bool // who is where has changed: the questions are worded anew
}

func (m *machine) do(c ...Command) { m.commands = append(m.commands, c...) }

func (m *machine) side(s Side) *Place { return &m.call.Sides[s] }

func (m *machine) handle(e Event) error {
	switch e := e.(type) {
	case Accepted:
		return m.accept(e)
	case Declined:
		return m.endIf(Ringing, EndDeclined)
	case Delayed:
		return m.delay()
	case HungUp:
		return m.hangUp(e.Side)
	case Revoked:
		m.end(EndRevoked)
	case Joined:
		return m.join(e)
	case Warmed:
		return m.warm(e)
	case MediaChanged:
		m.mediaChanged(e)
	case MediaFailed:
		m.end(EndFailed)
	case Held:
		return m.hold(e)
	case TimerFired:
		m.fired(e.Timer)
	case Returned:
		m.returned(e)
	case Suspended:
		m.shut("restart")
		m.call.suspended = true
	default:
		return m.handleConsent(e)
	}
	return nil
}

// handleConsent handles what concerns the recording alone.
func (m *machine) handleConsent(e Event) error {
	switch e := e.(type) {
	case Shown:
		return m.shown(e)
	case Answered:
		return m.answered(e)
	case Withdrew:
		m.withdraw(e.Side)
	case Seen:
		m.seen(e)
	case PartyJoined:
		m.partyJoined(e)
	case Paused:
		return m.pause()
	case Resumed:
		m.resume()
	case CaptureChanged:
		m.call.captured(e)
	case LedgerFailed:
		m.ledgerFailed()
	case GateFailed:
		m.gateFailed()
	case PartChosen:
		return m.partChosen(e)
	case LinePlayed:
		m.linePlayed(e)
	case NoticePlayed:
		m.noticePlayed(e)
	case AlarmChanged:
		m.raise(e)
	case Muted:
		m.side(e.Side).Sound.Muted = e.Muted
		m.expect(e.Side)
	case FaultChanged:
		m.fault(e)
	case QualityChanged:
		if p := m.side(e.Side); p.Media == MediaConnected {
			p.Quality = e.Quality
		}
	}
	return nil
}

// accept takes the call in the first tab that asks. A second click there changes
// nothing; every other tab comes too late.
func (m *machine) accept(e Accepted) error {
	x := m.side(Expert)
	switch {
	case m.call.Phase == Asking:
		return ErrWrongPhase // nobody has rung
	case m.call.Phase == Ringing:
	case x.Socket == e.Socket:
		return nil
	default:
		return ErrElsewhere
	}
	m.call.Phase, m.call.AcceptedAt = Connecting, m.at
	x.Socket, x.Media = e.Socket, MediaConnecting
	m.do(StopTimer{TimerRing}, StopTimer{TimerDelay}, StartTimer{TimerSetup, m.env.Limits.Setup},
		StartTimer{TimerSound, m.env.Limits.Sound}, OpenMedia{Side: Expert})
	return nil
}

func (m *machine) hangUp(s Side) error {
	switch {
	case !m.call.Phase.unaccepted():
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
	if m.call.Phase.unaccepted() && e.Side == Expert {
		return ErrWrongPhase
	}
	p := m.side(e.Side)
	p.Socket, p.Media = e.Socket, MediaConnecting
	p.requality()
	p.Sound.Muted = false // the new tab says so if it is
	m.interrupt(e.Side)
	m.do(StartTimer{timerLost(e.Side), m.env.Limits.Lost}, OpenMedia{Side: e.Side})
	return nil
}

// warm readies a tab of the expert's for the accept. One that asks when the call has
// been accepted is late, not wrong.
func (m *machine) warm(e Warmed) error {
	switch m.call.Phase {
	case Asking:
		return ErrWrongPhase // nobody has rung
	case Ringing:
		m.do(WarmMedia(e))
	}
	return nil
}

func (m *machine) mediaChanged(e MediaChanged) {
	p := m.side(e.Side)
	was := p.Media
	p.Media = e.State
	p.requality()
	switch {
	case e.State == MediaConnected:
		m.do(StopTimer{timerLost(e.Side)})
		if p.Spoken == SpokenFailed && was != MediaConnected {
			p.Spoken = SpokenNone // it is spoken again
		}
	case was == MediaConnected || e.State == MediaLost && was != MediaLost: // gone, or finding its way anew
		m.do(StartTimer{timerLost(e.Side), m.env.Limits.Lost})
		m.interrupt(e.Side)
	}
}

func (m *machine) fired(t Timer) {
	switch t {
	case TimerRing:
		if m.call.AnswersBy.IsZero() { // else it was stopped, and on its way
			m.rangOut()
		}
	case TimerDelay:
		m.rangOut()
	case TimerSetup:
		_ = m.endIf(Connecting, EndFailed)
	case TimerSound:
		m.call.soundDue = true
	case TimerWarn:
		m.warn(min(m.env.Limits.Warn, m.env.Limits.Length))
	case TimerLimit:
		m.outlasted()
	case TimerTone:
		m.toneDue()
	case timerLost(Member):
		m.lostTooLong(Member)
	case timerLost(Expert):
		m.lostTooLong(Expert)
	case timerRelay(Member):
		m.relayEnded(Member)
	case timerRelay(Expert):
		m.relayEnded(Expert)
	case timerNotice(Member):
		m.stayedOn(Member)
	case timerNotice(Expert):
		m.stayedOn(Expert)
	case timerAnswer(Member):
		m.expire(Member)
	case timerAnswer(Expert):
		m.expire(Expert)
	}
}

func (m *machine) lostTooLong(s Side) {
	if m.side(s).Media == MediaConnected {
		return
	}
	if m.call.Phase.unaccepted() {
		m.end(EndCancelled)
		return
	}
	m.end(EndDropped)
}

// rangOut ends a call that nobody took in time, or that the member gave no answer
// for. One that was accepted in the same moment goes on.
func (m *machine) rangOut() {
	switch m.call.Phase {
	case Ringing:
		m.end(EndNoAnswer)
	case Asking:
		m.end(EndNotAgreed)
	}
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
