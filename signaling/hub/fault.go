package hub

import (
	"parley/signaling/session"
	"parley/signaling/wire"
)

// watch lets the call know when a side begins or ceases to be unheard.
func (c *call) watch() {
	for _, s := range []session.Side{session.Member, session.Expert} {
		var q session.Quiet
		q.Packets, q.Sound = c.bridge.Quiet(int(s))
		if f := c.state.Fault(s, q, measureEvery, c.hub.cfg.Now()); f != c.state.Sides[s].Sound.Fault {
			c.log.Info().Stringer("side", s).Str("fault", string(f)).Msg("sound of a side")
			_ = c.apply(session.FaultChanged{Side: s, Fault: f}) // what the server reports is never refused
		}
	}
}

func soundView(s session.Sound) wire.SoundView {
	return wire.SoundView{Fault: string(s.Fault), Relay: string(s.Relay)}
}

// faultBody says why a side is not heard, and what is new of the relay: trying,
// failed, cured, or empty.
type faultBody struct {
	Side  string `json:"side"`
	Fault string `json:"fault"`
	Relay string `json:"relay"`
}

// relayCured is what a try becomes that helped.
const relayCured = "cured"

// faultOf is what is told of a change of a side's sound, and whether anything is.
func faultOf(side session.Side, was, is session.Sound) (b faultBody, changed bool) {
	b = faultBody{Side: side.String(), Fault: string(is.Fault)}
	switch {
	case is.Cures > was.Cures:
		b.Relay = relayCured
	case is.Relay != was.Relay:
		b.Relay = string(is.Relay)
	}
	return b, was.Fault != is.Fault || was.Relay != is.Relay
}
