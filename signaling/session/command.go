package session

import (
	"time"

	"parley/recorder/consent"
)

// A Command is something that the owner of a call must do. Commands are
// carried out in order. When a Note cannot be made durable, the gate is shut at
// once, no OpenGate is carried out any more, and LedgerFailed is reported: what
// cannot be proved is not recorded.
type Command interface{ command() }

// OpenMedia: make a connection for the side and send the offer to its tab, or take
// the one that was warmed there; all other warmed ones end.
type OpenMedia struct {
	Side  Side
	Relay bool // it may use the relay alone
}

// WarmMedia: make a connection for a tab in which the call rings, so that it is up
// when the call is accepted there. Nothing passes over it before.
type WarmMedia struct{ Socket SocketID }

// OpenSound: let the two hear each other.
type OpenSound struct{}

// CloseSound: let neither hear the other, until OpenSound.
type CloseSound struct{}

// EndMedia: close both connections.
type EndMedia struct{}

// Note: append an entry to the consent ledger.
type Note struct {
	Kind  string
	Actor string // person id, or "server"
	Body  any
}

// OpenGate: capture from now on. It always follows the Notes that justify it.
// If the recorder cannot, GateFailed is reported.
type OpenGate struct{ Grant consent.Grant }

// CloseGate: capture nothing from now on. It comes before the Note about it.
type CloseGate struct{}

// FinishRecording: the call is over, render and store what was captured.
type FinishRecording struct{}

// Timer names one of a call's timers.
type Timer string

// The timers of a call.
const (
	TimerRing  Timer = "ring"  // nobody answers
	TimerDelay Timer = "delay" // the expert said to answer in a minute, and does not
	TimerSetup Timer = "setup" // accepted, but media does not come up
	TimerSound Timer = "sound" // a question is still open, sound opens all the same
	TimerPause Timer = "pause" // the expert has forgotten the pause
	TimerWarn  Timer = "warn"  // both are to be told that the call ends soon
	TimerLimit Timer = "limit" // the call has lasted as long as it may
	TimerTone  Timer = "tone"  // the tone is due again
)

// timerLost runs while a side's connection is lost.
func timerLost(s Side) Timer { return Timer("lost-" + s.String()) }

// timerNotice runs while a shown notice waits for a reaction.
func timerNotice(s Side) Timer { return Timer("notice-" + s.String()) }

// timerAnswer runs while an answer is good.
func timerAnswer(s Side) Timer { return Timer("answer-" + s.String()) }

// StartTimer: send TimerFired after the delay; it replaces one of that name.
type StartTimer struct {
	Timer Timer
	After time.Duration
}

// StopTimer: forget the timer.
type StopTimer struct{ Timer Timer }

func (OpenMedia) command()       {}
func (WarmMedia) command()       {}
func (OpenSound) command()       {}
func (CloseSound) command()      {}
func (EndMedia) command()        {}
func (Note) command()            {}
func (OpenGate) command()        {}
func (CloseGate) command()       {}
func (FinishRecording) command() {}
func (StartTimer) command()      {}
func (StopTimer) command()       {}
