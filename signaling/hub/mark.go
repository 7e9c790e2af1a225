package hub

import (
	"parley/recorder/journal"
	"parley/signaling/session"
)

// mark notes something in the recording, if there is one.
func (c *call) mark(kind string, leg journal.Leg) {
	if c.recording != nil {
		c.recording.Mark(kind, leg, c.hub.cfg.Now())
	}
}

// markChanges notes what the recording should tell of a step of the call.
func (c *call) markChanges(before, after session.Call) {
	for s := range after.Sides {
		was, is := before.Sides[s], after.Sides[s]
		if was.Media != session.MediaConnected && is.Media == session.MediaConnected {
			c.mark(journal.EventReconnect, journal.LegOf(s))
		}
		if was.Sound.Muted != is.Sound.Muted {
			c.markMute(s, is.Sound.Muted)
		}
		if was.Holds != is.Holds {
			c.markHold(s, is.Holds)
		}
	}
	switch {
	case !before.Paused && after.Paused:
		c.mark(journal.EventPause, journal.WholeCall)
	case before.Paused && !after.Paused:
		c.mark(journal.EventResume, journal.WholeCall)
	}
}

func (c *call) markMute(leg int, muted bool) {
	kind := journal.EventUnmute
	if muted {
		kind = journal.EventMute
	}
	c.mark(kind, journal.LegOf(leg))
}

func (c *call) markHold(leg int, on bool) {
	kind := journal.EventUnhold
	if on {
		kind = journal.EventHold
	}
	c.mark(kind, journal.LegOf(leg))
}

// markMuted notes, in a recording that has just begun, who is muted already.
func (c *call) markMuted() {
	for s, p := range c.state.Sides {
		if p.Sound.Muted {
			c.markMute(s, true)
		}
	}
}
