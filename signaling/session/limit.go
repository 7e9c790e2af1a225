package session

import "time"

// limit begins to count the time that two may talk, or goes on.
func (m *machine) limit() {
	l := m.env.Limits
	switch left := m.left(); {
	case l.Length <= 0:
	case left > l.Warn:
		m.do(StartTimer{TimerWarn, left - l.Warn})
	default:
		m.warn(left)
	}
}

// left is how long two may still talk: the whole time, for as long as there is no
// limit.
func (m *machine) left() time.Duration {
	return m.env.Limits.Length - m.at.Sub(m.call.ConnectedAt)
}

// outOfTime tells whether the time ran out while the two were waited for.
func (m *machine) outOfTime() bool {
	return m.env.Limits.Length > 0 && !m.call.Interrupted.IsZero() && m.left() <= 0
}

// warn tells both that the call will end in some time.
func (m *machine) warn(left time.Duration) {
	if m.call.Phase != Active || !m.call.EndsAt.IsZero() {
		return
	}
	m.call.EndsAt = m.at.Add(left)
	m.do(StartTimer{TimerLimit, left})
}

func (m *machine) outlasted() {
	if m.call.Phase == Active && !m.call.EndsAt.IsZero() {
		m.end(EndLimit)
	}
}
