package render

import (
	"bytes"
	"errors"
	"math"
	"testing"
	"time"

	"parley/media/opus"
	"parley/media/opus/packet"
)

func durationOf(payload []byte) int64 {
	n, err := packet.DurationSamples48k(payload)
	if err != nil {
		return 0
	}
	return int64(n)
}

// browsers are the traces, with the epochs that each voice's time has, and
// how alike its speech must be to the recording: less where the browser's own
// noise suppression worked on it.
var browsers = []struct {
	name    string
	epochs  int
	alike   float64
	encoded bool // too much is missing for copies
}{
	{name: "a_default", epochs: 1, alike: 0.8},
	{name: "b_dtx", epochs: 1, alike: 0.8},
	{name: "b2_dtx_expert", epochs: 1, alike: 0.8},
	{name: "c_red", epochs: 1, alike: 0.8},
	{name: "c2_red_loss", epochs: 1, alike: 0.8},
	{name: "c3_red_dtx", epochs: 1, alike: 0.8},
	{name: "d_fec_loss", epochs: 1, alike: 0.8, encoded: true},
	{name: "e1_mute_enabled", epochs: 1, alike: 0.8},
	{name: "e2_mute_replacetrack", epochs: 2, alike: 0.8},
	{name: "e3_mute_enabled_dtx", epochs: 1, alike: 0.8},
	{name: "f1_ptime60", epochs: 1, alike: 0.8},
	{name: "f2_ptime10", epochs: 1, alike: 0.8},
	{name: "g1_firefox", epochs: 1, alike: 0.8},
	{name: "g2_firefox_dtx", epochs: 1, alike: 0.8},
	{name: "g3_firefox_dtx_member", epochs: 1, alike: 0.8},
	{name: "g4_firefox_mute", epochs: 2, alike: 0.8},
	{name: "h1_ice_restart", epochs: 1, alike: 0.8},
	{name: "h2_reconnect", epochs: 2, alike: 0.8},
	{name: "i_nack", epochs: 1, alike: 0.8},
	{name: "j_both", epochs: 1, alike: 0.8},
	{name: "k_processing_abs_capture", epochs: 1, alike: 0.6},
	{name: "l_chromium_buffer", epochs: 1, alike: 0.8},
}

// TestBrowsers renders what real browsers sent, in every mode.
func TestBrowsers(t *testing.T) {
	for _, b := range browsers {
		for _, mode := range []string{ModeCopy, ModeEncode} {
			t.Run(b.name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				voices := openTrace(t, b.name)
				all := complete(t, b.name, voices)
				c := callOf(voices)
				out, err := c.renderAs(t, mode, 500*time.Millisecond, opus.Config{})
				if err != nil {
					t.Fatal(err)
				}
				var heard [2][]int16
				for leg, v := range voices {
					heard[leg] = out.voice(t, leg, c.length)
					if len(v.packets) == 0 {
						continue
					}
					clicks := clicksOf(t, b.name, leg, all[leg])
					mustHear(t, heard[leg], clicks)
					mustSpeak(t, sourceOf(b.name, leg), heard[leg], clicks, b.alike)
					mustAccount(t, accountOf(all[leg]), out.result.Voices[leg], b.epochs)
				}
				if b.name == "j_both" {
					mustAlign(t, heard, voices)
				}
			})
		}
	}
}

// TestBrowsersAuto: the mode auto copies, or leaves to be encoded what lost too
// much.
func TestBrowsersAuto(t *testing.T) {
	for _, b := range browsers {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			c := callOf(openTrace(t, b.name))
			got, err := c.renderAs(t, ModeAuto, 500*time.Millisecond, opus.Config{})
			var no *NotCopyableError
			if errors.As(err, &no) != b.encoded || (err != nil && no == nil) {
				t.Fatalf("got %v, want a voice to be encoded: %v", err, b.encoded)
			}
			if b.encoded {
				return
			}
			want, err := c.renderAs(t, ModeCopy, time.Hour, opus.Config{})
			if err != nil {
				t.Fatal(err)
			}
			for leg := range want.files {
				if !bytes.Equal(got.files[leg].Bytes(), want.files[leg].Bytes()) {
					t.Errorf("voice %d differs from the copied one", leg)
				}
			}
		})
	}
}

// sourceOf is the recording that was played in a trace.
func sourceOf(name string, leg int) string {
	if leg == 1 || name == "b2_dtx_expert" || name == "g2_firefox_dtx" {
		return "expert"
	}
	return "member"
}

// complete is the trace with its dropped packets, where there were any.
func complete(t *testing.T, name string, seen [2]voiceTrace) [2]voiceTrace {
	t.Helper()
	switch name {
	case "c2_red_loss", "d_fec_loss", "i_nack":
		return openTrace(t, name+".all")
	}
	return seen
}

// mustHear checks that each click is heard within 20 ms of its true place.
func mustHear(t *testing.T, heard []int16, clicks []click) {
	t.Helper()
	if len(clicks) == 0 {
		t.Error("no clicks in the trace")
	}
	worst := 0.0
	for _, c := range clicks {
		off := float64(onset(heard, c.at-sampleRate/10, c.at+sampleRate/10)-c.at) / 48
		worst = max(worst, math.Abs(off))
		if math.Abs(off) > 20 {
			t.Errorf("the click of %.3f s is heard %.1f ms from its place, want at most 20", float64(c.at)/sampleRate, off)
		}
	}
	t.Logf("%d clicks, at most %.1f ms from their places", len(clicks), worst)
}

// onset is the first sample between two that is nearly as loud as the loudest.
// A click's energy is no mark: coders that wake from a pause let it ring.
func onset(pcm []int16, from, to int64) int64 {
	from, to = max(from, 0), min(to, int64(len(pcm)))
	most := 0
	for _, s := range pcm[from:to] {
		most = max(most, int(s), -int(s))
	}
	for i, s := range pcm[from:to] {
		if 4*max(int(s), -int(s)) >= 3*most {
			return from + int64(i)
		}
	}
	return to
}

// mustAlign checks that two people's clicks are as far apart as the sender
// reports of both browsers say, which were on one clock: the expert's 3138.8 ms
// after the member's, and 6.4 ms less after the member's recording began anew.
func mustAlign(t *testing.T, heard [2][]int16, voices [2]voiceTrace) {
	t.Helper()
	member, expert := clicksOf(t, "j_both", 0, voices[0]), clicksOf(t, "j_both", 1, voices[1])
	for i := range expert {
		a := onset(heard[0], member[i].at-sampleRate/10, member[i].at+sampleRate/10)
		b := onset(heard[1], expert[i].at-sampleRate/10, expert[i].at+sampleRate/10)
		want := 3138.8
		if i >= 6 {
			want -= 6.4
		}
		if got := float64(b-a) / 48; math.Abs(got-want) > 20 {
			t.Errorf("click %d: the expert's is heard %.1f ms after the member's, want %.1f within 20", i, got, want)
		}
	}
}
