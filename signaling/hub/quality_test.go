package hub

import (
	"testing"
	"time"

	"parley/media/bridge"
	"parley/media/quality"
	"parley/signaling/session"
	"parley/storage/meta"
)

// connection makes the counters of a connection, second by second.
type connection struct {
	stats     bridge.Stats
	otherLost int64
}

func (c *connection) second(in, inLost, out, outLost int64) {
	c.stats.In.Expected += uint64(in)
	c.stats.In.Lost += inLost
	c.stats.Out.Expected += uint64(out)
	c.stats.Out.Lost += outLost
	if out > 0 {
		c.stats.Out.Reports++
	}
}

func TestGauge(t *testing.T) {
	fine := bridge.Reception{Jitter: 3 * time.Millisecond}
	for name, row := range map[string]struct {
		second      func(n int, c *connection)
		want        session.Quality
		sent, heard int // samples
		sentLoss    float64
		heardLoss   float64
	}{
		"well": {func(_ int, c *connection) { c.second(50, 0, 50, 0) },
			session.Quality{Word: quality.Excellent}, 9, 9, 0, 0},
		"loses what the person sends": {func(_ int, c *connection) { c.second(50, 5, 50, 0) },
			session.Quality{Word: quality.Poor, Reason: session.QualityOutgoing}, 9, 9, 10, 0},
		"loses what they hear": {func(_ int, c *connection) { c.second(50, 0, 50, 5) },
			session.Quality{Word: quality.Poor, Reason: session.QualityIncoming}, 9, 9, 0, 10},
		"what the other side loses is not this side's": {func(_ int, c *connection) { c.second(50, 0, 50, 5); c.otherLost += 5 },
			session.Quality{Word: quality.Excellent}, 9, 9, 0, 0},
		"late is not lost": {func(n int, c *connection) { c.second(50, []int64{2, -2}[n%2], 50, 0) },
			session.Quality{Word: quality.Excellent}, 9, 9, 0, 0},
		"reports come seldom": {func(n int, c *connection) { c.second(50, 0, int64(n%5/4)*250, 0) },
			session.Quality{Word: quality.Excellent}, 9, 1, 0, 0},
		"nothing comes": {func(_ int, c *connection) { c.second(0, 0, 50, 0) },
			session.Quality{Word: quality.Excellent}, 0, 9, 0, 0},
		"far": {func(_ int, c *connection) { c.second(50, 0, 50, 0); c.stats.RoundTrip = 450 * time.Millisecond },
			session.Quality{Word: quality.Poor, Reason: session.QualitySlow}, 9, 9, 0, 0},
		"uneven": {func(_ int, c *connection) { c.second(50, 0, 50, 0); c.stats.Out.Jitter = 40 * time.Millisecond },
			session.Quality{Word: quality.Poor, Reason: session.QualityUneven}, 9, 9, 0, 0},
		"unknown way": {func(_ int, c *connection) { c.second(50, 0, 50, 0); c.stats.RoundTrip = 0 },
			session.Quality{}, 0, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := connection{stats: bridge.Stats{In: fine, Out: fine, RoundTrip: 20 * time.Millisecond}}
			var g gauge
			g.listen(1, c.stats, 0)
			for n := range 9 {
				row.second(n, &c)
				g.listen(1, c.stats, c.otherLost)
			}
			if got := g.verdict(); got != row.want {
				t.Errorf("got %+v, want %+v", got, row.want)
			}
			if g.sent.tally.Samples != row.sent || g.heard.tally.Samples != row.heard {
				t.Errorf("samples: got %d and %d, want %d and %d", g.sent.tally.Samples, g.heard.tally.Samples, row.sent, row.heard)
			}
			if name != "late is not lost" && (g.sent.tally.Loss.Average != row.sentLoss || g.heard.tally.Loss.Average != row.heardLoss) {
				t.Errorf("loss: got %g and %g, want %g and %g", g.sent.tally.Loss.Average, g.heard.tally.Loss.Average, row.sentLoss, row.heardLoss)
			}
			// Another connection begins anew, and the call goes on.
			g.listen(2, bridge.Stats{RoundTrip: time.Millisecond}, c.otherLost)
			if got := g.verdict(); got != (session.Quality{}) || g.sent.tally.Samples != row.sent {
				t.Errorf("on another connection: got %+v and %d samples, want nothing known and %d", got, g.sent.tally.Samples, row.sent)
			}
		})
	}
}

// TestLateIsNotLost: packets that come after the sample that missed them make up
// for later losses, so the sum is right.
func TestLateIsNotLost(t *testing.T) {
	var d direction
	for n := range 10 {
		late := int64(n % 2 * 3)
		d.add(bridge.Reception{Expected: uint64(n+1) * 50, Lost: 3 - late}, time.Millisecond, 0)
	}
	if got := d.tally.Loss.Average * 10; got != 6 { // 3 of 50 once, in per cent
		t.Errorf("got %g %% in all, want 6", got)
	}
}

// TestEndTellsOfTheSound: call.ended says how it arrived where it was measured.
func TestEndTellsOfTheSound(t *testing.T) {
	var tally quality.Tally
	tally.Add(quality.Sample{RoundTripMs: 20, JitterMs: 4, LossPercent: 2})
	q := [2]meta.LegQuality{{Sent: wayOf(tally)}, {}}
	events := eventsOf(session.Call{Phase: session.Active}, session.Call{Phase: session.Ended, End: session.EndCompleted}, q, time.Time{})
	const want = `{"reason":"completed","connected_seconds":0,"sound":{"member":{"sent":{"samples":1,"mos":{"average":4.31,"worst":4.31},` +
		`"loss_percent":{"average":2,"worst":2},"jitter_ms":{"average":4,"worst":4},"round_trip_ms":{"average":20,"worst":20}}},"expert":{}}}`
	if len(events) != 1 || string(events[0].Body) != want {
		t.Errorf("got %s, want %s", events[0].Body, want)
	}
}
