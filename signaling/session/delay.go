package session

// delay lets the call wait for the expert, once: it then rings for as long as it would
// have. Said again, or when the call was accepted meanwhile, it changes nothing.
func (m *machine) delay() error {
	switch {
	case m.call.Phase == Asking:
		return ErrWrongPhase // nobody has rung
	case m.call.Phase != Ringing || !m.call.AnswersBy.IsZero():
		return nil
	}
	l := m.env.Limits
	m.call.AnswersBy = m.at.Add(l.Delay)
	m.do(StopTimer{TimerRing}, StartTimer{TimerDelay, l.Delay + l.Ring})
	return nil
}
