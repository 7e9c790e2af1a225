package words

import "parley/recorder/consent"

// State is what everybody on the call may know about recording.
type State string

// The states.
const (
	StateOn          State = "on"
	StateOff         State = "off"
	StateWaiting     State = "waiting"
	StatePaused      State = "paused"
	StateStopped     State = "stopped"
	StateUnavailable State = "unavailable"
)

// StateOf returns the state that a verdict comes to, before capture is looked
// at: StatePaused and StateStopped are the session's to say.
func StateOf(v consent.Verdict) State {
	switch {
	case v.MayRecord():
		return StateOn
	case v.Decision == consent.Refuse, v.Rule == consent.RuleM3:
		return StateUnavailable
	case v.Rule == consent.RuleP1:
		return StateOff
	default:
		return StateWaiting
	}
}

// Neutral returns the line that tells everybody the state, in the language of
// the BCP 47 tag. It never says who answered what. A state that is not one of
// the constants reads as StateUnavailable, the one that promises nothing.
func (c Catalogue) Neutral(language string, s State) string {
	n := c.book(language).Neutral
	switch s {
	case StateOn:
		return n.On
	case StateOff:
		return n.Off
	case StateWaiting:
		return n.Waiting
	case StatePaused:
		return n.Paused
	case StateStopped:
		return n.Stopped
	default:
		return n.Unavailable
	}
}

// Neutral returns the line in the words that the project ships; see
// [Catalogue.Neutral].
func Neutral(language string, s State) string { return Catalogue{}.Neutral(language, s) }
