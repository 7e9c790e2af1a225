package render

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"parley/media/opus"
)

// listenerBuffer is the jitter buffer of somebody who hears the call live.
const listenerBuffer = 60 * time.Millisecond

// missedLive is how many milliseconds such a listener did not hear.
func (s scene) missedLive() float64 {
	n := 0
	for _, p := range s {
		if p.lost || p.Arrival > p.spoken+baseDelay+listenerBuffer {
			n++
		}
	}
	return float64(n) * 20
}

// resend loses a share of the packets, and sends each of them again once, to
// arrive 100 to 600 ms late, under the same share of loss.
func (s scene) resend(share float64) scene {
	r := rand.New(rand.NewPCG(15, 16))
	for i := range s {
		if r.Float64() >= share {
			continue
		}
		if r.Float64() < share {
			s[i].lost = true
		} else {
			s[i].Arrival += 100*time.Millisecond + time.Duration(r.Int64N(int64(500*time.Millisecond)))
		}
	}
	return s
}

// redundant sends a copy of each packet with the next one (RFC 2198).
func (s scene) redundant() scene {
	plain := slices.Clone(s)
	for i := range s {
		var out []byte
		if i > 0 {
			prev := plain[i-1]
			offset, size := plain[i].Timestamp-prev.Timestamp, len(prev.Payload)
			out = append(out, 0x80|111)
			out = binary.BigEndian.AppendUint16(out, uint16(offset<<2)|uint16(size>>8))
			out = append(out, byte(size), 111)
			out = append(out, prev.Payload...)
		} else {
			out = append(out, 111)
		}
		s[i].RED, s[i].Payload = true, append(out, plain[i].Payload...)
	}
	return s
}

// TestBetterThanLive: at 20 % random loss a recording lacks less than a third
// of what the listener missed, for it can wait.
func TestBetterThanLive(t *testing.T) {
	for _, r := range []struct {
		name      string
		scene     scene
		late, red bool
	}{
		{"retransmissions", clean(1).resend(0.2), true, false},
		{"redundant audio", clean(1).loseRandomly(0.2).redundant(), false, true},
		{"both", clean(1).resend(0.2).redundant(), true, true},
	} {
		for _, mode := range []string{ModeCopy, ModeEncode} {
			t.Run(r.name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				c := newCall(sceneTime+time.Second, r.scene, nil)
				out, err := c.renderAs(t, mode, 500*time.Millisecond, opus.Config{Complexity: 1})
				if err != nil {
					t.Fatal(err)
				}
				got, live := out.result.Voices[0], r.scene.missedLive()
				t.Logf("%.0f ms concealed of the %.0f that a listener missed", got.ConcealedMs, live)
				if got.ConcealedMs > live/3 || live < 1000 {
					t.Errorf("concealed: got %.0f ms, want less than a third of the listener's %.0f", got.ConcealedMs, live)
				}
				if (got.LateMs > 0) != r.late || (got.RecoveredMs > 0) != r.red {
					t.Errorf("got %.0f ms from late packets and %.0f from copies, want some: %v, %v", got.LateMs, got.RecoveredMs, r.late, r.red)
				}
				mustClick(t, "member", out.voice(t, 0, c.length), r.scene.clicks())
			})
		}
	}
}

// TestCopiesFillTheirPlaces: what is recovered from copies is byte for byte
// what was lost.
func TestCopiesFillTheirPlaces(t *testing.T) {
	plain := clean(1)
	lossy := clean(1).redundant().lose(func(i int) bool { return i%3 == 1 && i < 490 })
	c := newCall(sceneTime+time.Second, lossy, nil)
	out, err := c.renderAs(t, ModeAuto, 500*time.Millisecond, opus.Config{})
	if err != nil {
		t.Fatal(err)
	}
	got := packetsOf(t, out.files[0].Bytes())
	from := slices.IndexFunc(got, func(p []byte) bool { return string(p) == string(plain[0].Payload) })
	for i, p := range plain[:len(plain)-3] {
		if from < 0 || string(got[from+i]) != string(p.Payload) {
			t.Fatalf("packet %d is not in its place", i)
		}
	}
	if s := out.result.Voices[0]; s.Lost != 0 || s.ConcealedMs != 0 || s.RecoveredMs != lossy.losses() {
		t.Errorf("got %+v, want all of %.0f ms recovered", s, lossy.losses())
	}
}

// TestMalformedRedundancy: payloads that are none of RFC 2198 are counted and
// harm nothing.
func TestMalformedRedundancy(t *testing.T) {
	member := clean(1).redundant()
	for i := 10; i < len(member); i += 10 {
		member[i].Payload = member[i].Payload[:4]
	}
	c := newCall(sceneTime+time.Second, member, nil)
	out := c.render(t, 500*time.Millisecond, opus.Config{Complexity: 1})
	s := out.result.Voices[0]
	if s.Malformed != 49 || s.Lost != 0 || s.RecoveredMs != 49*20 {
		t.Errorf("got %+v, want 49 malformed packets, each recovered from the next", s)
	}
}
