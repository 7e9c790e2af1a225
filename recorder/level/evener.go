package level

const (
	// Target is the common level: the mean over speech of the frames' levels in
	// dBFS, some 4 dB below the level of their mean power. Clicks and shouts
	// weigh little in it.
	Target = -28.0
	// MostGain is by how many dB a voice is raised or lowered at most.
	MostGain = 15.0
	// SlowStep is by how many dB the gain may follow a voice's level in a frame
	// of speech, 6 dB/s.
	SlowStep = 0.12
	// FastStep is by how many dB it may change in any frame, 25 dB/s: towards
	// pauses, where nothing is raised, and towards what would become too loud.
	FastStep = 0.5
	// Lookahead is how many frames must be known beyond the one whose gain is
	// asked for, 0.7 s: a change that takes time must begin before its cause.
	Lookahead = reach + around

	reach  = int(MostGain / FastStep)
	around = 5 // frames on either side over which loudness is taken

	// ceiling is how loud 0.2 s may become by being raised, in dBFS.
	ceiling = -12.0
	// memory is how many frames of speech the level is averaged over, 10 s.
	memory = 500
)

// towards is the gain in dB that brings a level to the target.
func towards(dbfs float64) float64 { return min(max(Target-dbfs, -MostGain), MostGain) }

// Evener plans the gain of one voice. For each frame there are two bounds. One
// is the gain that the voice's speech needs, and at most 0 dB in pauses, so
// that their noise stays where it is; it reaches out from speech to both sides,
// falling by FastStep a frame, so the gain is there when a word begins and
// stays between words. The other keeps what is loud anyway from being raised
// above the ceiling, and reaches out likewise.
type Evener struct {
	meter Meter
	level float64 // of speech, mean of the last memory frames
	known float64 // frames that level is made of
	slow  float64 // the gain that speech has now

	// Of frames from next-reach on; and the powers around the newest ones.
	want, most []float64
	powers     []float64
	past       int // how many in want and most lie before the next frame
}

// Meter tells the level of all frames that were added, before any gain.
func (e *Evener) Meter() *Meter { return &e.meter }

// Add takes the next frame; an empty one is silence.
func (e *Evener) Add(pcm []int16) {
	dbfs := Silence
	if len(pcm) > 0 {
		dbfs = Of(pcm)
	}
	speech := e.meter.Add(dbfs, 1)
	if speech {
		e.known = min(e.known+1, memory)
		e.level += (dbfs - e.level) / e.known
		e.slow += min(max(towards(e.level)-e.slow, -SlowStep), SlowStep)
	}
	e.want = append(e.want, e.slow)
	if !speech {
		e.want[len(e.want)-1] = min(e.slow, 0)
	}
	e.loudness(dbfs)
}

// loudness takes the frame's level and bounds the gain of the frame in the
// middle of those around it.
func (e *Evener) loudness(dbfs float64) {
	e.powers = append(e.powers, power(dbfs))
	if len(e.powers) > 2*around+1 {
		e.powers = e.powers[:copy(e.powers, e.powers[1:])]
	}
	if len(e.powers) <= around {
		return
	}
	sum := 0.0
	for _, p := range e.powers {
		sum += p
	}
	e.most = append(e.most, max(0, ceiling-decibels(sum/(2*around+1))))
}

// Next is the gain in dB at the end of the next frame. Lookahead frames must
// have been added beyond it.
func (e *Evener) Next() float64 {
	gain, most := -2*MostGain, 2*MostGain
	for i := range e.past + reach + 1 {
		away := FastStep * float64(max(i-e.past, e.past-i))
		gain = max(gain, e.want[i]-away)
		most = min(most, e.most[i]+away)
	}
	if e.past < reach {
		e.past++
	} else {
		e.want = e.want[:copy(e.want, e.want[1:])]
		e.most = e.most[:copy(e.most, e.most[1:])]
	}
	return min(gain, most)
}
