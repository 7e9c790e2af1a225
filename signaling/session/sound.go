package session

// Alarm is what is wrong with a side's sound while it is to be recorded.
type Alarm string

// The alarms, as capture raises them.
const (
	AlarmNone      Alarm = ""
	AlarmNoPackets Alarm = "no_packets" // nothing comes, so nothing is saved
	AlarmSilence   Alarm = "silence"    // a microphone that sends no sound; it is saved as it is
)

// Sound is what is known of one side's microphone.
type Sound struct {
	// Muted is what the person's own tab says.
	Muted bool
	Alarm Alarm
	// Absences and Silences count the alarms of each kind.
	Absences, Silences int
}

// Muted: a side muted its microphone, or unmuted it.
type Muted struct {
	Side  Side
	Muted bool
}

// AlarmChanged: capture tells what is wrong with a side's sound, or that
// nothing is any more.
type AlarmChanged struct {
	Side  Side
	Alarm Alarm
}

func (Muted) event()        {}
func (AlarmChanged) event() {}

// raise takes down an alarm. One that was under way when the gate closed says
// nothing any more.
func (m *machine) raise(e AlarmChanged) {
	s := &m.side(e.Side).Sound
	if s.Alarm == e.Alarm || e.Alarm != AlarmNone && !m.call.gateOpen {
		return
	}
	s.Alarm = e.Alarm
	switch e.Alarm {
	case AlarmNoPackets:
		s.Absences++
	case AlarmSilence:
		s.Silences++
	}
}
