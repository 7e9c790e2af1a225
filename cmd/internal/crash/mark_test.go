package crash

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/cmd/internal/softphone"
	"parley/media/audiomatch"
)

// A mark is a short tone of one of eight pitches. The order of pitches is
// random but known, and another each time that somebody begins to speak, so that
// a few marks tell where in the call they stand; the two legs have pitches of
// their own.
const (
	sampleRate = 48000
	markEvery  = 100 * time.Millisecond
	markLength = 60 * time.Millisecond
	pitches    = 8
	loudness   = 9000
)

// pitch is the frequency of a symbol in Hz: 300 to 3300, the legs interleaved.
func pitch(leg, symbol int) float64 { return 300 + 200*float64(2*symbol+leg) }

// symbols are the pitches of a leg's marks, in order. No two neighbours are
// alike, or they would sound as one.
type symbols struct {
	random *rand.Rand
	last   int
}

func newSymbols(leg, part int) *symbols {
	return &symbols{random: rand.New(rand.NewPCG(uint64(leg), uint64(part)))}
}

func (s *symbols) next() int {
	s.last = (s.last + 1 + s.random.IntN(pitches-1)) % pitches
	return s.last
}

// mark is one spoken tone.
type mark struct {
	at     time.Time // when it was given to the phone, which sends it within 20 ms
	symbol int
}

// talker speaks a mark each 100 ms.
type talker struct {
	leg   int
	order *symbols
	media softphone.Media
	quit  chan struct{}
	once  sync.Once
	work  sync.WaitGroup

	mu    sync.Mutex // guards marks
	marks []mark
}

// newTalker lets a leg speak for the part-th time.
func newTalker(leg, part int, media softphone.Media) *talker {
	t := &talker{leg: leg, order: newSymbols(leg, part), media: media, quit: make(chan struct{})}
	t.work.Go(t.run)
	return t
}

func (t *talker) run() {
	tick := time.NewTicker(markEvery)
	defer tick.Stop()
	for {
		symbol := t.order.next()
		t.mu.Lock()
		t.marks = append(t.marks, mark{time.Now(), symbol})
		t.mu.Unlock()
		t.media.Say(tone(pitch(t.leg, symbol)))
		select {
		case <-tick.C:
		case <-t.quit:
			return
		}
	}
}

func (t *talker) stop() {
	t.once.Do(func() { close(t.quit) })
	t.work.Wait()
}

// spoken are the marks so far.
func (t *talker) spoken() []mark {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]mark(nil), t.marks...)
}

// tone is one mark's sound with soft edges.
func tone(hz float64) []int16 {
	pcm := make([]int16, int(markLength*sampleRate/time.Second))
	for i := range pcm {
		edge := math.Sqrt(math.Sin(math.Pi * (float64(i) + 0.5) / float64(len(pcm))))
		pcm[i] = int16(loudness * edge * math.Sin(2*math.Pi*hz*float64(i)/sampleRate))
	}
	return pcm
}

const (
	// listenRate is the rate at which a recording is searched.
	listenRate = 8000
	hop        = 5 * time.Millisecond
	// window is the part of a mark that is looked at.
	window = 40 * time.Millisecond
	// purity is the share of a window's energy at its strongest pitch from
	// which it counts as a mark.
	purity = 0.6
	// faint is the level below which nothing counts, as a share of full scale.
	faint = 0.02
)

// listen finds the pitch at each hop of a voice, -1 where there is none.
func listen(t testing.TB, leg int, pcm []int16) []int {
	t.Helper()
	voice, err := audiomatch.Resample(pcm, sampleRate, listenRate)
	must(t, err)
	step, width := int(hop*listenRate/time.Second), int(window*listenRate/time.Second)
	var out []int
	for at := 0; at+width <= len(voice); at += step {
		out = append(out, strongest(leg, voice[at:at+width]))
	}
	return out
}

func strongest(leg int, part []float64) int {
	energy := 0.0
	for _, s := range part {
		energy += s * s
	}
	if math.Sqrt(energy/float64(len(part))) < faint {
		return -1
	}
	for symbol := range pitches {
		if share := toneEnergy(part, pitch(leg, symbol)) / energy; share > purity {
			return symbol
		}
	}
	return -1
}

// toneEnergy is the energy of part at one frequency.
func toneEnergy(part []float64, hz float64) float64 {
	var re, im float64
	for i, s := range part {
		phase := 2 * math.Pi * hz * float64(i) / listenRate
		re += s * math.Cos(phase)
		im += s * math.Sin(phase)
	}
	return 2 * (re*re + im*im) / float64(len(part))
}

const (
	// slack is how far a mark may lie from its place: 20 ms until the phone
	// sends it, 20 ms of the recording's own.
	slack = 40 * time.Millisecond
	// patience is how far on a machine that is too busy for all its phones: one that
	// was not let run sends what is due at once, and a mark given to it then takes the
	// place of a packet that was due before.
	// These tests ask whether a mark is there; where exactly it lies is asked
	// by the tests of the render.
	patience = 600 * time.Millisecond
)

// place finds where marks lie in what was listened to: the moment of the
// recording at which the first one was spoken, and which of them are heard.
func place(marks []mark, heard []int) (offset time.Duration, found []bool) {
	const furthest = 5 * time.Second
	best := -1
	for try := -slack; try < furthest; try += hop {
		if n := count(match(marks, heard, try, slack)); n > best {
			best, offset = n, try
		}
	}
	return offset, match(marks, heard, offset, patience)
}

// match tells which marks are heard within reach of their place. They are taken
// in order, and no sound serves two of them.
func match(marks []mark, heard []int, offset, reach time.Duration) []bool {
	hits, taken := make([]bool, len(marks)), 0
	for i, m := range marks {
		at := m.at.Sub(marks[0].at) + offset
		from, to := max(int((at-reach)/hop), taken), min(int((at+reach)/hop)+1, len(heard))
		for k := from; k < to && !hits[i]; k++ {
			if hits[i] = heard[k] == m.symbol; hits[i] {
				taken = endOf(heard, k)
			}
		}
	}
	return hits
}

// endOf is where the sound that begins at from is over.
func endOf(heard []int, from int) int {
	to := from
	for to < len(heard) && heard[to] == heard[from] {
		to++
	}
	return to
}

// lastOf is the place of the last mark that is heard, -1 if there is none.
func lastOf(hits []bool) int {
	for i := len(hits) - 1; i >= 0; i-- {
		if hits[i] {
			return i
		}
	}
	return -1
}

func count(hits []bool) (n int) {
	for _, hit := range hits {
		if hit {
			n++
		}
	}
	return n
}

// picture shows what was spoken and what is heard, each symbol with its place
// in milliseconds of the recording.
func picture(marks []mark, offset time.Duration, heard []int) string {
	var b strings.Builder
	b.WriteString("spoken:")
	for _, m := range marks {
		fmt.Fprintf(&b, " %d@%d", m.symbol, (m.at.Sub(marks[0].at) + offset).Milliseconds())
	}
	b.WriteString("\nheard: ")
	for k := 0; k < len(heard); k = endOf(heard, k) {
		if heard[k] >= 0 {
			fmt.Fprintf(&b, " %d@%d-%d", heard[k], k*int(hop/time.Millisecond), endOf(heard, k)*int(hop/time.Millisecond))
		}
	}
	return b.String()
}
