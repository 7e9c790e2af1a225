package session

import "time"

// FaultAfter is how long a side may send nothing, or nothing but digital silence,
// before both are told.
const FaultAfter = 5 * time.Second

// Most tries of the relay in one call and side. A microphone that is switched off
// looks like a fault of its browser: for silence one try is enough.
const (
	maxAbsenceTries = 3
	maxSilenceTries = 1
)

// Relay is what became of a try to reach a side by the relay alone.
type Relay string

// States of a try.
const (
	RelayNone   Relay = ""
	RelayTrying Relay = "trying"
	RelayFailed Relay = "failed"
)

// tries counts those of each kind of fault.
type tries struct{ absence, silence int }

// Quiet is for how long nothing has come from a side, and for how long no sound.
type Quiet struct{ Packets, Sound time.Duration }

// Fault is why a side is not heard at a moment at which it should be. next is how
// long it is until this is looked at again: what would have lasted FaultAfter by
// then is a fault now. Who is muted or on hold is at no fault.
func (c Call) Fault(s Side, q Quiet, next time.Duration, now time.Time) Alarm {
	p := c.Sides[s]
	if c.Phase != Active || c.OnHold() || p.Sound.Muted {
		return AlarmNone
	}
	due := now.Sub(latest(c.ConnectedAt, p.Sound.Since)) // from when it should be heard
	switch limit := FaultAfter - next; {
	case min(q.Packets, due) >= limit:
		return AlarmNoPackets
	// Silence is of packets that come. When these ceased as well, after a pause in
	// what was said, that is to be waited for.
	case min(q.Sound, due) >= limit && (q.Packets < next || p.Sound.Fault == AlarmSilence):
		return AlarmSilence
	}
	return AlarmNone
}

// FaultChanged: why a side is not heard has changed; AlarmNone: it is heard, or need
// not be.
type FaultChanged struct {
	Side  Side
	Fault Alarm
}

func (FaultChanged) event() {}

// timerRelay runs while the relay is tried.
func timerRelay(s Side) Timer { return Timer("relay-" + s.String()) }

// fault takes down why a side is not heard, and tries another way.
func (m *machine) fault(e FaultChanged) {
	s := &m.side(e.Side).Sound
	if s.Fault == e.Fault || e.Fault != AlarmNone && m.call.Phase != Active {
		return
	}
	was := s.Fault
	s.Fault = e.Fault
	switch e.Fault {
	case AlarmNone:
		m.healed(e.Side)
		return
	case AlarmNoPackets:
		s.Absences++
	case AlarmSilence:
		s.Silences++
	}
	if was == AlarmNone {
		m.tryRelay(e.Side)
	}
}

// healed ends a try. One that was muted meanwhile was not cured.
func (m *machine) healed(side Side) {
	s := &m.side(side).Sound
	if s.Relay == RelayTrying {
		m.do(StopTimer{timerRelay(side)})
		if !s.Muted && !m.call.OnHold() {
			s.Cures++
		}
	}
	s.Relay = RelayNone
}

// tryRelay gives a side a connection that may use the relay alone.
func (m *machine) tryRelay(side Side) {
	s := &m.side(side).Sound
	if !m.env.Relay || !s.mayTry() {
		return
	}
	s.Relay = RelayTrying
	m.do(StartTimer{timerRelay(side), m.env.Limits.Relay})
	m.reconnect(side, true)
}

// mayTry counts a try, if there may be another.
func (s *Sound) mayTry() bool {
	count, most := &s.tried.absence, maxAbsenceTries
	if s.Fault == AlarmSilence {
		count, most = &s.tried.silence, maxSilenceTries
	}
	if *count == most {
		return false
	}
	*count++
	return true
}

// relayEnded is when a try has taken long enough. What did not even connect gives
// way to a connection by any way.
func (m *machine) relayEnded(side Side) {
	p := m.side(side)
	if p.Sound.Relay != RelayTrying {
		return // it was cured in the same moment
	}
	p.Sound.Relay = RelayFailed
	p.Sound.Failures++
	if p.Media != MediaConnected {
		m.reconnect(side, false)
	}
}

// reconnect gives a side a new connection in the tab that it has.
func (m *machine) reconnect(side Side, relay bool) {
	p := m.side(side)
	// Who is gone already is not waited for any longer because of a try.
	if p.Media == MediaConnected {
		m.do(StartTimer{timerLost(side), m.env.Limits.Lost})
	}
	p.Media = MediaConnecting
	p.requality()
	m.interrupt(side)
	m.do(OpenMedia{Side: side, Relay: relay})
}

// expect begins anew to wait for a side's sound.
func (m *machine) expect(side Side) { m.side(side).Sound.Since = m.at }
