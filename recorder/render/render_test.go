package render

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"parley/media/audiomatch"
	"parley/media/opus"
	"parley/media/rtptime"
	"parley/recorder/journal"
)

// impairments are what may befall the member's packets on their way.
var impairments = []struct {
	name   string
	scene  func() scene
	epochs int
	check  func(t *testing.T, s scene, got VoiceStats)
}{
	{name: "clean", scene: func() scene { return clean(1) }, epochs: 1, check: nothingMissing},
	{name: "jitter", scene: func() scene { return clean(1).jitter(60 * time.Millisecond) }, epochs: 1, check: nothingMissing},
	{name: "random loss", scene: func() scene { return clean(1).loseRandomly(0.05) }, epochs: 1, check: concealedIsLost},
	{name: "loss and jitter", scene: func() scene { return clean(1).loseRandomly(0.1).jitter(40 * time.Millisecond) }, epochs: 1, check: concealedIsLost},
	{name: "burst loss", scene: func() scene {
		return clean(1).lose(func(i int) bool { return i%150 >= 60 && i%150 < 70 })
	}, epochs: 1, check: burstsAreHalfConcealed},
	{name: "long loss", scene: func() scene { return clean(1).lose(func(i int) bool { return i >= 200 && i < 375 }) }, epochs: 1},
	{name: "reorder up to two seconds", scene: func() scene {
		return clean(1).delay(10, func(i int) time.Duration { return time.Duration(i%100) * 19 * time.Millisecond })
	}, epochs: 1, check: nothingMissing},
	{name: "duplicates", scene: func() scene { return clean(1).duplicate(5) }, epochs: 1, check: duplicatesCounted},
	{name: "sequence wrap", scene: func() scene {
		return clean(1).from(0, func(p *sent) { p.Sequence += 65300 - 1000 })
	}, epochs: 1, check: nothingMissing},
	{name: "timestamp wrap", scene: func() scene {
		return clean(1).from(0, func(p *sent) { p.Timestamp += math.MaxUint32 - 77777 - 3*sampleRate })
	}, epochs: 1, check: nothingMissing},
	{name: "wraps with loss", scene: func() scene {
		return clean(1).from(0, func(p *sent) { p.Timestamp += math.MaxUint32 - 77777 - 3*sampleRate; p.Sequence += 65300 - 1000 }).loseRandomly(0.05)
	}, epochs: 1, check: concealedIsLost},
	{name: "discontinuous transmission", scene: func() scene {
		return clean(1).pause(410, 430).pause(260, 299).pause(110, 130)
	}, epochs: 1, check: nothingMissing},
	{name: "muted for five seconds", scene: func() scene { return clean(1).later(225, 5*time.Second) }, epochs: 2, check: nothingMissing},
	{name: "muted for half a second", scene: func() scene { return clean(1).later(225, 500*time.Millisecond) }, epochs: 1, check: nothingMissing},
	{name: "sender stalls", scene: func() scene {
		return clean(1).later(125, 150*time.Millisecond).later(320, 300*time.Millisecond)
	}, epochs: 1, check: nothingMissing},
	{name: "sender stalls and jitter", scene: func() scene {
		return clean(1).later(125, 250*time.Millisecond).later(320, 800*time.Millisecond).jitter(40 * time.Millisecond)
	}, epochs: 1, check: nothingMissing},
	{name: "network stalls", scene: func() scene { return clean(1).hold(3*time.Second, 4500*time.Millisecond) }, epochs: 2, check: nothingMissing},
	{name: "network stalls for long", scene: func() scene { return clean(1).hold(3*time.Second, 6500*time.Millisecond) }, epochs: 2, check: nothingMissing},
	{name: "new source", scene: func() scene {
		return clean(1).later(275, 1200*time.Millisecond).from(275, func(p *sent) { p.SSRC = 99; p.Sequence += 31111; p.Timestamp += 96000 * 1234 })
	}, epochs: 2, check: nothingMissing},
	{name: "late start", scene: func() scene { return clean(1).later(0, 3*time.Second) }, epochs: 1, check: nothingMissing},
}

func nothingMissing(t *testing.T, s scene, got VoiceStats) {
	t.Helper()
	if got.Packets != len(s) || got.Lost != 0 || got.Late != 0 || got.Malformed != 0 || got.ConcealedMs != 0 {
		t.Errorf("stats: got %+v, want %d packets and nothing lost, late, malformed or concealed", got, len(s))
	}
}

func concealedIsLost(t *testing.T, s scene, got VoiceStats) {
	t.Helper()
	if want := s.losses(); float64(got.Lost)*20 != want || math.Abs(got.ConcealedMs-want) > 0.05*want {
		t.Errorf("stats: got %d lost, %.0f ms concealed; want %.0f ms of both", got.Lost, got.ConcealedMs, want)
	}
}

// burstsAreHalfConcealed: of 200 ms, 100 are guessed at and the last 20 copied.
func burstsAreHalfConcealed(t *testing.T, s scene, got VoiceStats) {
	t.Helper()
	want := s.losses() / 200 * 120
	if float64(got.Lost)*20 != s.losses() || math.Abs(got.ConcealedMs-want) > 0.05*want {
		t.Errorf("stats: got %d lost, %.0f ms concealed; want %.0f ms and %.0f ms", got.Lost, got.ConcealedMs, s.losses(), want)
	}
}

func duplicatesCounted(t *testing.T, s scene, got VoiceStats) {
	t.Helper()
	if want := len(s) - len(clean(1)); got.Duplicate != want || got.Lost != 0 || got.ConcealedMs != 0 {
		t.Errorf("stats: got %+v, want %d duplicates and nothing lost", got, want)
	}
}

// TestImpairments holds invariant 6 for whatever befalls one voice, and that
// the other one is never touched by it.
func TestImpairments(t *testing.T) {
	for _, r := range impairments {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			member, expert := r.scene(), clean(2)
			c := newCall(member[len(member)-1].spoken+2*time.Second+1234*time.Microsecond, member, expert)
			out := c.render(t, 500*time.Millisecond, opus.Config{})
			heard := out.voice(t, 0, c.length)
			mustClick(t, "member", heard, member.clicks())
			mustClick(t, "expert", out.voice(t, 1, c.length), expert.clicks())
			if got := out.result.Voices[0].Sources; got != r.epochs {
				t.Errorf("epochs: got %d, want %d", got, r.epochs)
			}
			if r.check != nil {
				r.check(t, member, out.result.Voices[0])
			}
			nothingMissing(t, expert, out.result.Voices[1])
		})
	}
}

// TestCleanVoiceIsFaithful holds that what went through two codings, and was
// evened out, is still what was said.
func TestCleanVoiceIsFaithful(t *testing.T) {
	const d = 10 * time.Second
	phrases := [2][]int16{audiomatch.Phrase(1, d), audiomatch.Phrase(3, d)}
	c := newCall(d+time.Second, spoken(1, encodeAll(phrases[0])), spoken(2, encodeAll(phrases[1])))
	out := c.render(t, 500*time.Millisecond, opus.Config{})
	for leg := range phrases {
		best, lag := likeness(t, phrases[leg], out.voice(t, leg, c.length))
		want := baseDelay + rtptime.ToDuration(opus.Lookahead48k, sampleRate)
		if best < 0.85 || (lag-want).Abs() > time.Millisecond {
			t.Errorf("voice %d: got likeness %.3f at %v, want at least 0.85 at %v", leg, best, lag, want)
		}
		if cross, _ := likeness(t, phrases[1-leg], out.voice(t, leg, c.length)); cross > 0.2 {
			t.Errorf("voice %d: got likeness %.3f with the other voice, want next to none", leg, cross)
		}
	}
}

// quick is for tests that do not listen.
var quick = opus.Config{Complexity: 1}

// hostile are senders that mean harm. Nothing is promised for their voice but
// its length.
var hostile = []struct {
	name   string
	scene  func() scene
	epochs int
	check  func(t *testing.T, s scene, got VoiceStats)
}{
	{name: "timestamps jump", scene: func() scene {
		r := rand.New(rand.NewPCG(5, 6))
		return clean(1).delay(1, func(int) time.Duration { return 0 }).from(0, func(p *sent) {
			if r.IntN(20) == 0 {
				p.Timestamp = r.Uint32()
			}
		})
	}},
	{name: "sequence numbers jump", scene: func() scene {
		r := rand.New(rand.NewPCG(7, 8))
		return clean(1).from(0, func(p *sent) {
			if r.IntN(20) == 0 {
				p.Sequence = uint16(r.Uint32())
			}
		})
	}},
	{name: "everything random", scene: func() scene {
		r := rand.New(rand.NewPCG(9, 10))
		return clean(1).from(0, func(p *sent) {
			p.Sequence, p.Timestamp, p.SSRC = uint16(r.Uint32()), r.Uint32(), r.Uint32N(3)
		})
	}},
	{name: "timestamps stand still", scene: func() scene { return clean(1).from(0, func(p *sent) { p.Timestamp = 5 }) }},
	{name: "timestamps run backwards", scene: func() scene {
		return clean(1).from(0, func(p *sent) { p.Timestamp = -p.Timestamp })
	}},
	{name: "garbage payloads", scene: func() scene {
		r := rand.New(rand.NewPCG(11, 12))
		return clean(1).from(0, func(p *sent) {
			if r.IntN(5) == 0 {
				p.Payload = make([]byte, r.IntN(200))
				for i := range p.Payload {
					p.Payload[i] = byte(r.Uint32())
				}
			}
		}).loseRandomly(0.1)
	}},
	{name: "longest packets", scene: func() scene {
		// Code 3, 48 frames of 2.5 ms, all empty: 120 ms each.
		return clean(1).from(0, func(p *sent) { p.Payload = []byte{0x03 | 28<<3, 48} })
	}},
	{name: "arrival beyond belief", scene: func() scene {
		s := clean(1)
		s[300].Arrival = 1 << 60
		return s
	}},
}

func TestHostileSender(t *testing.T) {
	for _, r := range hostile {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			member, expert := r.scene(), clean(2)
			c := newCall(14*time.Second, member, expert)
			out := c.render(t, 500*time.Millisecond, opus.Config{})
			out.voice(t, 0, c.length)
			mustClick(t, "expert", out.voice(t, 1, c.length), expert.clicks())
			nothingMissing(t, expert, out.result.Voices[1])
		})
	}
}

// TestClockSkew lets one sender's clock run fast and the other's slow for three
// minutes, in which they part by a tenth of a second.
func TestClockSkew(t *testing.T) {
	const minutes, ppm = 3, 300
	member, expert := looped(1, minutes, ppm), looped(2, minutes, -ppm)
	c := newCall(minutes*time.Minute+time.Second, member.jitter(10*time.Millisecond), expert)
	out := c.render(t, 500*time.Millisecond, quick)
	for leg, s := range []scene{member, expert} {
		mustClick(t, []string{"member", "expert"}[leg], out.voice(t, leg, c.length), s.clicks())
		if got := out.result.Voices[leg]; got.SilentMs > 2000 || got.ConcealedMs != 0 {
			t.Errorf("voice %d: got %.0f ms of silence, %.0f concealed; want the drift taken up by stretching", leg, got.SilentMs, got.ConcealedMs)
		}
	}
}

// looped repeats ten seconds of speech, by a clock that is off by ppm.
func looped(seed, minutes, ppm int) scene {
	packets := encodedSpeech(seed)
	var out scene
	for i := range minutes * 60 * 50 {
		spoken := time.Duration(i) * frameTime
		spoken -= spoken * time.Duration(ppm) / 1_000_000
		out = append(out, sent{spoken: spoken, click: i%50 == 0 && i%len(packets) != 0, Packet: journal.Packet{
			Arrival: spoken + baseDelay, Sequence: uint16(i), Timestamp: uint32(i * frame), Payload: packets[i%len(packets)],
		}})
	}
	return out
}
