package hub

import (
	"math"
	"time"

	"parley/media/bridge"
	"parley/media/quality"
	"parley/signaling/session"
	"parley/storage/meta"
)

// measureEvery is how often a call that is under way is measured, as often as
// twilio-voice.js does.
const measureEvery = time.Second

// gauge follows how the sound of one leg arrives. The zero value has heard nothing.
type gauge struct {
	generation int
	sent       direction // from the person to the server
	heard      direction // from the server to the person, as their browser reports it
	reports    uint64    // of the browser so far
	otherLost  int64     // of the other side's packets, at the last of them
}

// direction is one way of a leg.
type direction struct {
	expected uint64 // packets at the last sample
	lost     int64  // packets counted as lost so far
	window   quality.Window
	tally    quality.Tally
}

// listen takes in the counters of a leg's connection. otherLost is how many of the
// other side's packets were lost on their way to the server: they are missing for
// the person too, but that is not this leg's fault.
func (g *gauge) listen(generation int, s bridge.Stats, otherLost int64) {
	if generation != g.generation {
		*g = gauge{generation: generation, sent: direction{tally: g.sent.tally}, heard: direction{tally: g.heard.tally}, otherLost: otherLost}
	}
	if s.RoundTrip == 0 {
		return // without it there is no score
	}
	g.sent.add(s.In, s.RoundTrip, 0)
	if s.Out.Reports != g.reports {
		g.heard.add(s.Out, s.RoundTrip, max(0, otherLost-g.otherLost))
		g.reports, g.otherLost = s.Out.Reports, otherLost
	}
}

// add makes a sample of what came since the last one; none while nothing does.
func (d *direction) add(now bridge.Reception, roundTrip time.Duration, notOurs int64) {
	expected := int64(now.Expected - d.expected)
	// What comes late lowers the count: later losses make up for it first.
	lost := max(0, now.Lost-d.lost)
	d.expected = now.Expected
	d.lost += lost
	if expected <= 0 {
		return
	}
	s := quality.Sample{
		RoundTripMs: ms(roundTrip), JitterMs: ms(now.Jitter),
		LossPercent: 100 * min(1, float64(max(0, lost-notOurs))/float64(expected)),
	}
	d.window.Add(s)
	d.tally.Add(s)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// verdict is how the leg stands: the worse of its two ways.
func (g *gauge) verdict() session.Quality {
	sent, heard := g.sent.window.Judge(), g.heard.window.Judge()
	if heard.Word.Worse(sent.Word) {
		return session.Quality{Word: heard.Word, Reason: reasonOf(heard.Cause, session.QualityIncoming)}
	}
	return session.Quality{Word: sent.Word, Reason: reasonOf(sent.Cause, session.QualityOutgoing)}
}

func reasonOf(c quality.Cause, lossIn session.QualityReason) session.QualityReason {
	switch c {
	case quality.Loss:
		return lossIn
	case quality.Jitter:
		return session.QualityUneven
	case quality.Delay:
		return session.QualitySlow
	}
	return ""
}

// measure listens to both legs, and lets the call know when a word changes.
func (c *call) measure() {
	if c.state.Phase != session.Active {
		return
	}
	stats := [2]bridge.Stats{c.bridge.Stats(0), c.bridge.Stats(1)}
	for s := range c.gauges {
		c.gauges[s].listen(c.bridge.Generation(s), stats[s], stats[1-s].In.Lost)
		q := c.gauges[s].verdict()
		if c.state.Sides[s].Media == session.MediaConnected && q.Word != quality.Unknown && q != c.state.Sides[s].Quality {
			_ = c.apply(session.QualityChanged{Side: session.Side(s), Quality: q}) // what the server reports is never refused
		}
	}
}

// quality is how the sound of both legs has arrived so far.
func (c *call) quality() (out [2]meta.LegQuality) {
	for s, g := range c.gauges {
		out[s] = meta.LegQuality{Sent: wayOf(g.sent.tally), Heard: wayOf(g.heard.tally)}
	}
	return out
}

// measured goes on with how the sound arrived before an earlier process ended.
func (c *call) measured(before [2]meta.LegQuality) {
	for s, q := range before {
		c.gauges[s].sent.tally, c.gauges[s].heard.tally = tallyOf(q.Sent), tallyOf(q.Heard)
	}
}

func tallyOf(w *meta.WayQuality) quality.Tally {
	if w == nil {
		return quality.Tally{}
	}
	of := func(m meta.Measure) quality.Measure { return quality.Measure{Average: m.Average, Worst: m.Worst} }
	return quality.Resumed(w.Samples, of(w.MOS), of(w.LossPercent), of(w.JitterMs), of(w.RoundTripMs))
}

func wayOf(t quality.Tally) *meta.WayQuality {
	if t.Samples == 0 {
		return nil
	}
	return &meta.WayQuality{
		Samples: t.Samples, MOS: measureOf(t.MOS), LossPercent: measureOf(t.Loss), JitterMs: measureOf(t.Jitter), RoundTripMs: measureOf(t.RoundTrip),
	}
}

func measureOf(m quality.Measure) meta.Measure {
	return meta.Measure{Average: math.Round(m.Average*100) / 100, Worst: math.Round(m.Worst*100) / 100}
}
