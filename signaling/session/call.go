package session

import (
	"time"

	"parley/recorder/consent"
	"parley/recorder/consent/words"
	"parley/storage/id"
)

// Side is one of the two places in a call.
type Side int

// The two sides; they number the legs and the recorded voices as well.
const (
	Member Side = 0
	Expert Side = 1
)

// Other is the opposite side.
func (s Side) Other() Side { return 1 - s }

func (s Side) String() string {
	if s == Member {
		return "member"
	}
	return "expert"
}

// party is the side in the words of the consent rules.
func (s Side) party() consent.Party {
	if s == Member {
		return consent.Caller
	}
	return consent.Callee
}

// Phase is where a call stands.
type Phase string

// The phases, in the order in which they come.
const (
	// Asking comes first where the operator wants no call that is not recorded:
	// the member answers before anybody is rung.
	Asking     Phase = "asking"
	Ringing    Phase = "ringing"
	Connecting Phase = "connecting"
	Active     Phase = "active"
	Ended      Phase = "ended"
)

// unaccepted tells whether the expert has not taken the call yet.
func (p Phase) unaccepted() bool { return p == Asking || p == Ringing }

// EndReason tells why a call ended.
type EndReason string

// Reasons for the end of a call.
const (
	EndDeclined  EndReason = "declined"
	EndCancelled EndReason = "cancelled"
	EndNoAnswer  EndReason = "no_answer"
	EndCompleted EndReason = "completed"
	EndDropped   EndReason = "dropped"
	EndFailed    EndReason = "failed"
	EndLimit     EndReason = "limit"      // it lasted as long as a call may
	EndNotAgreed EndReason = "not_agreed" // to a recording, where the operator wants no other calls
	EndRevoked   EndReason = "revoked"    // the service took the token of one of them back
)

// Reasons for which a call never rang. Nobody is told of a block: who is blocked
// hears what is said of somebody who is away.
const (
	EndBusy    EndReason = "busy"
	EndAway    EndReason = "away"
	EndBlocked EndReason = "blocked"
)

// Media is how a side's connection stands.
type Media string

// States of a side's connection.
const (
	MediaNone       Media = "none"
	MediaConnecting Media = "connecting"
	MediaConnected  Media = "connected"
	MediaLost       Media = "lost"
)

// Light is what capture really does.
type Light string

// States of the recording light.
const (
	LightOff       Light = "off"
	LightRecording Light = "recording"
	LightPaused    Light = "paused" // card details: goes on only by the expert's hand
	LightStopped   Light = "stopped"
	LightProblem   Light = "problem"
)

// SocketID names one tab of a person: a signalling connection, or those of a tab
// one after another.
type SocketID uint64

// Party is what a token says about one person of the call.
type Party struct {
	ID       id.PersonID
	Name     string
	Headline string
	Language string
	Signals  []consent.Signal
	Age      *int // whole years; nil: unknown
	Adult    bool // the platform's word that the person is of age
	// Earlier is what the person answered last before this call; nil: nothing.
	Earlier *EarlierAnswer
}

// Place is one side of a call.
type Place struct {
	Party
	// Later are the signals about place that came up during the call. None
	// takes an earlier one away (rule L8).
	Later []consent.Signal
	// Socket is the tab that carries the side's sound; 0: none yet.
	Socket SocketID
	Media  Media
	Sound  Sound
	// Quality is how the connection is, as the server has measured it.
	Quality Quality
	Asking  int // number of the present asking, from 1
	// Standing is true while a yes of before this call stands in for one: the
	// person is told so, and not asked.
	Standing bool
	Question words.Question
	Shown    bool
	Answer   consent.Answer
	// Holds is true while this person has the call on hold.
	Holds  bool
	Spoken Spoken
	Prompt Prompt // of the newest spoken notice
	moved  bool   // the connection changed under the spoken notice
	// Withdrawn is true from a withdrawal until a new yes.
	Withdrawn bool
	away      bool // of a call that was taken up: has not signed in since
}

// FirstAsked tells whether this person has the first question of the call: where
// the operator wants no unrecorded calls, a no to it ends the call.
func (p Place) FirstAsked() bool { return p.Asking == 1 }

// answered tells whether the recording question stands between this person
// and the talk.
func (p Place) answered() bool {
	return p.Answer != consent.AnswerNone || p.Question.Kind == words.KindNone
}

// Call is the whole state of one call. It is a value: Apply returns a new one.
type Call struct {
	ID    id.CallID
	Phase Phase
	End   EndReason
	Sides [2]Place

	CreatedAt, RungAt, AcceptedAt, ConnectedAt, EndedAt time.Time
	// Interrupted is when an earlier process had the call last, while this one
	// waits for the two to come back; zero: they are there.
	Interrupted time.Time
	// AnswersBy is when the expert, who has said so, answers at the latest.
	AnswersBy time.Time
	// EndsAt is set once both are told that the call ends soon.
	EndsAt time.Time

	// Others are further people who came into the call.
	Others []consent.PartyFacts

	Verdict    consent.Verdict
	Recording  id.RecordingID
	Light      Light
	LightSince time.Time
	// Part is what became of the recording before a no; PartSide said it.
	Part     Part
	PartSide Side
	// Paused is true while card details are read out. RemindAt is when the
	// expert is to be reminded of it.
	Paused   bool
	RemindAt time.Time

	clock     time.Time // latest time of any event: time never runs backwards
	gateOpen  bool
	reported  Light // what capture has said since the gate opened; "": nothing yet
	soundDue  bool
	announced announced
	// unprovable is true once the ledger could not be written: what cannot be
	// proved is not recorded. recorderFailed stands until somebody says yes
	// anew.
	unprovable, recorderFailed bool
	suspended                  bool // the process ends
}

// GateOpen tells whether the recording gate was last commanded open.
func (c Call) GateOpen() bool { return c.gateOpen }

// Unprovable tells that the ledger could not be written: the call is recorded no more.
func (c Call) Unprovable() bool { return c.unprovable }

// allowed tells whether the verdict lets this moment of the talk be recorded.
func (c Call) allowed() bool { return c.Phase == Active && c.Verdict.MayRecord() }

// SideOf tells which side a person is on.
func (c Call) SideOf(p id.PersonID) (Side, bool) {
	for s := range c.Sides {
		if c.Sides[s].ID == p {
			return Side(s), true
		}
	}
	return 0, false
}

// facts are what the judge decides on.
func (c Call) facts() consent.Facts {
	f := consent.Facts{Call: string(c.ID)}
	for s, p := range c.Sides {
		f.Parties = append(f.Parties, consent.PartyFacts{
			Party: Side(s).party(), Signals: p.Signals, Later: p.Later, Age: p.Age, Adult: p.Adult,
			Answer: p.Answer, Withdrawn: p.Withdrawn,
		})
	}
	f.Parties = append(f.Parties, c.Others...)
	return f
}
