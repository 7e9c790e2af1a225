package hub

import (
	"context"
	"errors"
	"maps"

	"parley/media/bridge"
	"parley/signaling/session"
	"parley/signaling/wire"
)

// How many connections of an expert's tabs are warm at once while a call rings, and
// how many are made for it at all. A tab beyond them gets its own at the accept.
const (
	maxWarm   = 2
	maxWarmed = 16
)

// warmMedia makes a connection for a tab in which the call rings. A tab that asks
// again gets another in its place. Whatever goes wrong, the call rings on.
func (c *call) warmMedia(tab session.SocketID) {
	old, again := c.warm[tab]
	if c.warmed == maxWarmed || len(c.warm) == maxWarm && !again {
		return
	}
	c.warmed++
	if again {
		c.bridge.DropSpare(bridge.Expert, old)
		delete(c.warm, tab)
		c.cold[tab] = old
	}
	ctx, cancel := context.WithTimeout(c.hub.ctx, ioTimeout)
	defer cancel()
	generation, sdp, err := c.bridge.Spare(ctx, bridge.Expert)
	if err != nil {
		c.log.Warn().Err(err).Msg("connection not warmed")
		return
	}
	c.warm[tab] = generation
	c.sendOffer(session.Expert, tab, wire.MediaOffer{Generation: generation, SDP: sdp, Warm: true})
}

// takeWarm lets the connection that was warmed in the expert's tab serve the call,
// and tells whether there was one. The others are needed no more.
func (c *call) takeWarm() bool {
	generation, warm := c.warm[c.state.Sides[session.Expert].Socket]
	maps.Copy(c.cold, c.warm)
	clear(c.warm)
	if !warm {
		return false
	}
	state, taken := c.bridge.Take(bridge.Expert, generation)
	if taken && state == bridge.StateConnected {
		c.later(session.MediaChanged{Side: session.Expert, State: session.MediaConnected})
	}
	return taken
}

// answers tells whether a tab may speak of a connection: it has the side's sound, or
// the connection was warmed there.
func (c *call) answers(side session.Side, tab session.SocketID, generation int) bool {
	if c.state.Sides[side].Socket == tab {
		return true
	}
	warm, is := c.warm[tab]
	return side == session.Expert && is && warm == generation
}

// mediaAnswer applies an answer. One to a connection that was warmed in the tab and is
// needed no more is no error: the tab could not know.
func (c *call) mediaAnswer(e mediaAnswer) error {
	err := bridge.ErrGeneration
	if c.answers(e.side, e.socket, e.generation) {
		err = c.bridge.Answer(int(e.side), e.generation, e.restart, e.sdp)
	}
	if cold, is := c.cold[e.socket]; errors.Is(err, bridge.ErrGeneration) && is && cold == e.generation {
		return nil
	}
	return err
}
