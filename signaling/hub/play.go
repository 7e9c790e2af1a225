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
		err := c.speak(ctx, n.Side, p.Frames)
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

// mouth lets one thing be said to a side at a time; it holds a value while
// something is.
type mouth chan struct{}

// speak says something once what is being said to the side is over.
func (c *call) speak(ctx context.Context, s session.Side, frames [][]byte) error {
	select {
	case c.mouths[s] <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-c.mouths[s] }()
	return c.bridge.Play(ctx, int(s), frames)
}

// announce says to both sides that the call is recorded, for as long as it is. What
// could not be played to one side is heard by the other, and comes again.
func (c *call) announce(a session.Announce) {
	c.stopAnnouncing()
	ctx, cancel := context.WithCancel(c.hub.ctx)
	c.stopAnnouncing = cancel
	for side, say := range a.Say {
		var frames [][]byte
		if a.Tone {
			frames = append(frames, c.hub.cfg.Tone.Frames...)
		}
		p, said := c.hub.cfg.notice(say.Hash)
		if said {
			c.mark(journal.EventPrompt, journal.LegOf(side))
			frames = append(frames, p.Frames...)
		}
		c.speaking.Go(func() {
			err := c.speak(ctx, session.Side(side), frames)
			if err != nil {
				c.log.Info().Err(err).Stringer("side", session.Side(side)).Msg("announcement broke off")
			}
			if said {
				c.news.post(session.LinePlayed{Side: session.Side(side), Prompt: say, ToEnd: err == nil})
			}
		})
	}
}

func (c Config) notice(hash string) (prompt.Prompt, bool) {
	if hash == "" || c.Prompts == nil {
		return prompt.Prompt{}, false
	}
	return c.Prompts.Notice(hash)
}
