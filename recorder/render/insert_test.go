package render

import (
	"math"
	"slices"
	"testing"
	"time"

	"parley/media/opus"
	"parley/media/prompt"
	"parley/recorder/journal"
)

const toneHz = 1400

// toneAt is the tone as the server's packets, due from an instant on.
func toneAt(t *testing.T, at time.Duration) (out []journal.Spoken) {
	t.Helper()
	p, err := prompt.Tone()
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range p.Frames {
		out = append(out, journal.Spoken{Due: at + time.Duration(i)*frameTime, Payload: f})
	}
	return out
}

// share is the part of the energy of pcm that a tone has; 0 of what is faint.
func share(pcm []int16, hz float64) float64 {
	var re, im, energy float64
	for i, s := range pcm {
		v, w := float64(s), 2*math.Pi*hz*float64(i)/sampleRate
		re, im, energy = re+v*math.Cos(w), im+v*math.Sin(w), energy+v*v
	}
	if n := float64(len(pcm)); energy/n > 300*300 {
		return 2 * (re*re + im*im) / (n * energy)
	}
	return 0
}

// tones are the instants at which the tone begins to be heard.
func tones(pcm []int16) (at []time.Duration) {
	const window = sampleRate / 50
	for n, before := 0, false; (n+2)*window <= len(pcm); n++ {
		is := share(pcm[n*window:(n+2)*window], toneHz) > 0.8
		if is && !before {
			at = append(at, time.Duration(n)*frameTime)
		}
		before = is
	}
	return at
}

// TestServersToneIsInTheVoice: what the server spoke is heard in each voice when it
// was spoken, however the voice is made and whether the person sent anything; what
// was said before and after keeps its place.
func TestServersToneIsInTheVoice(t *testing.T) {
	due := []time.Duration{40 * time.Millisecond, 3233 * time.Millisecond, 6505 * time.Millisecond, 8777 * time.Millisecond}
	for _, mode := range []string{ModeCopy, ModeEncode} {
		member := clean(1).lose(func(i int) bool { return i > 400 }) // says nothing more from 8 s on
		c := newCall(10*time.Second, member, clean(2))
		plain, err := c.renderAs(t, mode, 500*time.Millisecond, opus.Config{})
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range due {
			c.server = append(c.server, toneAt(t, at)...)
		}
		out, err := c.renderAs(t, mode, 500*time.Millisecond, opus.Config{})
		if err != nil {
			t.Fatal(err)
		}
		for leg := range out.files {
			if leg > 1 {
				break
			}
			got := tones(out.voice(t, leg, c.length))
			if len(got) != len(due) {
				t.Fatalf("%s, voice %d: tones at %v, want at %v", mode, leg, got, due)
			}
			for i, at := range got {
				if d := (at - due[i]).Abs(); d > 50*time.Millisecond {
					t.Errorf("%s, voice %d: tone at %v, want at %v", mode, leg, at, due[i])
				}
			}
			was, is := packetsOf(t, plain.files[leg].Bytes()), packetsOf(t, out.files[leg].Bytes())
			if changed := different(was, is); len(was) != len(is) || changed != len(c.server) {
				t.Errorf("%s, voice %d: %d packets of %d changed to %d, want the %d of the tones and no other", mode, leg, changed, len(was), len(is), len(c.server))
			}
		}
		for leg, v := range out.result.Voices {
			if want := float64(len(c.server)) * 20; v.ServerMs != want || plain.result.Voices[leg].ServerMs != 0 {
				t.Errorf("%s, voice %d: %v ms are the server's, without tones %v, want %v and 0", mode, leg, v.ServerMs, plain.result.Voices[leg].ServerMs, want)
			}
		}
		clicks := slices.DeleteFunc(clean(2).clicks(), func(at int64) bool {
			return slices.ContainsFunc(due, func(d time.Duration) bool { return at > samples(d)-sampleRate/10 && at < samples(d)+sampleRate*3/10 })
		})
		mustClick(t, "expert", out.voice(t, 1, c.length), clicks)
	}
}

func different(a, b [][]byte) (n int) {
	for i := range min(len(a), len(b)) {
		if !slices.Equal(a[i], b[i]) {
			n++
		}
	}
	return n
}

// TestServersSoundThatCannotBe: a packet of another length, one that is due when
// the gate is shut and one that comes too late leave the voices as they are.
func TestServersSoundThatCannotBe(t *testing.T) {
	c := paused()
	plain, err := c.renderAs(t, ModeCopy, 500*time.Millisecond, opus.Config{})
	if err != nil {
		t.Fatal(err)
	}
	shut := toneAt(t, 5*time.Second)
	c.server = append(shut[:3:3],
		journal.Spoken{Due: time.Second, Payload: []byte{3 << 3, 1, 2}}, // SILK, 60 ms
		journal.Spoken{Due: time.Second, Payload: nil},
		journal.Spoken{Due: longest + time.Hour, Payload: shut[0].Payload})
	out, err := c.renderAs(t, ModeCopy, 500*time.Millisecond, opus.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for leg := range 2 {
		if n := different(packetsOf(t, plain.files[leg].Bytes()), packetsOf(t, out.files[leg].Bytes())); n != 0 {
			t.Errorf("voice %d: %d packets changed, want none", leg, n)
		}
	}
}
