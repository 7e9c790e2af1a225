package render

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"parley/media/opus"
)

// loseInBursts loses a share of the packets in bursts of up to n: it stays
// good and bad for random times (Gilbert's model).
func (s scene) loseInBursts(share float64, n int) scene {
	r := rand.New(rand.NewPCG(17, 18))
	bad := false
	leave := 1 / float64(n)
	enter := leave * share / (1 - share)
	return s.lose(func(int) bool {
		if bad {
			bad = r.Float64() >= leave
		} else {
			bad = r.Float64() < enter
		}
		return bad
	})
}

// concealable is how much of a scene's losses a voice can conceal: in encode
// mode 120 ms of each burst at most, the last 20 of them by a copy or a guess.
func (s scene) concealable(mode string) float64 {
	ms, run := 0.0, 0
	for i := range s {
		if run++; !s[i].lost {
			run = 0
		}
		if s[i].lost && i > 0 && i < len(s)-1 && (mode == ModeCopy || run <= 6) {
			ms += 20
		}
	}
	return ms
}

// TestLoss: up to 30 % lost, at random and in bursts. What is heard is in its
// place and as loud as what was spoken, and the report tells of every packet
// that was lost, how much was concealed, and that nothing else was.
func TestLoss(t *testing.T) {
	for _, share := range []float64{0, 0.01, 0.05, 0.1, 0.2, 0.3} {
		for _, burst := range []int{1, 4, 12} {
			for _, mode := range []string{ModeCopy, ModeEncode} {
				t.Run(fmt.Sprintf("%.0f %% in bursts of %d/%s", 100*share, burst, mode), func(t *testing.T) {
					t.Parallel()
					member := clean(1).loseInBursts(share, burst).jitter(30 * time.Millisecond)
					if burst == 1 {
						member = clean(1).loseRandomly(share).jitter(30 * time.Millisecond)
					}
					mustSurviveLoss(t, mode, member, share)
				})
			}
		}
	}
}

func mustSurviveLoss(t *testing.T, mode string, member scene, share float64) {
	t.Helper()
	member[0].lost, member[len(member)-1].lost = false, false // nobody could know of it
	c := newCall(member[len(member)-1].spoken+time.Second, member, nil)
	out, err := c.renderAs(t, mode, 500*time.Millisecond, quick)
	if err != nil {
		t.Fatal(err)
	}
	heard := out.voice(t, 0, c.length)
	mustClick(t, "member", heard, member.clicks())
	got, lost := out.result.Voices[0], member.losses()
	if got.LostMs != lost || got.Lost*20 != int(lost) {
		t.Errorf("lost: the report says %.0f ms, %d packets; want %.0f ms", got.LostMs, got.Lost, lost)
	}
	concealed := got.ConcealedMs + got.FECMs
	if want := member.concealable(mode); math.Abs(concealed-want) > 0.05*want+20 || concealed > lost {
		t.Errorf("concealed: got %.0f ms, want %.0f of the %.0f that were lost", concealed, want, lost)
	}
	if share > 0.02 && lost < share*1000*sceneTime.Seconds()/3 {
		t.Errorf("the scene lost %.0f ms, want a share of about %.2f", lost, share)
	}
	// An encoded voice is evened out; its report tells how loud it came.
	level := levelOf(heard)
	if mode == ModeEncode {
		level = got.LevelDBFS
	}
	if want := levelOf(decoded(t, encodedSpeech(1))); math.Abs(level-want) > 3 {
		t.Errorf("level: got %.1f dBFS, want %.1f within 3 dB", level, want)
	}
}

// decoded is what packets sound like when none is lost.
func decoded(t *testing.T, packets [][]byte) (pcm []int16) {
	t.Helper()
	dec, err := opus.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]int16, opus.MaxPacketSamples48k)
	for _, p := range packets {
		n, err := dec.Decode(p, buf)
		if err != nil {
			t.Fatal(err)
		}
		pcm = append(pcm, buf[:n]...)
	}
	return pcm
}

// TestLongLossFades: what was lost for long is not guessed at beyond 100 ms.
func TestLongLossFades(t *testing.T) {
	member := clean(1).lose(func(i int) bool { return i >= 210 && i < 240 })
	c := newCall(sceneTime+time.Second, member, nil)
	out := c.render(t, 500*time.Millisecond, opus.Config{})
	heard := out.voice(t, 0, c.length)
	from := member[210].spoken + baseDelay + 110*time.Millisecond
	if got := peak(heard, from+20*time.Millisecond, from+430*time.Millisecond); got > 60 {
		t.Errorf("peak %d from 130 ms after the sound went, want silence", got)
	}
	if got := peak(heard, from-100*time.Millisecond, from-30*time.Millisecond); got < 100 {
		t.Errorf("peak %d just after the sound went, want it concealed", got)
	}
}
