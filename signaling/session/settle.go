package session

import (
	"time"

	"parley/recorder/consent/receipt"
)

// settle derives what follows from the facts as they stand after an event:
// whether sound opens, what the verdict is, and whether the gate may be open.
func (m *machine) settle() {
	if m.call.Phase != Ended {
		m.settleRing()
		m.settleSound()
	}
	if m.call.Phase != Ended { // its time may have run out
		m.settleVerdict()
		m.settleSound() // who was asked may not be any more
		m.settleNotices()
		m.settleGate()
		m.settleAnnounce()
	}
	m.call.relight(m.at)
}

// settleRing rings the expert once the member has answered, or need not.
func (m *machine) settleRing() {
	if m.call.Phase == Asking && m.side(Member).answered() {
		m.call.Phase, m.call.RungAt = Ringing, m.at
		m.do(StartTimer{TimerRing, m.env.Limits.Ring})
	}
}

// settleSound opens the sound when both are connected and nobody is held by a
// question, or when the question has been open for too long: the call comes
// first.
func (m *machine) settleSound() {
	c := &m.call
	if c.Phase != Connecting {
		return
	}
	for _, p := range c.Sides {
		if p.Media != MediaConnected || p.away || !(p.answered() || c.soundDue) {
			return
		}
	}
	if m.outOfTime() {
		m.end(EndLimit)
		return
	}
	c.Phase = Active
	m.do(StopTimer{TimerSetup}, StopTimer{TimerSound})
	if c.Interrupted.IsZero() {
		c.ConnectedAt = m.at
	}
	c.Interrupted = time.Time{}
	if !c.OnHold() {
		m.do(OpenSound{})
	}
	m.limit()
}

func (m *machine) settleVerdict() {
	before := m.call.Verdict
	m.call.Verdict = m.env.Judge(m.call.facts())
	if m.moved {
		m.reword()
		m.call.Verdict = m.env.Judge(m.call.facts()) // an answer may have been taken away
	}
	if now := m.call.Verdict; m.moved || now.Decision != before.Decision || now.Rule != before.Rule {
		m.do(Note{Kind: NoteVerdict, Actor: ServerActor, Body: receipt.Judged(now)})
	}
}

// settleGate is the only place where the gate opens.
func (m *machine) settleGate() {
	c := &m.call
	want := c.allowed() && !c.Paused && !c.OnHold() && !c.unprovable && !c.recorderFailed && !c.suspended && c.heard(m.env.SpokenRequired)
	switch grant, err := c.Verdict.Grant(); {
	case want && err == nil && !c.gateOpen:
		c.gateOpen, c.reported = true, ""
		m.do(Note{Kind: NoteGateOpen, Actor: ServerActor, Body: GateChanged{Reason: "verdict"}}, OpenGate{grant})
	case !want && c.gateOpen:
		m.shut("verdict")
	}
}

// shut closes the gate first and writes after.
func (m *machine) shut(reason string) {
	if !m.call.gateOpen {
		return
	}
	m.call.gateOpen = false
	m.do(CloseGate{}, Note{Kind: NoteGateClose, Actor: ServerActor, Body: GateChanged{Reason: reason}})
	m.silent()
}

func (m *machine) end(r EndReason) {
	m.shut("call ended")
	m.call.Phase, m.call.End, m.call.EndedAt = Ended, r, m.at
	if !m.call.Interrupted.IsZero() {
		m.call.EndedAt = m.call.Interrupted // nobody talks while the two are waited for
	}
	for _, t := range []Timer{TimerRing, TimerDelay, TimerSetup, TimerSound, TimerPause, TimerWarn, TimerLimit} {
		m.do(StopTimer{t})
	}
	for _, s := range []Side{Member, Expert} {
		m.do(StopTimer{timerLost(s)}, StopTimer{timerNotice(s)}, StopTimer{timerAnswer(s)})
		if m.side(s).Sound.Relay == RelayTrying {
			m.do(StopTimer{timerRelay(s)})
		}
	}
	m.partUnanswered()
	m.do(EndMedia{}, FinishRecording{})
}
