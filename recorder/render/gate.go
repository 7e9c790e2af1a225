package render

import (
	"math"

	"parley/media/opus"
)

// span is a stretch of the call in which the gate was open, in samples since
// time 0.
type span struct{ open, close int64 }

// stillOpen stands for the end of a span that has not been seen to close.
const stillOpen = math.MaxInt64

// gate remembers when recording was allowed. Its spans are in order and apart.
type gate struct{ spans []span }

// isOpen tells the state after the last event.
func (g *gate) isOpen() bool { return len(g.spans) > 0 && g.spans[len(g.spans)-1].close == stillOpen }

func (g *gate) opened(at int64) {
	if !g.isOpen() {
		g.spans = append(g.spans, span{open: max(at, g.length()), close: stillOpen})
	}
}

func (g *gate) closed(at int64) {
	if g.isOpen() {
		last := &g.spans[len(g.spans)-1]
		last.close = max(at, last.open)
	}
}

// length is the end of the last span that was closed.
func (g *gate) length() int64 {
	for i := len(g.spans) - 1; i >= 0; i-- {
		if g.spans[i].close != stillOpen {
			return g.spans[i].close
		}
	}
	return 0
}

// within calls do for each part of a stretch in which the gate was open.
func (g *gate) within(from, to int64, do func(from, to int64)) {
	for i := len(g.spans) - 1; i >= 0 && g.spans[i].close > from; i-- {
		if a, b := max(from, g.spans[i].open), min(to, g.spans[i].close); a < b {
			do(a, b)
		}
	}
}

// frames are the numbers of the grid frames that a span needs, at least one.
// Players drop the pre-skip, so a frame is heard that much before its start;
// the first is chosen so that a span can stand at the very start.
func (s span) frames() (first, after int64) {
	first = s.open / frame
	if s.close == stillOpen {
		return first, math.MaxInt64
	}
	return first, (max(s.close-1, s.open)+opus.Lookahead48k)/frame + 1
}

// keeps tells whether a grid frame is a part of any span.
func (g *gate) keeps(n int64) bool {
	for _, s := range g.spans {
		if first, after := s.frames(); n >= first && n < after {
			return true
		}
	}
	return len(g.spans) == 0
}

// Span is a stretch of a recording in which the gate was open, in samples at
// 48 kHz.
type Span struct {
	Clock       int64 // when it opened, since time 0
	Open, Close int64 // where it lies in the voices
}

// placed tells where the spans lie in voices from which the frames that belong
// to none were left out, or were not.
func (g *gate) placed(skip bool) []Span {
	out := make([]Span, 0, len(g.spans))
	next, skipped := int64(0), int64(0)
	for _, s := range g.spans {
		first, after := s.frames()
		if skip && first > next {
			skipped += (first - next) * frame
		}
		next = max(next, after)
		out = append(out, Span{Clock: s.open, Open: s.open - skipped, Close: s.close - skipped})
	}
	return out
}

// leftOut is how much is left out of the voices before a sample since time 0.
func (g *gate) leftOut(at int64, skip bool) int64 {
	if !skip {
		return 0
	}
	out := int64(0)
	for i, s := range g.placed(skip) {
		if i > 0 && at < s.Clock {
			break
		}
		out = s.Clock - s.Open
	}
	return out
}
