package api

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"sync"
	"time"

	"parley/recorder/export"
	"parley/recorder/playback"
	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/storage/id"
)

const (
	// playLife is how long an untouched play stays open.
	playLife = 30 * time.Minute
	// maxPlays bounds the open plays of a node; beyond it the one that was
	// touched longest ago is closed.
	maxPlays = 256
)

// play is one person listening to one recording.
type play struct {
	id        id.PlayID
	ticket    string // what the cookie must hold
	who       auth.Identity
	recording id.RecordingID
	opened    *playback.Recording
	wav       func() (*export.WAVReader, error)
	cancel    context.CancelFunc // ends reads of the recording

	users   int // requests being served; guarded by plays.mu
	closing bool
	touched time.Time
}

// plays are the open plays of a node.
type plays struct {
	now func() time.Time

	mu   sync.Mutex // guards open and the marked fields of play
	open map[id.PlayID]*play
}

func newPlays(now func() time.Time) *plays {
	return &plays{now: now, open: map[id.PlayID]*play{}}
}

func newTicket() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // crypto/rand never fails (Go 1.24)
	return base64.RawURLEncoding.EncodeToString(b)
}

// add opens a play and closes those that have been forgotten.
func (p *plays) add(x *play) {
	p.mu.Lock()
	defer p.mu.Unlock()
	x.touched = p.now()
	p.open[x.id] = x
	var oldest *play
	for _, o := range p.open {
		if p.now().Sub(o.touched) > playLife {
			p.removeLocked(o)
			continue
		}
		if o != x && (oldest == nil || o.touched.Before(oldest.touched)) {
			oldest = o
		}
	}
	if len(p.open) > maxPlays && oldest != nil {
		p.removeLocked(oldest)
	}
}

// use finds the play that a cookie belongs to; release must follow.
func (p *plays) use(playID id.PlayID, ticket string) (*play, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	x, ok := p.open[playID]
	if !ok || subtle.ConstantTimeCompare([]byte(x.ticket), []byte(ticket)) != 1 {
		return nil, problem.ErrNotFound
	}
	if p.now().Sub(x.touched) > playLife {
		p.removeLocked(x)
		return nil, problem.ErrNotFound
	}
	if !p.now().Before(x.who.Expires) {
		p.removeLocked(x)
		return nil, auth.ErrExpired
	}
	x.users++
	x.touched = p.now()
	return x, nil
}

func (p *plays) release(x *play) {
	p.mu.Lock()
	defer p.mu.Unlock()
	x.users--
	p.closeLocked(x)
}

func (p *plays) removeLocked(x *play) {
	delete(p.open, x.id)
	x.closing = true
	p.closeLocked(x)
}

// closeLocked lets go of the recording once nobody reads it any more.
func (p *plays) closeLocked(x *play) {
	if !x.closing || x.users > 0 {
		return
	}
	x.cancel()
	_ = x.opened.Close() // read only: nothing can be lost
}

func (p *plays) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, x := range p.open {
		p.removeLocked(x)
	}
}
