package render

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"parley/media/ogg"
	"parley/media/opus"
)

// TestImpairmentsCopied: whatever befalls the packets, copied frames are heard
// within 20 ms of where they were spoken, and the length is exact.
func TestImpairmentsCopied(t *testing.T) {
	for _, r := range impairments {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			member, expert := r.scene(), clean(2)
			c := newCall(member[len(member)-1].spoken+2*time.Second+1234*time.Microsecond, member, expert)
			out, err := c.renderAs(t, ModeCopy, 500*time.Millisecond, opus.Config{})
			if err != nil {
				t.Fatal(err)
			}
			mustClick(t, "member", out.voice(t, 0, c.length), member.clicks())
			mustClick(t, "expert", out.voice(t, 1, c.length), expert.clicks())
			for leg, s := range out.result.Voices {
				if s.Mode != ModeCopy {
					t.Errorf("voice %d: mode %q, want %q", leg, s.Mode, ModeCopy)
				}
			}
			if got := out.result.Voices[1].ConcealedMs; got != 0 {
				t.Errorf("clean voice: %.0f ms concealed, want none", got)
			}
		})
	}
}

// TestCopyKeepsWhatWasSent: a clean voice's packets come out byte for byte.
func TestCopyKeepsWhatWasSent(t *testing.T) {
	member := clean(1)
	c := newCall(member[len(member)-1].spoken+time.Second, member, clean(2))
	out, err := c.renderAs(t, ModeAuto, 500*time.Millisecond, opus.Config{})
	if err != nil {
		t.Fatal(err)
	}
	stored := map[string]int{}
	for _, p := range packetsOf(t, out.files[0].Bytes()) {
		stored[string(p)]++
	}
	for i, p := range member {
		if stored[string(p.Payload)] == 0 {
			t.Fatalf("packet %d of %d is not in the voice as it was sent", i, len(member))
		}
	}
}

// TestCopySkew: ±300 ppm are followed for three minutes.
func TestCopySkew(t *testing.T) {
	for _, ppm := range []int{-300, 300} {
		member := looped(1, 3, ppm)
		c := newCall(member[len(member)-1].spoken+time.Second, member, clean(2))
		out, err := c.renderAs(t, ModeCopy, time.Second, opus.Config{})
		if err != nil {
			t.Fatal(err)
		}
		mustClick(t, "member", out.voice(t, 0, c.length), member.clicks())
	}
}

func TestNotCopyable(t *testing.T) {
	long := clean(1).from(0, func(p *sent) { p.Payload = append([]byte{3 << 3}, p.Payload[1:]...) }) // SILK, 60 ms
	lossy := clean(1).loseRandomly(0.1)
	for name, tc := range map[string]struct {
		mode   string
		member scene
	}{
		"frames of 60 ms":            {ModeCopy, long},
		"much is lost, in auto mode": {ModeAuto, lossy},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCall(10*time.Second, tc.member, clean(2))
			_, err := c.renderAs(t, tc.mode, 500*time.Millisecond, opus.Config{})
			var no *NotCopyableError
			if !errors.As(err, &no) || no.Leg != 0 || no.Why == "" {
				t.Errorf("got %v, want a NotCopyableError about leg 0 with a reason", err)
			}
		})
	}
}

// packetsOf returns the Opus packets of a mono file.
func packetsOf(t testing.TB, data []byte) (packets [][]byte) {
	t.Helper()
	r, err := ogg.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for {
		p, err := r.Next()
		if errors.Is(err, io.EOF) {
			return packets
		}
		if err != nil {
			t.Fatal(err)
		}
		packets = append(packets, bytes.Clone(p.Data))
	}
}
