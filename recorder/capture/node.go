package capture

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"parley/recorder/journal"
)

// FlushEvery is how far apart a journal is synced at most, when the disk
// keeps up: it bounds what a killed process loses.
const FlushEvery = 500 * time.Millisecond

// Batch is what a sink gets after each flush: the plaintext records of the
// lanes, valid only during the call, and the moment up to which everything
// that arrived is included.
type Batch struct {
	Lanes [lanes][]byte
	Until time.Duration // since time 0
	// Last is the number of the newest batch in the journal.
	Last uint64
}

// Sink receives a capture's durable batches and its true state. Its methods
// run on the node's goroutine and must not block.
type Sink interface {
	Batch(b Batch)
	// Capturing is called when capture begins to save both voices, or no longer
	// does.
	Capturing(ok bool)
	// Alarm is called when what is wrong with a leg changes.
	Alarm(leg int, a Alarm)
	// Lost is called once the journal could not be written: nothing is saved from
	// the last batch on.
	Lost(err error)
	// Ended is called once, after the last batch; err tells what could not be
	// written.
	Ended(err error)
}

// Node writes the journals of all captures of a process.
type Node struct {
	// OnFlush, if set before Run, is told how long each flush of a journal took.
	OnFlush func(d time.Duration)

	now func() time.Time
	log zerolog.Logger

	mu     sync.Mutex // guards active and ended
	active []*entry
	ended  Stats // of captures that have been let go
	wake   chan struct{}
}

type entry struct {
	capture *Capture
	journal *journal.Writer
	sink    Sink
	saving  bool
	alarms  [2]Alarm
	ending  bool // guarded by Node.mu
	err     error
}

// NewNode makes a node; Run does its work.
func NewNode(now func() time.Time, log zerolog.Logger) *Node {
	return &Node{now: now, log: log, wake: make(chan struct{}, 1)}
}

// Add puts a capture under the node's care. The node closes the journal.
func (n *Node) Add(c *Capture, w *journal.Writer, s Sink) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.active = append(n.active, &entry{capture: c, journal: w, sink: s, saving: true})
}

// End asks for a capture's last flush at once; its gate must be shut. The
// sink's Ended follows.
func (n *Node) End(c *Capture) {
	n.mu.Lock()
	for _, e := range n.active {
		if e.capture == c {
			e.ending = true
		}
	}
	n.mu.Unlock()
	select {
	case n.wake <- struct{}{}:
	default: // a wake-up is pending already
	}
}

// Run flushes until ctx ends, and then once more.
func (n *Node) Run(ctx context.Context) error {
	tick := time.NewTicker(FlushEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			n.flushAll()
			return nil
		case <-tick.C:
			n.flushAll()
		case <-n.wake:
			n.flushEnding()
		}
	}
}

func (n *Node) snapshot(want func(*entry) bool) []*entry {
	n.mu.Lock()
	defer n.mu.Unlock()
	var out []*entry
	for _, e := range n.active {
		if want(e) {
			out = append(out, e)
		}
	}
	return out
}

func (n *Node) flushAll() {
	n.flush(n.snapshot(func(*entry) bool { return true }))
	n.flushEnding()
}

// flushEnding flushes what is to end and lets it go.
func (n *Node) flushEnding() {
	ending := n.snapshot(func(e *entry) bool { return e.ending })
	n.flush(ending)
	for _, e := range ending {
		if err := e.journal.Close(); err != nil && e.err == nil {
			e.err = fmt.Errorf("close journal: %w", err)
		}
		n.mu.Lock()
		n.active = slices.DeleteFunc(n.active, func(x *entry) bool { return x == e })
		n.ended.add(e.capture)
		n.mu.Unlock()
		e.sink.Ended(e.err)
	}
}

// syncers is how many journals are synced at once: a disk takes several
// together, and a call must not wait for all those before it.
const syncers = 16

// flushed is what one capture held and how writing it went.
type flushed struct {
	*entry
	lanes [lanes][]byte
	state state
	until time.Duration
	began time.Time
	took  time.Duration
	err   error
}

// flush seals and syncs what captures hold, then passes it on. All are written
// before the first is synced: what is written outlives the process, and how
// long a sync takes is up to the disk.
func (n *Node) flush(entries []*entry) {
	all := make([]flushed, len(entries))
	for i, e := range entries {
		all[i] = n.write(e)
	}
	var g errgroup.Group
	g.SetLimit(syncers)
	for i := range all {
		f := &all[i]
		if f.entry.err != nil || f.err != nil || f.empty() {
			continue
		}
		g.Go(func() error {
			if err := f.journal.Sync(); err != nil {
				f.err = fmt.Errorf("sync journal: %w", err)
			}
			f.took = time.Since(f.began)
			return nil
		})
	}
	_ = g.Wait() // each journal keeps its own error
	for i := range all {
		n.deliver(&all[i])
	}
}

// write seals and appends what a capture holds.
func (n *Node) write(e *entry) flushed {
	f := flushed{entry: e, began: time.Now()}
	now := n.now()
	f.lanes, f.state = e.capture.take(now)
	f.until = now.Sub(e.capture.start)
	if e.err != nil {
		return f
	}
	for l, records := range f.lanes {
		if len(records) > 0 && f.err == nil {
			f.err = e.journal.Append(journal.Lane(l), records)
		}
	}
	f.took = time.Since(f.began)
	return f
}

func (f *flushed) empty() bool { return len(f.lanes[0])+len(f.lanes[1])+len(f.lanes[2]) == 0 }

// deliver tells a sink what came of its capture's flush.
func (n *Node) deliver(f *flushed) {
	e := f.entry
	if e.err != nil {
		return
	}
	if n.OnFlush != nil {
		n.OnFlush(f.took)
	}
	if f.err != nil {
		e.err = f.err
		e.capture.fail()
		n.log.Error().Err(f.err).Msg("journal not written: the recording stops, the call goes on")
		e.sink.Lost(f.err)
		n.report(e, false)
		return
	}
	e.sink.Batch(Batch{Lanes: f.lanes, Until: f.until, Last: e.journal.Number()})
	if f.state.open { // a shut gate saves nothing, and is no fault
		n.report(e, f.state.alarms[0] != AlarmNoPackets && f.state.alarms[1] != AlarmNoPackets)
	}
	for leg, alarm := range f.state.alarms {
		if e.alarms[leg] != alarm {
			e.alarms[leg] = alarm
			e.sink.Alarm(leg, alarm)
		}
	}
}

func (n *Node) report(e *entry, saving bool) {
	if e.saving != saving {
		e.saving = saving
		e.sink.Capturing(saving)
	}
}
