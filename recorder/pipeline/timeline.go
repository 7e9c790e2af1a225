package pipeline

// timeline maps time on the clock of a recording to its voices, from which
// pauses may have been left out. Times are in µs since time 0.
type timeline struct {
	spans []journalSpan
	cut   []int64 // what was left out before each of them
}

func newTimeline(done rendered) timeline {
	t := timeline{spans: done.spans, cut: make([]int64, len(done.spans))}
	for i := range t.cut {
		if i < len(done.result.Spans) { // the renderer saw the same events
			s := done.result.Spans[i]
			t.cut[i] = (s.Clock - s.Open) * 1000 / 48
		}
	}
	return t
}

// place is where something lies in the voices; what happened while the gate
// was shut and the time is left out lies at the end of the span before.
func (t timeline) place(at int64) int64 {
	place := at
	for i, s := range t.spans {
		if at < s.open {
			break
		}
		place = at - t.cut[i]
		if i+1 < len(t.spans) && t.cut[i+1] > t.cut[i] {
			place = min(place, s.close-t.cut[i])
		}
	}
	return place
}

// stretches maps parts of spans.
func (t timeline) stretches(list []stretch) []stretch {
	out := make([]stretch, 0, len(list))
	for _, s := range list {
		from := t.place(s.from)
		out = append(out, stretch{from, from + s.to - s.from})
	}
	return out
}

func ms(us int64) float64 { return float64(us) / 1000 }
