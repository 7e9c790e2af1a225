package session

import "parley/recorder/consent"

// Part is what becomes of the recording made before consent was taken back.
type Part string

// The states of that part.
const (
	PartNone   Part = ""
	PartAsked  Part = "ask" // the one who took consent back is asked; no answer erases
	PartKept   Part = "kept"
	PartErased Part = "erased"
)

// PartChosen: the one who took consent back says what becomes of the part before.
type PartChosen struct {
	Side Side
	Keep bool
}

// HoldPart: the recording so far is erased at the end, unless KeepPart comes.
type HoldPart struct{}

// KeepPart: the recording so far is kept.
type KeepPart struct{}

// ErasePart: the recording so far is erased; a new one begins if the gate opens
// again.
type ErasePart struct{}

func (PartChosen) event()  {}
func (HoldPart) command()  {}
func (KeepPart) command()  {}
func (ErasePart) command() {}

// partBefore decides, when a side has said no, about what is recorded already.
func (m *machine) partBefore(s Side) {
	if m.call.Recording == "" {
		return
	}
	switch m.call.Verdict.PartBefore {
	case consent.Erase:
		m.erase(s, "operator")
	case consent.AskKeepOrErase:
		if m.call.Part == PartAsked && m.call.PartSide != s {
			m.erase(s, "both said no") // neither may decide for the other
			return
		}
		m.call.Part, m.call.PartSide = PartAsked, s
		m.do(HoldPart{})
	default:
		m.call.Part = PartKept
	}
}

func (m *machine) partChosen(e PartChosen) error {
	if m.call.Part != PartAsked || m.call.PartSide != e.Side {
		return ErrWrongPhase
	}
	if !e.Keep {
		m.erase(e.Side, "chosen")
		return nil
	}
	m.call.Part = PartKept
	m.notePart(e.Side, PartKept, "chosen")
	m.do(KeepPart{})
	return nil
}

// partUnanswered: no answer erases.
func (m *machine) partUnanswered() {
	if m.call.Part == PartAsked {
		m.erase(m.call.PartSide, "no answer")
	}
}

func (m *machine) erase(s Side, why string) {
	m.call.Part, m.call.Recording = PartErased, ""
	m.call.announced.before = false
	m.do(ErasePart{})
	m.notePart(s, PartErased, why)
}

func (m *machine) notePart(s Side, p Part, why string) {
	m.do(Note{Kind: NotePart, Actor: string(m.side(s).ID), Body: PartDecided{Side: s.String(), Part: string(p), Why: why}})
}
