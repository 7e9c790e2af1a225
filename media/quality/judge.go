package quality

import "slices"

// Word is a connection in one word.
type Word string

// The words; the empty one says that too little is known.
const (
	Unknown   Word = ""
	Excellent Word = "excellent"
	Good      Word = "good"
	Poor      Word = "poor"
	Lost      Word = "lost"
)

// Cause is what a connection suffers from most.
type Cause string

// The causes.
const (
	NoCause Cause = ""
	Loss    Cause = "loss"   // sound is lost on its way
	Jitter  Cause = "jitter" // it arrives unevenly
	Delay   Cause = "delay"  // it takes long
)

// Verdict is a word and its cause.
type Verdict struct {
	Word  Word
	Cause Cause
}

// Thresholds beyond which a warning is raised.
const (
	MaxJitterMs    = 30
	MaxRoundTripMs = 400
	MinMOS         = 3
	// SomeLossPercent is for single samples, MuchLossPercent for their average.
	SomeLossPercent = 1
	MuchLossPercent = 3
	// FairMOS is what separates excellent from good; it raises no warning.
	FairMOS = 4
)

const (
	// recent is how many samples single values are looked at in: a warning is
	// raised when raiseAt of them cross a threshold, and withdrawn when none does.
	recent  = 5
	raiseAt = 3
	// averaged is how many the average of the loss is made of. That warning is
	// withdrawn at SomeLossPercent.
	averaged = 7
)

// warning names what can be raised.
type warning int

const (
	jitterHigh warning = iota
	delayHigh
	scoreLow
	lossSome
	lossMuch
	scoreFair
	warnings
)

// Window holds the newest samples of one direction, and the warnings that stand.
// The zero value is empty. It is a value: a copy goes its own way.
type Window struct {
	samples [averaged]Sample // the oldest first
	count   int
	raised  [warnings]bool
}

// Add takes a sample in; one that is no measurement is passed over.
func (w *Window) Add(s Sample) {
	if _, ok := s.MOS(); !ok {
		return
	}
	copy(w.samples[:], w.samples[1:])
	w.samples[averaged-1] = s
	w.count = min(w.count+1, averaged)
	w.single(jitterHigh, func(s Sample) bool { return s.JitterMs > MaxJitterMs })
	w.single(delayHigh, func(s Sample) bool { return s.RoundTripMs > MaxRoundTripMs })
	w.single(lossSome, func(s Sample) bool { return s.LossPercent > SomeLossPercent })
	w.single(scoreLow, func(s Sample) bool { return s.score() < MinMOS })
	w.single(scoreFair, func(s Sample) bool { return s.score() < FairMOS })
	if w.count == averaged {
		switch loss := w.averageLoss(averaged); {
		case loss > MuchLossPercent:
			w.raised[lossMuch] = true
		case loss <= SomeLossPercent:
			w.raised[lossMuch] = false
		}
	}
}

// newest are the last n samples, or as many as there are.
func (w *Window) newest(n int) []Sample { return w.samples[averaged-min(n, w.count):] }

func (w *Window) single(of warning, crosses func(Sample) bool) {
	n := 0
	for _, s := range w.newest(recent) {
		if crosses(s) {
			n++
		}
	}
	switch {
	case n >= raiseAt:
		w.raised[of] = true
	case n == 0:
		w.raised[of] = false
	}
}

func (w *Window) averageLoss(n int) float64 {
	sum, newest := 0.0, w.newest(n)
	for _, s := range newest {
		sum += s.LossPercent
	}
	return sum / float64(max(1, len(newest)))
}

// Judge says how the direction stands.
func (w Window) Judge() Verdict {
	r := w.raised
	switch {
	case w.count == 0:
		return Verdict{}
	case r[lossMuch]:
		return Verdict{Poor, Loss}
	case r[delayHigh]:
		return Verdict{Poor, Delay}
	case r[jitterHigh]:
		return Verdict{Poor, Jitter}
	case r[scoreLow]:
		return Verdict{Poor, w.dearest()}
	case r[lossSome]:
		return Verdict{Good, Loss}
	case r[scoreFair]:
		return Verdict{Good, w.dearest()}
	}
	return Verdict{Word: Excellent}
}

// Judge says how a direction stands that is like s all the time.
func (s Sample) Judge() Verdict {
	var w Window
	for range averaged {
		w.Add(s)
	}
	return w.Judge()
}

// dearest is what costs the newest samples the most of their score.
func (w Window) dearest() Cause {
	var cost [3]float64
	for _, s := range w.newest(recent) {
		for i, without := range []Sample{{s.RoundTripMs, s.JitterMs, 0}, {s.RoundTripMs, 0, s.LossPercent}, {0, s.JitterMs, s.LossPercent}} {
			cost[i] += without.score() - s.score()
		}
	}
	most := slices.Index(cost[:], slices.Max(cost[:]))
	return []Cause{Loss, Jitter, Delay}[most]
}

// score is the MOS of a sample that is a measurement.
func (s Sample) score() float64 {
	score, _ := s.MOS()
	return score
}

// order ranks words, the worst last.
func (w Word) order() int { return slices.Index([]Word{Unknown, Excellent, Good, Poor, Lost}, w) }

// Worse tells whether a word is worse than another.
func (w Word) Worse(than Word) bool { return w.order() > than.order() }
