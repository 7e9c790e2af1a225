package capture

import (
	"fmt"
	"time"

	"parley/recorder/journal"
)

// syncers is how many journals are synced at once: a disk takes several
// together, and a call must not wait for all those before it.
const syncers = 16

// loop is the state of a node's Run. What touches the disk runs beside it, at most
// one round of writing and one sync of each journal at a time, so that a disk that
// stands still delays neither what can still be written nor the alarms.
type loop struct {
	*Node
	writing time.Time // since when a round is under way, or zero
	busy    int       // how many results are still to come
	results chan result
	slots   chan struct{} // of syncs
}

// result is what came of a round of writing, or of one journal's sync.
type result struct {
	round  []*written
	synced *entry
	took   time.Duration
	err    error
}

// written is what one capture held and how writing it went.
type written struct {
	*entry
	lanes [lanes][]byte
	state state
	until time.Duration
	last  bool
	err   error
}

func newLoop(n *Node) *loop {
	return &loop{Node: n, results: make(chan result), slots: make(chan struct{}, syncers)}
}

// flush takes what captures hold and begins to write it. While an earlier round
// is under way their buffers serve, and only the alarms are looked after.
func (l *loop) flush(want func(*entry) bool) {
	if !l.writing.IsZero() {
		l.watch()
		return
	}
	ending := map[*entry]bool{}
	for _, e := range l.snapshot(isEnding) {
		ending[e] = true // before it is taken: its gate is shut
	}
	var round []*written
	for _, e := range l.snapshot(want) {
		if !e.last {
			round = append(round, l.take(e, ending[e]))
		}
	}
	if len(round) == 0 {
		return
	}
	l.writing = time.Now()
	l.busy++
	go func() {
		for _, w := range round {
			w.write()
		}
		l.results <- result{round: round}
	}()
}

func (l *loop) take(e *entry, last bool) *written {
	now := l.now()
	w := &written{entry: e, last: last, until: now.Sub(e.capture.start)}
	w.lanes, w.state = e.capture.take(now)
	if e.err != nil {
		w.lanes = [lanes][]byte{}
	}
	return w
}

// write seals and appends what a capture held.
func (w *written) write() {
	for lane, records := range w.lanes {
		if len(records) > 0 && w.err == nil {
			w.err = w.journal.Append(journal.Lane(lane), records)
		}
	}
}

func (w *written) empty() bool { return len(w.lanes[0])+len(w.lanes[1])+len(w.lanes[2]) == 0 }

// settle takes one result in.
func (l *loop) settle(r result) {
	l.busy--
	if r.synced != nil {
		l.synced(r)
	} else {
		l.wrote(r.round)
	}
	l.letGo()
}

// wrote passes a round on to the sinks and has it synced.
func (l *loop) wrote(round []*written) {
	began := l.writing
	l.writing = time.Time{}
	for _, w := range round {
		e := w.entry
		e.last = w.last
		switch {
		case e.err != nil:
		case w.err != nil:
			l.fail(e, w.err)
		default:
			e.sink.Batch(Batch{Lanes: w.lanes, Until: w.until, Last: e.journal.Number()})
			if !w.empty() && e.unsynced.IsZero() {
				e.unsynced = began
			}
			l.light(e, w.state)
			l.sync(e)
		}
	}
}

// sync begins to make durable what was written, unless a sync is under way: then
// the next one follows it.
func (l *loop) sync(e *entry) {
	if e.err != nil || e.unsynced.IsZero() || !e.syncing.IsZero() {
		return
	}
	began := e.unsynced
	e.unsynced, e.syncing = time.Time{}, time.Now()
	l.busy++
	go func() {
		l.slots <- struct{}{}
		err := e.journal.Sync()
		<-l.slots
		l.results <- result{synced: e, took: time.Since(began), err: err}
	}()
}

func (l *loop) synced(r result) {
	e := r.synced
	e.syncing = time.Time{}
	switch {
	case e.err != nil:
	case r.err != nil:
		l.fail(e, fmt.Errorf("sync journal: %w", r.err))
	default:
		if l.OnFlush != nil {
			l.OnFlush(r.took)
		}
		l.sync(e)
	}
}

// letGo releases the captures whose last batch is durable, and takes the last of
// those that were told to end while a round was under way.
func (l *loop) letGo() {
	more := false
	for _, e := range l.snapshot(isEnding) {
		switch {
		case !e.last:
			more = true
		case e.syncing.IsZero() && (e.unsynced.IsZero() || e.err != nil):
			l.release(e)
		}
	}
	if more && l.writing.IsZero() {
		l.flush(isEnding)
	}
}

// watch looks after the alarms while nothing can be taken.
func (l *loop) watch() {
	for _, e := range l.snapshot(func(*entry) bool { return true }) {
		if e.err == nil {
			l.light(e, e.capture.listen(l.now()))
		}
	}
}

// light tells a sink whether its capture is being saved, and what is wrong with
// the legs. A shut gate saves nothing, and is no fault.
func (l *loop) light(e *entry, s state) {
	if s.open {
		heard := s.alarms[0] != AlarmNoPackets && s.alarms[1] != AlarmNoPackets
		e.report(heard && !stalled(l.writing) && !stalled(e.syncing))
	}
	for leg, alarm := range s.alarms {
		if e.alarms[leg] != alarm {
			e.alarms[leg] = alarm
			e.sink.Alarm(leg, alarm)
		}
	}
}

// stalled tells whether something that began then is overdue.
func stalled(began time.Time) bool { return !began.IsZero() && time.Since(began) >= StallAlarm }

// finish waits for what is under way, flushes everything once more and waits for
// that.
func (l *loop) finish() {
	l.drain()
	l.flush(func(*entry) bool { return true })
	l.drain()
}

func (l *loop) drain() {
	for l.busy > 0 {
		l.settle(<-l.results)
	}
}
