package pipeline

import (
	"fmt"

	"parley/recorder/journal"
	"parley/recorder/render"
)

// live is the render that follows a capture.
type live struct {
	r     *Recording
	out   *spool
	ren   *render.Renderer
	spans spans
	err   error // the render is given up; the journal will serve
}

func newLive(r *Recording) *live {
	l := &live{r: r}
	l.out, l.ren, l.err = r.p.openRender(r.header)
	return l
}

// add renders one batch.
func (l *live) add(b batch) {
	if l.err != nil {
		return
	}
	release := l.r.p.slot()
	if release == nil {
		return
	}
	defer release()
	for lane, records := range b.lanes {
		l.spans.add(records)
		if l.err = l.ren.Add(journal.Lane(lane), records); l.err != nil {
			break
		}
	}
	if l.err == nil {
		l.err = l.ren.Advance(b.until)
	}
	if l.err != nil {
		l.r.log.Error().Err(l.err).Msg("render given up; it will be made from the journal after the call")
	}
}

// result ends the render; an error means that the journal must serve.
func (l *live) result() (rendered, error) {
	if l.err != nil {
		return rendered{}, l.err
	}
	if l.r.behind.Load() {
		return rendered{}, fmt.Errorf("render %s: behind", l.r.rec.ID)
	}
	return finishRender(l.out, l.ren, l.spans)
}

// abandon closes and removes what an unfinished render has written.
func (l *live) abandon() {
	if l.out != nil {
		l.out.discard()
	}
}

// spans collects when the gate was open.
type spans struct {
	list []journalSpan
	last int64 // µs of the latest packet, the end of a span that was cut off
}

// journalSpan is in µs since time 0.
type journalSpan struct {
	open, close int64
	cut         bool // nobody saw it close
}

func (s *spans) add(records []byte) {
	// Malformed records are the renderer's to report.
	_ = journal.Records(records, func(rec any) {
		switch rec := rec.(type) {
		case journal.Packet:
			s.last = max(s.last, rec.Arrival.Microseconds())
		case journal.Event:
			s.event(rec)
		}
	})
}

func (s *spans) event(e journal.Event) {
	at := e.At.Microseconds()
	switch e.Kind {
	case journal.EventGateOpen:
		s.list = append(s.list, journalSpan{open: at, cut: true})
	case journal.EventGateClose:
		if n := len(s.list); n > 0 && s.list[n-1].cut {
			s.list[n-1].close, s.list[n-1].cut = at, false
		}
	}
}

// closed returns the spans with an end for one that the process did not live
// to close.
func (s spans) closed() []journalSpan {
	out := append([]journalSpan{}, s.list...)
	if n := len(out); n > 0 && out[n-1].cut {
		out[n-1].close = max(s.last, out[n-1].open)
	}
	return out
}
