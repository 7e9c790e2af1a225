package render

import "math"

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
