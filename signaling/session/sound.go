package session

import "time"

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
	// Alarm is what capture says of a call that is recorded.
	Alarm Alarm
	// Fault is why the other does not hear this side, in any call; see fault.go.
	Fault Alarm
	// Absences and Silences count the faults of each kind.
	Absences, Silences int
	// Since is from when the side should be heard.
	Since time.Time
	// Relay is what became of the other way that was tried for this fault. Cures and
	// Failures count those tries by their end.
	Relay           Relay
	Cures, Failures int
	tried           tries
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
	if s := &m.side(e.Side).Sound; e.Alarm == AlarmNone || m.call.gateOpen {
		s.Alarm = e.Alarm
	}
}
