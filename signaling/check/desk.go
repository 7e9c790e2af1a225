package check

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"parley/storage/id"
)

// Refusals that a client is told of.
var (
	// ErrTooMany says that this person, or everybody, has as many checks as there
	// may be.
	ErrTooMany = errors.New("check: too many checks at the moment")
	// ErrOver says that there is no such check, or no more.
	ErrOver = errors.New("check: there is no such check")
)

const (
	// life is how long a connection lasts: some seconds to be made, some to be
	// measured.
	life = 20 * time.Second
	// mostOfOne bounds those of a person: one for each way to the server, and as
	// many of a second tab.
	mostOfOne = 12
	// mostOfAll bounds those of everybody, about 30 MB.
	mostOfAll = 200
)

// Line is a connection that sends back what comes; *media/peer.Echo is one.
type Line interface {
	// Offer makes the server's SDP offer.
	Offer(ctx context.Context) (sdp string, err error)
	// Answer applies the browser's answer.
	Answer(sdp string) error
	// Close ends it and waits for its goroutines.
	Close() error
}

// Desk has the checks of one node.
type Desk struct {
	dial func() (Line, error)
	log  zerolog.Logger
	work sync.WaitGroup // checks that have not ended

	mu     sync.Mutex // guards what follows
	closed bool
	all    int
	of     map[id.PersonID]int
	guests map[*Guest]struct{}
}

// NewDesk makes a desk whose checks dial makes.
func NewDesk(dial func() (Line, error), log zerolog.Logger) *Desk {
	return &Desk{dial: dial, log: log, of: map[id.PersonID]int{}, guests: map[*Guest]struct{}{}}
}

// Guest is one socket's checks.
type Guest struct {
	desk   *Desk
	person id.PersonID

	mu    sync.Mutex // guards what follows
	gone  bool
	last  int
	lines map[int]*check
}

// check is one line, with the timer that ends it.
type check struct {
	line  Line
	timer *time.Timer
}

// Guest admits a socket of a person; Leave must follow.
func (d *Desk) Guest(p id.PersonID) *Guest {
	g := &Guest{desk: d, person: p, lines: map[int]*check{}}
	d.mu.Lock()
	defer d.mu.Unlock()
	g.gone = d.closed
	d.guests[g] = struct{}{}
	return g
}

// Close ends all checks and waits for them; no others begin.
func (d *Desk) Close() {
	d.mu.Lock()
	d.closed = true
	guests := make([]*Guest, 0, len(d.guests))
	for g := range d.guests {
		guests = append(guests, g)
	}
	d.mu.Unlock()
	for _, g := range guests {
		g.Leave()
	}
	d.work.Wait()
}

// Begin makes a line and its offer; number names it from now on.
func (g *Guest) Begin(ctx context.Context) (number int, sdp string, err error) {
	if err := g.desk.enter(g.person); err != nil {
		return 0, "", err
	}
	line, err := g.desk.dial()
	if err != nil {
		g.desk.leave(g.person)
		return 0, "", fmt.Errorf("make a check: %w", err)
	}
	if sdp, err = line.Offer(ctx); err != nil {
		g.desk.end(g.person, line)
		return 0, "", fmt.Errorf("offer a check: %w", err)
	}
	number, ok := g.keep(line)
	if !ok { // the socket went meanwhile
		g.desk.end(g.person, line)
		return 0, "", ErrOver
	}
	return number, sdp, nil
}

// keep numbers a line and ends it in time.
func (g *Guest) keep(line Line) (number int, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.gone {
		return 0, false
	}
	g.last++
	number = g.last
	g.lines[number] = &check{line: line, timer: time.AfterFunc(life, func() { g.End(number) })}
	return number, true
}

// Answer hands the browser's answer to a line.
func (g *Guest) Answer(number int, sdp string) error {
	g.mu.Lock()
	c := g.lines[number]
	g.mu.Unlock()
	if c == nil {
		return ErrOver
	}
	return c.line.Answer(sdp)
}

// End ends a line; one that has ended is no error.
func (g *Guest) End(number int) {
	g.mu.Lock()
	c := g.lines[number]
	delete(g.lines, number)
	g.mu.Unlock()
	if c != nil {
		c.timer.Stop()
		g.desk.end(g.person, c.line)
	}
}

// Leave ends all lines of the socket, and lets no others begin.
func (g *Guest) Leave() {
	g.mu.Lock()
	g.gone = true
	left := g.lines
	g.lines = map[int]*check{}
	g.mu.Unlock()
	for _, c := range left {
		c.timer.Stop()
		g.desk.end(g.person, c.line)
	}
	g.desk.mu.Lock()
	defer g.desk.mu.Unlock()
	delete(g.desk.guests, g)
}

// enter counts a line that begins, and makes Close wait for it.
func (d *Desk) enter(p id.PersonID) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return ErrOver
	case d.all >= mostOfAll, d.of[p] >= mostOfOne:
		return ErrTooMany
	}
	d.all++
	d.of[p]++
	d.work.Add(1)
	return nil
}

// end closes a line, which takes a moment, and then counts it no more.
func (d *Desk) end(p id.PersonID, line Line) {
	if err := line.Close(); err != nil {
		d.log.Warn().Err(err).Msg("check not closed")
	}
	d.leave(p)
}

func (d *Desk) leave(p id.PersonID) {
	d.mu.Lock()
	d.all--
	if d.of[p]--; d.of[p] == 0 {
		delete(d.of, p)
	}
	d.mu.Unlock()
	d.work.Done()
}
