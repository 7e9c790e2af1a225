package wire

import "time"

// CallView is a call as one of its two people may see it.
type CallView struct {
	ID          string     `json:"id"`
	Role        string     `json:"role"`
	State       string     `json:"state"`
	Here        bool       `json:"here"`
	Peer        Person     `json:"peer"`
	CreatedAt   time.Time  `json:"created_at"`
	ConnectedAt *time.Time `json:"connected_at"`
	// AnswersBy is when the expert will have answered, who has said so; nil: nobody has,
	// or the call rings no more.
	AnswersBy *time.Time `json:"answers_by"`
	// EndsAt is when the longest call there may be is over; nil until a minute
	// before.
	EndsAt    *time.Time    `json:"ends_at"`
	EndedAt   *time.Time    `json:"ended_at"`
	EndReason string        `json:"end_reason"`
	Hold      HoldView      `json:"hold"`
	Media     MediaView     `json:"media"`
	Consent   ConsentView   `json:"consent"`
	Recording RecordingView `json:"recording"`
}

// HoldView tells who has the call on hold. While anybody has, nobody hears the
// other and nothing is recorded.
type HoldView struct {
	ByYou  bool `json:"by_you"`
	ByPeer bool `json:"by_peer"`
}

// MediaView tells how the two connections stand (none, connecting, connected
// or lost), who has muted the microphone, and how the sound of each arrives.
type MediaView struct {
	You       string `json:"you"`
	Peer      string `json:"peer"`
	YouMuted  bool   `json:"you_muted"`
	PeerMuted bool   `json:"peer_muted"`

	YouSound    SoundView   `json:"you_sound"`
	PeerSound   SoundView   `json:"peer_sound"`
	YouQuality  QualityView `json:"you_quality"`
	PeerQuality QualityView `json:"peer_quality"`
}

// SoundView tells why a side is not heard though it should be: no_packets (nothing
// comes), silence (a microphone that sends no sound), or empty; and what has become of
// the relay that was tried for it: trying, failed, or empty.
type SoundView struct {
	Fault string `json:"fault"`
	Relay string `json:"relay"`
}

// QualityView is a connection as the server has measured it: excellent, good, poor,
// lost, or empty while too little is known; and why it is not good: outgoing, incoming,
// uneven, slow, again, or empty.
type QualityView struct {
	Word   string `json:"word"`
	Reason string `json:"reason"`
}

// ConsentView is what this person was asked and has said.
type ConsentView struct {
	Question       *Question `json:"question"`
	Answer         string    `json:"answer"`
	WaitingForPeer bool      `json:"waiting_for_peer"`
	// PeerAnswer is what the other side said to a recording that runs or is
	// paused, yes or continued; empty otherwise: nobody learns who refused.
	PeerAnswer string `json:"peer_answer"`
	// Before is what becomes of the recording made before somebody said no: ask
	// (this person chooses; no answer erases), kept, erased, or empty.
	Before  string `json:"before"`
	Summary string `json:"summary"`
}

// Question is the recording question or notice in the person's language.
// Hash is the SHA-256 of the wording and the number of the asking, in hex.
type Question struct {
	Kind     string   `json:"kind"`
	Hash     string   `json:"hash"`
	Language string   `json:"language"`
	Title    string   `json:"title"`
	Body     []string `json:"body"`
	Yes      string   `json:"yes"`
	No       string   `json:"no"`
	// WhyTitle and DetailsTitle head the two parts that are folded away.
	WhyTitle     string   `json:"why_title"`
	DetailsTitle string   `json:"details_title"`
	Why          []string `json:"why"`
	Details      []string `json:"details"`
	Sources      []Source `json:"sources"`
}

// Source is a rule's citation and what it says in a sentence.
type Source struct {
	Citation string `json:"citation"`
	Says     string `json:"says"`
}

// States of the recording light.
const (
	RecordingOff     = "off"
	RecordingOn      = "recording"
	RecordingPaused  = "paused"
	RecordingStopped = "stopped"
	RecordingProblem = "problem"
)

// RecordingView is the light: what capture really does.
type RecordingView struct {
	State string     `json:"state"`
	Since *time.Time `json:"since"`
	Text  string     `json:"text"`
	ID    string     `json:"id"`
	// Hint says what is wrong with the sound that is recorded; empty: nothing.
	Hint string `json:"hint"`
	// Paused is true from the expert's pause until the resume; RemindAt is when
	// the expert is to be reminded of it.
	Paused   bool       `json:"paused"`
	RemindAt *time.Time `json:"remind_at"`
}
