package capture

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"parley/recorder/journal"
)

// FlushEvery is how far apart a journal is synced at most, when the disk
// keeps up: it bounds what a killed process loses.
const FlushEvery = 500 * time.Millisecond

// StallAlarm is how long the disk may stand still before people are told that
// nothing is being saved. Up to then nothing is lost.
const StallAlarm = 6 * time.Second

// Batch is what a sink gets after each flush: the plaintext records of the
// lanes, valid only during the call, and the moment up to which everything
// that arrived is included. It is in the journal and so outlives the process, but
// not yet a loss of power: the sync that follows makes it durable, later than
// FlushEvery while the disk stands still, and never if Lost follows.
type Batch struct {
	Lanes [lanes][]byte
	Until time.Duration // since time 0
	// Last is the number of the newest batch in the journal.
	Last uint64
}

// Sink receives a capture's batches and its true state. Its methods run on the
// node's goroutine and must not block.
type Sink interface {
	Batch(b Batch)
	// Capturing is called when capture begins to save both voices, or no longer
	// does.
	Capturing(ok bool)
	// Alarm is called when what is wrong with a leg changes.
	Alarm(leg int, a Alarm)
	// Lost is called once the journal could not be written or synced: nothing is
	// saved from the last batch on.
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

// entry is one capture under the node's care; all but ending is its loop's.
type entry struct {
	capture *Capture
	journal *journal.Writer
	sink    Sink
	saving  bool
	alarms  [2]Alarm
	ending  bool // guarded by Node.mu
	err     error

	last     bool      // everything was taken
	unsynced time.Time // since when something is written and not synced, or zero
	syncing  time.Time // since when a sync is under way, or zero
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
	l := newLoop(n)
	for {
		select {
		case <-ctx.Done():
			l.finish()
			return nil
		case <-tick.C:
			l.flush(func(*entry) bool { return true })
		case <-n.wake:
			l.flush(isEnding)
		case r := <-l.results:
			l.settle(r)
		}
	}
}

// snapshot returns the captures that want takes.
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

func isEnding(e *entry) bool { return e.ending }

// release lets a capture go whose journal is complete.
func (n *Node) release(e *entry) {
	if err := e.journal.Close(); err != nil && e.err == nil {
		e.err = fmt.Errorf("close journal: %w", err)
	}
	n.mu.Lock()
	n.active = slices.DeleteFunc(n.active, func(x *entry) bool { return x == e })
	n.ended.add(e.capture)
	n.mu.Unlock()
	e.sink.Ended(e.err)
}

// fail gives a capture's journal up.
func (n *Node) fail(e *entry, err error) {
	e.err = err
	e.capture.fail()
	n.log.Error().Err(err).Msg("journal not written: the recording stops, the call goes on")
	e.sink.Lost(err)
	e.report(false)
}

func (e *entry) report(saving bool) {
	if e.saving != saving {
		e.saving = saving
		e.sink.Capturing(saving)
	}
}
