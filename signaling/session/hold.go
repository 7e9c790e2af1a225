package session

// Held: a side puts the call on hold, or takes it back. Both may; what one put
// on hold the other cannot take back.
type Held struct {
	Side Side
	On   bool
}

func (Held) event() {}

// OnHold tells whether a side has the call on hold: nobody hears the other, and
// nothing is recorded.
func (c Call) OnHold() bool { return c.Sides[Member].Holds || c.Sides[Expert].Holds }

func (m *machine) hold(e Held) error {
	before := m.call.OnHold()
	switch p := m.side(e.Side); {
	case m.call.Phase != Active:
		return ErrWrongPhase
	case p.Holds == e.On:
		return nil
	default:
		p.Holds = e.On
	}
	now := m.call.OnHold()
	if now && !before {
		m.shut("hold") // before the sound goes, or its end were captured
		m.do(CloseSound{})
	}
	m.noteHold(e)
	if before && !now {
		m.expect(Member)
		m.expect(Expert)
		m.do(OpenSound{})
	}
	return nil
}

// noteHold makes a hold outlive the process: who is on hold must not be heard again
// because a server was started anew.
func (m *machine) noteHold(e Held) {
	kind := NoteUnhold
	if e.On {
		kind = NoteHold
	}
	m.do(Note{Kind: kind, Actor: string(m.side(e.Side).ID), Body: HoldChanged{Side: e.Side.String()}})
}
