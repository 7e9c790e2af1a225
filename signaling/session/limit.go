package session

// limit begins to count the time that two may talk.
func (m *machine) limit() {
	l := m.env.Limits
	switch {
	case l.Length <= 0:
	case l.Length > l.Warn:
		m.do(StartTimer{TimerWarn, l.Length - l.Warn})
	default:
		m.warn()
	}
}

// warn tells both when the call will end.
func (m *machine) warn() {
	if m.call.Phase != Active || !m.call.EndsAt.IsZero() {
		return
	}
	left := min(m.env.Limits.Warn, m.env.Limits.Length)
	m.call.EndsAt = m.at.Add(left)
	m.do(StartTimer{TimerLimit, left})
}

func (m *machine) outlasted() {
	if m.call.Phase == Active && !m.call.EndsAt.IsZero() {
		m.end(EndLimit)
	}
}
