package hub

import (
	"strings"

	"parley/recorder/consent/words"
	"parley/signaling/session"
	"parley/storage/meta"
)

// hint tells a person in plain words what is wrong with the sound that is to
// be recorded, and is empty while nothing is.
func hint(l words.Light, c session.Call, you, peer session.Place) string {
	if c.Phase != session.Active || !c.GateOpen() {
		return ""
	}
	var say []string
	switch you.Sound.Alarm {
	case session.AlarmSilence:
		say = append(say, l.YouSilent)
	case session.AlarmNoPackets:
		say = append(say, l.YouAbsent)
	}
	switch peer.Sound.Alarm {
	case session.AlarmSilence:
		say = append(say, l.PeerSilent(peer.Name))
	case session.AlarmNoPackets:
		say = append(say, l.PeerAbsent(peer.Name))
	}
	return strings.Join(say, " ")
}

// alarms are what metadata keeps of the two legs' alarms.
func alarms(c session.Call) (out [2]meta.LegAlarms) {
	for s, p := range c.Sides {
		out[s] = meta.LegAlarms{Alarm: string(p.Sound.Fault), Absences: p.Sound.Absences, Silences: p.Sound.Silences, Cures: p.Sound.Cures, Failures: p.Sound.Failures}
	}
	return out
}
