package session

import "time"

// captured takes down what capture reports. A report that was under way when
// the gate closed says nothing any more: see light.
func (c *Call) captured(e CaptureChanged) {
	if e.Recording != "" {
		c.Recording = e.Recording
	}
	if c.gateOpen {
		c.reported = e.Light
	}
}

// light is what capture really does. While the gate opens, and capture has said
// nothing yet, the light stays as it was.
func (c Call) light() Light {
	switch {
	case c.gateOpen && c.reported != "":
		return c.reported
	case c.gateOpen:
		return c.Light
	case c.allowed() && (c.Paused || c.OnHold()):
		return LightPaused
	case c.allowed() && (c.unprovable || c.recorderFailed):
		return LightProblem
	case c.Recording != "":
		return LightStopped
	}
	return LightOff
}

func (c *Call) relight(at time.Time) {
	if l := c.light(); l != c.Light {
		c.Light, c.LightSince = l, at
	}
}

// pause keeps the gate shut until the expert resumes, whatever anybody answers
// in the meantime.
func (m *machine) pause() error {
	switch {
	case m.call.Phase.unaccepted():
		return ErrWrongPhase
	case m.call.Paused:
		return nil
	}
	m.shut("paused") // before anything is written
	m.call.Paused, m.call.RemindAt = true, m.at.Add(m.env.Limits.Pause)
	m.do(StartTimer{TimerPause, m.env.Limits.Pause}, Note{Kind: NotePause, Actor: string(m.side(Expert).ID), Body: struct{}{}})
	return nil
}

func (m *machine) resume() {
	if !m.call.Paused {
		return
	}
	m.call.Paused, m.call.RemindAt = false, time.Time{}
	m.do(StopTimer{TimerPause}, Note{Kind: NoteResume, Actor: string(m.side(Expert).ID), Body: struct{}{}})
}

func (m *machine) ledgerFailed() {
	if m.call.unprovable {
		return
	}
	m.shut("ledger")
	m.call.unprovable = true
}

func (m *machine) gateFailed() {
	m.shut("recorder")
	m.call.recorderFailed = true
}
