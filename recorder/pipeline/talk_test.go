package pipeline

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"parley/media/audiomatch"
	"parley/media/opus"
	"parley/recorder/playback"
)

// talkTime is how long the two phrases are.
const talkTime = 6 * time.Second

// phrases are what member and expert say, and the packets of it.
var phrases = sync.OnceValue(func() (p struct {
	pcm     [2][]int16
	packets [2][][]byte
}) {
	for leg, seed := range []int{1, 3} {
		p.pcm[leg] = audiomatch.Phrase(seed, talkTime)
		enc, err := opus.NewEncoder(opus.Config{BitrateBps: 32000})
		if err != nil {
			panic(err)
		}
		buf := make([]byte, opus.MaxFramePacketBytes)
		for at := 0; at+960 <= len(p.pcm[leg]); at += 960 {
			n, err := enc.Encode(p.pcm[leg][at:at+960], buf)
			if err != nil {
				panic(err)
			}
			p.packets[leg] = append(p.packets[leg], slices.Clone(buf[:n]))
		}
	}
	return p
})

// speak lets both legs send their packets from one instant of the phrases to
// another, and the clock go with them. Both are since begun.
func (p *process) speak(r *Recording, begun time.Time, from, to time.Duration) {
	p.speakAs(r, begun, from, to, 0, 1)
}

// speakAs is speak for some of the legs; phrases that are over begin again.
func (p *process) speakAs(r *Recording, begun time.Time, from, to time.Duration, legs ...int) {
	for i := int(from / (20 * time.Millisecond)); i < int(to/(20*time.Millisecond)); i++ {
		at := begun.Add(time.Duration(i) * 20 * time.Millisecond)
		p.clock.set(at)
		for _, leg := range legs {
			packets := phrases().packets[leg]
			h := &rtp.Header{SequenceNumber: uint16(i), Timestamp: uint32(i * 960), SSRC: uint32(leg + 1)}
			r.Packet(leg, at, h, packets[i%len(packets)])
		}
	}
	p.clock.set(begun.Add(to))
}

// wholeCall records a call from ring to hang-up.
func (p *process) wholeCall() *Recording {
	p.t.Helper()
	begun := p.clock.now()
	r := p.begin()
	p.speak(r, begun, 0, talkTime)
	r.Finish()
	return r
}

// heard plays a recording and returns what is left and right, decoded by the
// reference decoder.
func heard(t testing.TB, rec *playback.Recording) [2][]int16 {
	t.Helper()
	dir := t.TempDir()
	stereo, wav := filepath.Join(dir, "stereo.opus"), filepath.Join(dir, "stereo.wav")
	data, err := io.ReadAll(io.NewSectionReader(rec, 0, rec.Size()))
	if err != nil {
		t.Fatalf("play: %v", err)
	}
	if err := os.WriteFile(stereo, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command("opusdec", "--quiet", "--no-dither", "--rate", "48000", stereo, wav).CombinedOutput(); err != nil {
		t.Fatalf("opusdec: %v\n%s", err, said)
	}
	file, err := os.Open(wav)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }() // read only
	w, err := audiomatch.ReadWAV(file)
	if err != nil {
		t.Fatal(err)
	}
	return [2][]int16{w.Channel(0), w.Channel(1)}
}

// likeness compares a stretch of a phrase with what was heard.
func likeness(t testing.TB, phrase, got []int16) (best float64, lag time.Duration) {
	t.Helper()
	const rate = 8000
	a, err := audiomatch.Resample(phrase, 48000, rate)
	if err != nil {
		t.Fatal(err)
	}
	b, err := audiomatch.Resample(got, 48000, rate)
	if err != nil {
		t.Fatal(err)
	}
	best, n := audiomatch.Correlate(a, b)
	return best, time.Duration(n) * time.Second / rate
}

// mustHear checks that both phrases up to an instant are where they belong:
// the member left, the expert right, both at the same time.
func (h *house) mustHear(rec *playback.Recording, until time.Duration) {
	h.t.Helper()
	for leg, got := range heard(h.t, rec) {
		best, lag := likeness(h.t, phrases().pcm[leg][:int(until.Seconds()*48000)], got)
		if best < 0.8 || lag.Abs() > 20*time.Millisecond {
			h.t.Errorf("channel %d: got likeness %.3f at %v, want 0.8 and more within 20 ms of the start", leg, best, lag)
		}
		if cross, _ := likeness(h.t, phrases().pcm[1-leg], got); cross > 0.2 {
			h.t.Errorf("channel %d: got likeness %.3f with the other voice, want next to none", leg, cross)
		}
	}
}
