package render

import (
	"math"
	"testing"
	"time"

	"parley/media/audiomatch"
	"parley/media/opus"
	"parley/recorder/level"
)

// talking is a scene of somebody who speaks at a level for so long, with
// packets that state it or not.
func talking(seed int, d time.Duration, dbfs float64, stated bool) scene {
	pcm := audiomatch.Phrase(seed, d)
	gain := math.Pow(10, (dbfs-levelOf(pcm))/20)
	for i, s := range pcm {
		pcm[i] = int16(math.Round(float64(s) * gain))
	}
	s := spoken(seed, encodeAll(pcm))
	for i := range s {
		if stated {
			s[i].Level = uint8(min(max(-math.Round(level.Of(pcm[i*frame:(i+1)*frame])), 0), 126))
		}
	}
	return s
}

// levelOf is the level of what is spoken.
func levelOf(pcm []int16) float64 {
	var m level.Meter
	for ; len(pcm) >= frame; pcm = pcm[frame:] {
		m.Add(level.Of(pcm[:frame]), 1)
	}
	return m.DBFS()
}

// TestVoicesAreEvened: people at −40 and −15 dBFS are within 5 dB of each
// other where they are encoded, once each has spoken for five seconds, and are
// as they were sent where they are copied. The report tells how loud they were
// and what a player should do about it.
func TestVoicesAreEvened(t *testing.T) {
	const d = 20 * time.Second
	c := newCall(d+time.Second, talking(1, d, -40, true), talking(2, d, -15, true))
	for _, mode := range []string{ModeCopy, ModeEncode} {
		out, err := c.renderAs(t, mode, 500*time.Millisecond, opus.Config{})
		if err != nil {
			t.Fatal(err)
		}
		var after, corrected [2]float64
		for leg, want := range []float64{-40, -15} {
			s := out.result.Voices[leg]
			if math.Abs(s.LevelDBFS-want) > 1.5 {
				t.Errorf("%s, voice %d: the report says %.1f dBFS, want %.0f", mode, leg, s.LevelDBFS, want)
			}
			after[leg] = levelOf(out.voice(t, leg, c.length)[5*sampleRate:])
			corrected[leg] = after[leg] + s.GainDB
		}
		t.Logf("%s: %.1f dBFS, with the gains of the report %.1f", mode, after, corrected)
		if d := math.Abs(corrected[0] - corrected[1]); d > 5 {
			t.Errorf("%s: the voices are %.1f dB apart, want 5 at most", mode, d)
		}
		if apart := math.Abs(after[0]-after[1]) > 20; apart != (mode == ModeCopy) {
			t.Errorf("%s: the stored voices are at %.1f dBFS", mode, after)
		}
	}
}

// TestLevelOfBrowsers: what browsers state about a voice is what decoding it
// tells.
func TestLevelOfBrowsers(t *testing.T) {
	for _, name := range []string{"a_default", "g1_firefox", "b_dtx"} {
		c := callOf(openTrace(t, name))
		var got [2]float64
		for i, mode := range []string{ModeCopy, ModeEncode} {
			out, err := c.renderAs(t, mode, time.Hour, quick)
			if err != nil {
				t.Fatal(err)
			}
			got[i] = out.result.Voices[0].LevelDBFS
		}
		t.Logf("%s: %.1f stated, %.1f measured", name, got[0], got[1])
		if math.Abs(got[0]-got[1]) > 3 || got[0] < -60 {
			t.Errorf("%s: browsers state %.1f dBFS, decoding gives %.1f; want them within 3 dB", name, got[0], got[1])
		}
	}
}
