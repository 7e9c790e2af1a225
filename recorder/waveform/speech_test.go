package waveform

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/pion/rtp"

	"parley/media/audiomatch"
	"parley/media/rtrace"
)

// scene puts phrases into noise of a level; places are in seconds.
type scene struct {
	seconds   int
	noiseDBFS float64 // 0 is digital silence
	phrases   [][2]int
	gain      float64
}

func (s scene) pcm() []int16 {
	pcm := make([]int16, s.seconds*48000)
	if s.noiseDBFS != 0 {
		random := rand.New(rand.NewPCG(5, 5))
		rms := 32768 * math.Pow(10, s.noiseDBFS/20)
		for i := range pcm {
			pcm[i] = int16(rms * random.NormFloat64())
		}
	}
	for n, place := range s.phrases {
		voice := audiomatch.Phrase(n+1, time.Duration(place[1]-place[0])*time.Second)
		for i, v := range voice {
			at := place[0]*48000 + i
			pcm[at] = int16(max(-32768, min(32767, s.gain*float64(v)+float64(pcm[at]))))
		}
	}
	return pcm
}

// TestSegments: phrases are found in every room, as one stretch each: their own pauses are
// shorter than the hangover.
func TestSegments(t *testing.T) {
	apart := [][2]int{{2, 5}, {7, 9}, {15, 25}}
	for name, s := range map[string]scene{
		"digital silence":          {30, 0, apart, 1},
		"quiet room":               {30, -66, apart, 1},
		"office":                   {30, -50, apart, 1},
		"fan":                      {30, -42, apart, 1},
		"quiet speaker":            {30, -66, apart, 0.2},
		"loud speaker":             {30, -50, apart, 3},
		"a minute without a pause": {70, -60, [][2]int{{3, 63}}, 1},
		"speech from the start":    {10, -60, [][2]int{{0, 4}}, 1},
		"speech to the end":        {10, -60, [][2]int{{6, 10}}, 1},
	} {
		b := newBuilder(t, 960)
		b.AddPCM(s.pcm())
		got := b.Segments()
		if len(got) != len(s.phrases) {
			t.Errorf("%s: got %v, want %d segments near %v s", name, got, len(s.phrases), s.phrases)
			continue
		}
		for i, place := range s.phrases {
			// A phrase ends with up to 0.3 s of pause.
			early, late := got[i].StartMs-1000*place[0], 1000*place[1]-got[i].EndMs
			if early < -20 || early > 120 || late < -20 || late > 420 {
				t.Errorf("%s: got %v, want %v s", name, got[i], place)
			}
		}
	}
}

// TestNoSpeech: what is none.
func TestNoSpeech(t *testing.T) {
	clicks := scene{seconds: 20, noiseDBFS: -66}.pcm()
	for at := 48000; at < len(clicks); at += 24000 {
		for i := range 240 {
			clicks[at+i] = int16(30000 * (1 - 2*(i/12%2)))
		}
	}
	for name, pcm := range map[string][]int16{
		"nothing":         nil,
		"digital silence": make([]int16, 480_000),
		"quiet room":      scene{seconds: 20, noiseDBFS: -66}.pcm(),
		"fan":             scene{seconds: 20, noiseDBFS: -35}.pcm(),
		"clicks":          clicks,
		"a whisper far":   scene{20, -80, [][2]int{{5, 10}}, 0.02}.pcm(),
	} {
		b := newBuilder(t, 960)
		b.AddPCM(pcm)
		if got := b.Segments(); got != nil {
			t.Errorf("%s: got %v, want nothing", name, got)
		}
	}
}

// TestRoomChanges: a fan that starts is taken for speech for no longer than the window needs to
// see it, and what is said after it has started is still found.
func TestRoomChanges(t *testing.T) {
	quiet := scene{20, -70, nil, 0}.pcm()
	loud := scene{40, -42, [][2]int{{20, 24}}, 2}.pcm()
	b := newBuilder(t, 960)
	b.AddPCM(append(quiet, loud...))
	got := b.Segments()
	if len(got) == 0 {
		t.Fatal("got no speech, want some at 40 s")
	}
	last := got[len(got)-1]
	if last.StartMs < 39_900 || last.StartMs > 40_200 || last.EndMs < 43_500 || last.EndMs > 44_050 {
		t.Errorf("speech in the noise: got %v, want 40 to 44 s", last)
	}
	for _, s := range got[:len(got)-1] {
		if s.StartMs < 19_900 || s.EndMs > 26_000 {
			t.Errorf("noise taken for speech: %v", s)
		}
	}
}

// TestGate: the rule at its edges, on levels.
func TestGate(t *testing.T) {
	for name, tt := range map[string]struct {
		loud []int // how many frames are loud, quiet, loud, …
		want []Segment
	}{
		"two frames":             {[]int{0, 10, 2, 50}, nil},
		"three frames":           {[]int{0, 10, 3, 50}, []Segment{{200, 260}}},
		"two, a gap, two":        {[]int{0, 10, 2, 1, 2, 50}, nil},
		"pause of 380 ms":        {[]int{0, 10, 5, 19, 5, 50}, []Segment{{200, 780}}},
		"pause of 400 ms":        {[]int{0, 10, 5, 20, 5, 50}, []Segment{{200, 300}, {700, 800}}},
		"from the first frame":   {[]int{5, 50}, []Segment{{0, 100}}},
		"until the last frame":   {[]int{0, 10, 5}, []Segment{{200, 300}}},
		"pause to the very end":  {[]int{0, 10, 5, 3}, []Segment{{200, 300}}},
		"a word after the pause": {[]int{0, 10, 5, 14, 1, 40}, []Segment{{200, 600}}},
	} {
		var levels []uint8
		level := uint8(20)
		for _, frames := range tt.loud {
			for range frames {
				levels = append(levels, level)
			}
			level = 20 + 60 - level + 20 // 20, 80, 20, …
		}
		if got := findSpeech(levels); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

// spoken are the sentences in the trace's sound, in samples after the first click.
var spoken = [][2]int{
	{-36000, 94755}, {109155, 208616}, {237416, 386656}, {444256, 463817},
	{483017, 703992}, {799992, 880092}, {904092, 964101}, {1156101, 1266845},
}

// TestBrowserLevels: from the audio levels that Chromium sent alone, the sentences that were
// spoken are found, and the clicks between them are not.
func TestBrowserLevels(t *testing.T) {
	const firstClick, uri = 41128 - 311, "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
	trace, err := rtrace.Open("../../media/red/testdata/c_red.rtrace")
	if err != nil {
		t.Fatal(err)
	}
	extension, found := trace.Sessions[0].Extension(uri)
	if !found {
		t.Fatalf("no %s in the answer", uri)
	}
	b := newBuilder(t, 960)
	var begin uint32
	for record := range trace.RTP(0) {
		var p rtp.Packet
		if err := p.Unmarshal(record.Data); err != nil {
			t.Fatal(err)
		}
		if begin == 0 {
			begin = p.Timestamp
		}
		b.AddLevel(int(p.Timestamp-begin)/48, 20, p.GetExtension(extension)[0])
	}
	heard := make([]bool, len(b.levels))
	for _, s := range b.Segments() {
		for frame := s.StartMs / frameMs; frame < s.EndMs/frameMs; frame++ {
			heard[frame] = true
		}
	}
	for _, sentence := range spoken {
		from, to := (firstClick+sentence[0])/frameSamples, (firstClick+sentence[1])/frameSamples
		count := 0
		for _, h := range heard[max(0, from):to] {
			if h {
				count++
			}
		}
		if share := float64(count) / float64(to-max(0, from)); share < 0.8 {
			t.Errorf("sentence at %d ms: %.0f %% of it taken for speech, want 80", from*frameMs, 100*share)
		}
		for frame := max(0, from); frame < to; frame++ {
			heard[frame] = false
		}
	}
	count := 0
	for _, h := range heard[:(firstClick+1_300_000)/frameSamples] {
		if h {
			count++
		}
	}
	if count > 8*10 {
		t.Errorf("%d ms outside the sentences taken for speech, want at most 100 ms at the ends of each", count*frameMs)
	}
}
