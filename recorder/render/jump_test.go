package render

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// jump shifts the RTP time of all packets from n up to m.
func (s scene) jump(n, m int, by int64) scene {
	for i := n; i < min(m, len(s)); i++ {
		s[i].Timestamp += uint32(by)
	}
	return s
}

// jumps are what senders of ill will do to their RTP time. after is the packet
// from which on they behave.
var jumps = []struct {
	name  string
	scene func() scene
	after int
}{
	{"an hour ahead, for good", func() scene { return clean(1).jump(200, 9999, 3600*sampleRate) }, 200},
	{"an hour back, for good", func() scene { return clean(1).jump(200, 9999, -3600*sampleRate) }, 200},
	{"half the range ahead", func() scene { return clean(1).jump(200, 9999, math.MaxInt32) }, 200},
	{"0.7 s ahead, for good", func() scene { return clean(1).jump(200, 9999, 7*sampleRate/10) }, 200},
	{"0.7 s back, for good", func() scene { return clean(1).jump(200, 9999, -7*sampleRate/10) }, 200},
	{"80 ms ahead, for good", func() scene { return clean(1).jump(200, 9999, sampleRate*80/1000) }, 200},
	{"80 ms back, for good", func() scene { return clean(1).jump(200, 9999, -sampleRate*80/1000) }, 200},
	{"one packet an hour ahead", func() scene { return clean(1).jump(200, 201, 3600*sampleRate) }, 201},
	{"one packet 0.9 s ahead", func() scene { return clean(1).jump(200, 201, 9*sampleRate/10) }, 201},
	{"one packet 80 ms ahead", func() scene { return clean(1).jump(200, 201, sampleRate*80/1000) }, 201},
	{"one packet 40 ms ahead", func() scene { return clean(1).jump(200, 201, sampleRate*40/1000) }, 201},
	{"one packet 80 ms back", func() scene { return clean(1).jump(200, 201, -sampleRate*80/1000) }, 201},
	{"ten packets 0.5 s ahead", func() scene { return clean(1).jump(200, 210, sampleRate/2) }, 210},
	{"anywhere, for good, each second", func() scene {
		r := rand.New(rand.NewPCG(21, 22))
		s := clean(1)
		for n := 30; n < 300; n += 50 {
			s.jump(n, 9999, int64(r.Uint32()))
		}
		return s
	}, 280},
	{"a little, at random, each second", func() scene {
		r := rand.New(rand.NewPCG(23, 24))
		s := clean(1)
		for n := 30; n < 300; n += 50 {
			s.jump(n, 9999, r.Int64N(2*sampleRate)-sampleRate)
		}
		return s
	}, 280},
	{"single packets anywhere", func() scene {
		r := rand.New(rand.NewPCG(25, 26))
		s := clean(1)
		for n := 10; n < 300; n += 1 + r.IntN(20) {
			s.jump(n, n+1, int64(r.Uint32()))
		}
		return s
	}, 300},
	{"single packets by little", func() scene {
		r := rand.New(rand.NewPCG(27, 28))
		s := clean(1)
		for n := 10; n < 300; n += 1 + r.IntN(20) {
			s.jump(n, n+1, r.Int64N(2*sampleRate)-sampleRate)
		}
		return s
	}, 300},
}

// TestJumps: whatever a sender did to its RTP time, what it sends once it
// behaves is in its place, and no gap is longer than the wall clock allows.
func TestJumps(t *testing.T) {
	for _, r := range jumps {
		for _, mode := range []string{ModeCopy, ModeEncode} {
			for _, reports := range []bool{false, true} {
				name := r.name + "/" + mode
				if reports {
					name += " with reports"
				}
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					member := r.scene()
					c := newCall(member[len(member)-1].spoken+time.Second, member, nil)
					if reports {
						c.reports[0] = member.reports()
					}
					out, err := c.renderAs(t, mode, 500*time.Millisecond, quick)
					if err != nil {
						t.Fatal(err)
					}
					heard := out.voice(t, 0, c.length)
					mustClick(t, "member", heard, member[r.after:].clicks())
					s := out.result.Voices[0]
					if most := c.length.Seconds() * 1000; s.GapMs > most || s.SilentMs > most || s.ConcealedMs > most {
						t.Errorf("got gaps of %.0f ms, %.0f ms silent, %.0f concealed in a call of %.0f ms", s.GapMs, s.SilentMs, s.ConcealedMs, most)
					}
				})
			}
		}
	}
}

// TestTimeNeverRunsAhead: while a sender's RTP time claims that hours have
// passed, no more is rendered than the clock has shown.
func TestTimeNeverRunsAhead(t *testing.T) {
	for _, mode := range []string{ModeCopy, ModeEncode} {
		member := clean(1).jump(100, 9999, 1800*sampleRate).jump(101, 9999, 7200*sampleRate)
		c := newCall(sceneTime, member, nil)
		r, err := New(Config{Voices: discard, Modes: [2]string{mode, mode}, Encoder: quick})
		if err != nil {
			t.Fatal(err)
		}
		for at := time.Duration(0); at < c.length; at += 100 * time.Millisecond {
			for lane, records := range c.flush(t, at, at+100*time.Millisecond) {
				mustAdd(t, r, lane, records)
			}
			if err := r.Advance(at + 100*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			if got, most := r.frames*frame, samples(at+100*time.Millisecond); got > most {
				t.Fatalf("%s: %d samples were rendered when the clock showed %d", mode, got, most)
			}
		}
	}
}
