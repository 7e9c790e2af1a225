package capture

import (
	"time"

	"github.com/pion/rtp"

	"parley/media/audiolevel"
	"parley/media/red"
	"parley/recorder/journal"
)

// QuietAlarm is how long either leg may let nothing into an open gate, or
// nothing but digital silence, before people must be told.
const QuietAlarm = 5 * time.Second

// AlarmAfter is the silence from which a flush raises the alarm: the next one
// would come too late.
const AlarmAfter = QuietAlarm - FlushEvery

// Alarm is what is wrong with a leg that should be heard: the gate is open and
// the leg neither muted nor on hold.
type Alarm string

// The alarms.
const (
	AlarmNone Alarm = ""
	// AlarmNoPackets: nothing comes, so nothing is saved.
	AlarmNoPackets Alarm = "no_packets"
	// AlarmSilence: every packet states digital silence (RFC 6464 level 126 or 127), as
	// a microphone does that is switched off. It is saved as it is.
	AlarmSilence Alarm = "silence"
)

// voice is how one leg is heard.
type voice struct {
	heard time.Time // when the last packet was taken, or was first to be expected
	loud  time.Time // the same of packets that were not digital silence
	muted bool
	held  bool
	alarm Alarm

	allowed red.Threshold // when the gate was opened
}

// expect begins to listen anew, at the opening of the gate.
func (v *voice) expect(now time.Time) {
	v.heard, v.loud, v.alarm = now, now, AlarmNone
	v.allowed = red.Threshold{}
}

// take notes a packet. One that states no level counts as sound.
func (v *voice) take(arrival time.Time, level uint8, stated bool) {
	v.heard = arrival
	if !stated || level != journal.DigitalSilence {
		v.loud = arrival
	}
}

// judge tells what is wrong with the leg.
func (v *voice) judge(now time.Time) Alarm {
	switch {
	case v.muted || v.held:
		return AlarmNone
	case now.Sub(v.heard) >= AlarmAfter:
		return AlarmNoPackets
	case now.Sub(v.loud) >= AlarmAfter:
		return AlarmSilence
	}
	return AlarmNone
}

// mark notes events that say whether the leg should be heard.
func (v *voice) mark(kind string, at time.Time) {
	switch kind {
	case journal.EventMute:
		v.muted = true
	case journal.EventHold:
		v.held = true
	case journal.EventUnmute:
		v.muted = false
	case journal.EventUnhold:
		v.held = false
	default:
		return
	}
	v.heard, v.loud = at, at
}

// listenLocked brings the legs' alarms up to date and counts those that begin.
func (c *Capture) listenLocked(now time.Time) (alarms [2]Alarm) {
	for i := range c.legs {
		v := &c.legs[i]
		alarm := v.judge(now)
		if alarm != v.alarm {
			v.alarm = alarm
			switch alarm {
			case AlarmNoPackets:
				c.counts.Absences[i]++
			case AlarmSilence:
				c.counts.Silences[i]++
			}
		}
		alarms[i] = alarm
	}
	return alarms
}

// level is the audio level that a packet states, in -dBov.
func level(h *rtp.Header) (level uint8, stated bool) {
	level, stated = audiolevel.Of(h)
	if !stated {
		return journal.NoLevel, false
	}
	return min(level, journal.DigitalSilence), true
}
