package render

import (
	"math/rand/v2"
	"testing"
	"time"

	"parley/media/opus"
	"parley/media/rtptime"
	"parley/recorder/journal"
)

// reports are what the sender of a scene says about its clocks, every 2.3 s:
// its own clock, and the RTP time that it believes to have reached, which runs
// on while it sends nothing.
func (s scene) reports() (out []journal.SenderReport) {
	origin := time.Unix(1_700_000_000, 0)
	i := 0
	for at := 1500 * time.Millisecond; at < s[len(s)-1].spoken; at += 2300 * time.Millisecond {
		for s[i+1].spoken <= at {
			i++
		}
		out = append(out, journal.SenderReport{
			Arrival: at + s[i].Arrival - s[i].spoken, SSRC: s[i].SSRC, NTP: uint64(rtptime.FromTime(origin.Add(at))),
			RTP: s[i].Timestamp + uint32(samples(at-s[i].spoken)),
		})
	}
	return out
}

// slow lets the network take longer for what is spoken between two instants.
func (s scene) slow(from, to, by time.Duration) scene {
	return s.from(0, func(p *sent) {
		if p.spoken >= from && p.spoken < to {
			p.Arrival += by
		}
	})
}

// TestReportsTellStallsFromDelay: all packets come later from some moment on.
// Whether they were spoken later, only the reports know.
func TestReportsTellStallsFromDelay(t *testing.T) {
	for _, r := range []struct {
		name  string
		scene func() scene
	}{
		{"network slower by 90 ms for 5 s", func() scene { return clean(1).slow(3*time.Second, 8*time.Second, 90*time.Millisecond) }},
		{"network slower by 150 ms for 5 s", func() scene { return clean(1).slow(3*time.Second, 8*time.Second, 150*time.Millisecond) }},
		{"network slower by 600 ms for 3 s", func() scene { return clean(1).slow(4*time.Second, 7*time.Second, 600*time.Millisecond) }},
		{"sender stalls for 60 ms", func() scene { return clean(1).later(225, 60*time.Millisecond) }},
		{"sender stalls for 90 ms", func() scene { return clean(1).later(225, 90*time.Millisecond) }},
		{"sender stalls for 800 ms and reports go on", func() scene { return clean(1).later(185, 800*time.Millisecond) }},
		{"sender stalls for 80 ms while the network is slow", func() scene {
			return clean(1).later(200, 80*time.Millisecond).slow(5*time.Second, 8*time.Second, 120*time.Millisecond)
		}},
	} {
		for _, mode := range []string{ModeCopy, ModeEncode} {
			t.Run(r.name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				member := r.scene()
				c := newCall(member[len(member)-1].spoken+2*time.Second, member, nil)
				c.reports[0] = member.reports()
				out, err := c.renderAs(t, mode, 500*time.Millisecond, quick)
				if err != nil {
					t.Fatal(err)
				}
				mustClick(t, "member", out.voice(t, 0, c.length), member.clicks())
			})
		}
	}
}

// TestLyingReports: whatever reports say, arrivals bound it.
func TestLyingReports(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	member := clean(1).jitter(10 * time.Millisecond)
	c := newCall(12*time.Second, member, nil)
	for at := time.Second; at < 10*time.Second; at += 300 * time.Millisecond {
		c.reports[0] = append(c.reports[0], journal.SenderReport{
			Arrival: at, SSRC: 1, NTP: r.Uint64(), RTP: member[0].Timestamp + r.Uint32N(10*sampleRate),
		})
	}
	out := c.render(t, 500*time.Millisecond, opus.Config{Complexity: 1})
	mustClick(t, "member", out.voice(t, 0, c.length), member.clicks())
	nothingMissing(t, member, out.result.Voices[0])
}
