package pipeline

import (
	"fmt"

	"parley/recorder/consent/ledger"
	"parley/recorder/journal"
	"parley/recorder/render"
)

// live is the render that follows a capture.
type live struct {
	r     *Recording
	plan  plan
	out   *spool
	ren   *render.Renderer
	spans spans
	err   error // the render is given up; the journal will serve
	// damage is what could not be read where it began from the journal.
	damage []journal.Damage
}

func newLive(r *Recording) *live {
	l := &live{r: r, plan: newPlan(r.p.cfg.Mode)}
	l.out, l.ren, l.err = r.p.openRender(r.header, l.plan)
	return l
}

// add renders one batch. When it shows that a voice has to be made another
// way, the render begins anew from the journal and catches up.
func (l *live) add(b batch) {
	if l.err != nil {
		return
	}
	release := l.r.p.slot()
	if release == nil {
		return
	}
	defer release()
	l.err = l.follow(b)
	l.mend(b)
}

// begin renders what an earlier process has written, up to and with a batch.
func (l *live) begin(last uint64) {
	release := l.r.p.slot()
	if release == nil {
		return
	}
	defer release()
	l.abandon()
	b := batch{last: last}
	l.err = l.catchUp(b)
	l.mend(b)
}

// mend begins the render anew, up to and with a batch, for as long as another way of
// making a voice may help.
func (l *live) mend(b batch) {
	for how, again := l.plan.instead(l.err); again; how, again = how.instead(l.err) {
		l.r.log.Info().Err(l.err).Msg("render begins anew from the journal")
		l.abandon()
		l.plan = how
		l.err = l.catchUp(b)
	}
	if l.err != nil {
		l.r.log.Error().Err(l.err).Msg("render given up; it will be made from the journal after the call")
	}
}

func (l *live) follow(b batch) error {
	for lane, records := range b.lanes {
		l.spans.add(journal.Lane(lane), records)
		if err := l.ren.Add(journal.Lane(lane), records); err != nil {
			return err
		}
	}
	return l.ren.Advance(b.until)
}

// catchUp renders what the journal holds up to and with a batch.
func (l *live) catchUp(b batch) error {
	ids, err := l.r.p.identities(l.r.header)
	if err != nil {
		return err
	}
	if l.out, l.ren, err = l.r.p.openRender(l.r.header, l.plan); err != nil {
		return err
	}
	l.spans = spans{}
	if l.damage, err = l.r.p.replay(l.r.header, ids, l.ren, &l.spans, b.last); err != nil {
		return err
	}
	return l.ren.Advance(b.until)
}

// result ends the render; an error means that the journal must serve, by the
// plan that it comes with.
func (l *live) result() (rendered, plan, error) {
	if l.err == nil && l.r.behind.Load() {
		l.err = fmt.Errorf("render %s: behind", l.r.rec.ID)
	}
	if l.err != nil {
		return rendered{}, l.plan, l.err
	}
	done, err := finishRender(l.out, l.ren, l.spans, l.plan)
	how, _ := l.plan.instead(err)
	return done, how, err
}

// abandon closes and removes what an unfinished render has written.
func (l *live) abandon() {
	if l.out != nil {
		l.out.discard()
	}
}

// maxMarks bounds the events that a manifest shows; the journal keeps more.
const maxMarks = 5000

// spans collects when the gate was open, what else happened, and when each leg
// was heard.
type spans struct {
	list   []journalSpan
	marks  []journal.Event
	last   int64 // µs of the latest packet, the end of a span that was cut off
	voices [2]hearing
	sound  [2]hearing // of packets that are not digital silence
}

// journalSpan is in µs since time 0.
type journalSpan struct {
	open, close int64
	cut         bool // nobody saw it close
	proof       ledger.Proof
}

func (s *spans) add(lane journal.Lane, records []byte) {
	// Malformed records are the renderer's to report.
	_ = journal.Records(records, func(rec any) {
		switch rec := rec.(type) {
		case journal.Packet:
			at := rec.Arrival.Microseconds()
			s.last = max(s.last, at)
			s.hear(int(lane)-1, at, rec.Level)
		case journal.Event:
			s.event(rec)
		}
	})
}

// hear takes down a packet. One that states no level counts as sound.
func (s *spans) hear(leg int, at int64, level uint8) {
	if leg < 0 {
		return // the call's own lane holds none
	}
	s.voices[leg].add(at)
	if level != journal.DigitalSilence {
		s.sound[leg].add(at)
	}
}

func (s *spans) event(e journal.Event) {
	at := e.At.Microseconds()
	if e.Kind == journal.EventRestart {
		s.cutOff()
	}
	switch e.Kind {
	case journal.EventGateOpen:
		if n := len(s.list); n > 0 && s.list[n-1].cut {
			return // it is open
		}
		span := journalSpan{open: at, cut: true}
		if e.Proof != nil {
			span.proof = *e.Proof
		}
		s.list = append(s.list, span)
	case journal.EventGateClose:
		if n := len(s.list); n > 0 && s.list[n-1].cut {
			s.list[n-1].close, s.list[n-1].cut = at, false
		}
	default:
		s.excuse(e)
		if len(s.marks) < maxMarks {
			s.marks = append(s.marks, e)
		}
	}
}

// excuse takes down whether the leg of an event need not be heard.
func (s *spans) excuse(e journal.Event) {
	leg, ok := e.Leg.Number()
	if !ok {
		return
	}
	for _, h := range []*hearing{&s.voices[leg], &s.sound[leg]} {
		switch e.Kind {
		case journal.EventMute, journal.EventHold:
			h.excuse(e.At.Microseconds(), true)
		case journal.EventUnmute, journal.EventUnhold:
			h.excuse(e.At.Microseconds(), false)
		}
	}
}

// cutOff ends a span that the process before did not live to close.
func (s *spans) cutOff() {
	if n := len(s.list); n > 0 && s.list[n-1].cut {
		s.list[n-1].close, s.list[n-1].cut = max(s.last, s.list[n-1].open), false
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
