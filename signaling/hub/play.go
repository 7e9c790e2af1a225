package hub

import (
	"context"

	"parley/media/prompt"
	"parley/recorder/journal"
	"parley/signaling/session"
)

// Prompts are what the server can say.
type Prompts interface {
	// Notice is the spoken notice whose sound has this hash.
	Notice(hash string) (prompt.Prompt, bool)
}

// playNotice speaks the notice to a side and reports how that ended.
func (c *call) playNotice(n session.PlayNotice) {
	p, ok := c.hub.cfg.Prompts.Notice(n.Prompt.Hash)
	if !ok {
		c.later(session.NoticePlayed{Side: n.Side})
		return
	}
	ctx, cancel := context.WithCancel(c.hub.ctx)
	c.stopNotice[n.Side] = cancel
	c.mark(journal.EventPrompt, journal.LegOf(int(n.Side)))
	c.speaking.Go(func() {
		defer cancel()
		err := c.bridge.Play(ctx, int(n.Side), p.Frames)
		if err != nil {
			c.log.Info().Err(err).Stringer("side", n.Side).Msg("spoken notice broke off")
		}
		c.news.post(session.NoticePlayed{Side: n.Side, ToEnd: err == nil})
	})
}

// hush breaks off what is being spoken to a side.
func (c *call) hush(s session.Side) {
	if stop := c.stopNotice[s]; stop != nil {
		stop()
	}
}
