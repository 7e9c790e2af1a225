package hub

import (
	"strings"

	"parley/signaling/session"
	"parley/storage/meta"
)

// hint tells a person in plain words what is wrong with the sound that is to
// be recorded, and is empty while nothing is.
func hint(c session.Call, you, peer session.Place) string {
	if c.Phase != session.Active || !c.GateOpen() {
		return ""
	}
	var say []string
	switch you.Sound.Alarm {
	case session.AlarmSilence:
		say = append(say, "Your microphone sends no sound. Please check that it is switched on.")
	case session.AlarmNoPackets:
		say = append(say, "Nothing comes from your microphone, so your voice is not being recorded.")
	}
	switch peer.Sound.Alarm {
	case session.AlarmSilence:
		say = append(say, "No sound comes from the microphone of "+peer.Name+".")
	case session.AlarmNoPackets:
		say = append(say, "Nothing comes from "+peer.Name+", so that voice is not being recorded.")
	}
	return strings.Join(say, " ")
}

// alarms are what metadata keeps of the two legs' alarms.
func alarms(c session.Call) (out [2]meta.LegAlarms) {
	for s, p := range c.Sides {
		out[s] = meta.LegAlarms{Alarm: string(p.Sound.Alarm), Absences: p.Sound.Absences, Silences: p.Sound.Silences}
	}
	return out
}
