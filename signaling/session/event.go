package session

import (
	"parley/recorder/consent"
	"parley/storage/id"
)

// An Event is something that happened to a call.
type Event interface{ event() }

// Accepted: the expert takes the call in the tab Socket.
type Accepted struct{ Socket SocketID }

// Declined: the expert refuses the ringing call.
type Declined struct{}

// Delayed: the expert lets the ringing call wait, and answers in a minute.
type Delayed struct{}

// HungUp: one side ends the call; while it rings, the member cancels and the
// expert declines by it.
type HungUp struct{ Side Side }

// Revoked: the token by which a side takes part was taken back.
type Revoked struct{ Side Side }

// Joined: a tab asks for the side's sound.
type Joined struct {
	Side   Side
	Socket SocketID
}

// Warmed: a tab in which the call rings asks for a connection before it is known
// where the expert will accept.
type Warmed struct{ Socket SocketID }

// MediaChanged: a side's connection came up or went.
type MediaChanged struct {
	Side  Side
	State Media
}

// MediaFailed: the server could not make a side's connection.
type MediaFailed struct{ Side Side }

// Shown: the question with this hash is on the side's screen.
type Shown struct {
	Side Side
	Hash string
}

// Answered: a side answered the question with this hash.
type Answered struct {
	Side   Side
	Hash   string
	Answer consent.Answer
}

// Withdrew: a side takes consent back.
type Withdrew struct{ Side Side }

// Seen: a side is seen in places, or at an age, that the call may not know yet,
// because the person signed in once more.
type Seen struct {
	Side    Side
	Signals []consent.Signal
	Age     *int
}

// PartyJoined: a further person comes into the call.
type PartyJoined struct{ Signals []consent.Signal }

// Paused: the expert halts capture while card details are read out.
type Paused struct{}

// Resumed: the expert lets capture go on.
type Resumed struct{}

// LedgerFailed: a Note could not be made durable.
type LedgerFailed struct{}

// GateFailed: the recorder could not open the gate.
type GateFailed struct{}

// TimerFired: a timer asked for by StartTimer has run out.
type TimerFired struct{ Timer Timer }

// CaptureChanged: capture reports what it really does.
type CaptureChanged struct {
	Light     Light
	Recording id.RecordingID
}

func (Accepted) event()       {}
func (Declined) event()       {}
func (Delayed) event()        {}
func (HungUp) event()         {}
func (Revoked) event()        {}
func (Joined) event()         {}
func (Warmed) event()         {}
func (MediaChanged) event()   {}
func (MediaFailed) event()    {}
func (Shown) event()          {}
func (Answered) event()       {}
func (Withdrew) event()       {}
func (TimerFired) event()     {}
func (CaptureChanged) event() {}
func (Seen) event()           {}
func (PartyJoined) event()    {}
func (Paused) event()         {}
func (Resumed) event()        {}
func (LedgerFailed) event()   {}
func (GateFailed) event()     {}
