package hub

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"parley/signaling/auth"
	"parley/signaling/session"
	"parley/storage/id"
	"parley/storage/meta"
)

// Waits between attempts to write the record of a call that is over.
const (
	firstRewrite = time.Second
	lastRewrite  = 30 * time.Second
)

// clerk does for a call what needs metadata and what the call does not wait for: it
// keeps the record of the call, and tells of its expert's presence. Only the newest
// record waits, so what is to be done is bounded.
type clerk struct {
	hub    *Hub
	call   id.CallID
	expert id.PersonID
	log    zerolog.Logger
	wake   chan struct{} // holds a mark while there is something to do

	mu   sync.Mutex // guards todo
	todo errands

	// Owned by run, and before it by who begins the call.
	written   bool       // the record is in metadata
	unwritten *meta.Call // what is there is out of date
}

// errands are what waits to be done.
type errands struct {
	record   *meta.Call
	after    *aftermath
	signs    []string
	trace    *meta.Trace
	presence bool
	over     bool // nothing follows
}

func newClerk(c *call) *clerk {
	return &clerk{hub: c.hub, call: c.id, expert: c.people[session.Expert], log: c.log, wake: make(chan struct{}, 1)}
}

// do adds to what waits. It never waits itself.
func (k *clerk) do(add func(*errands)) {
	k.mu.Lock()
	add(&k.todo)
	k.mu.Unlock()
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

func (k *clerk) keep(r meta.Call)       { k.do(func(e *errands) { e.record = &r }) }
func (k *clerk) suspect(signs []string) { k.do(func(e *errands) { e.signs = signs }) }
func (k *clerk) settle(a aftermath)     { k.do(func(e *errands) { e.after = &a }) }
func (k *clerk) tellPresence()          { k.do(func(e *errands) { e.presence = true }) }
func (k *clerk) finish()                { k.do(func(e *errands) { e.over = true }) }

// trace keeps by what the member's call can be compared with others.
func (k *clerk) trace(member auth.Identity) {
	if !k.hub.cfg.Traces || member.Address == "" && member.Device == "" {
		return
	}
	t := meta.Trace{Call: k.call, Address: member.Address, Device: member.Device, At: k.hub.cfg.Now()}
	k.do(func(e *errands) { e.trace = &t })
}

func (k *clerk) take() errands {
	k.mu.Lock()
	defer k.mu.Unlock()
	todo := k.todo
	k.todo = errands{}
	return todo
}

// run works until the call is over and its record is written, or the hub ends.
func (k *clerk) run() {
	for range k.wake {
		todo := k.take()
		if todo.record != nil {
			k.write(*todo.record)
		}
		k.putSigns(todo.signs)
		k.putTrace(todo.trace)
		if todo.after != nil {
			k.settleDuty(*todo.after)
		}
		if todo.presence {
			ctx, cancel := k.timeout()
			k.hub.presenceChanged(ctx, k.expert)
			cancel()
		}
		if todo.over {
			k.writeLater()
			return
		}
	}
}

func (k *clerk) timeout() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(k.hub.ctx), ioTimeout)
}

// putSigns stores signs that the two are one; they are hints, and worth no second try.
func (k *clerk) putSigns(kinds []string) {
	for _, kind := range kinds {
		ctx, cancel := k.timeout()
		err := k.hub.cfg.Store.PutSign(ctx, meta.Sign{Call: k.call, Kind: kind, At: k.hub.cfg.Now()})
		cancel()
		if err != nil {
			k.log.Error().Err(err).Msg("sign of a call with oneself not stored")
		}
	}
}

// putTrace stores a trace; it is worth no second try.
func (k *clerk) putTrace(t *meta.Trace) {
	if t == nil {
		return
	}
	ctx, cancel := k.timeout()
	defer cancel()
	if err := k.hub.cfg.Store.PutTrace(ctx, *t); err != nil {
		k.log.Error().Err(err).Msg("trace of a call not stored")
	}
}

// settleDuty stores what the call means to its expert. What cannot be stored now
// stands until the process ends.
func (k *clerk) settleDuty(a aftermath) {
	ctx, cancel := k.timeout()
	defer cancel()
	if err := k.hub.settleDuty(ctx, k.expert, a); err != nil {
		k.log.Error().Err(err).Msg("what the call means to its expert was not stored")
	}
}

// write writes the record. The call does not depend on it: one that began while
// metadata was away is inserted at the next change.
func (k *clerk) write(r meta.Call) {
	k.unwritten = nil
	if err := k.store(r); err != nil {
		k.unwritten = &r
		k.log.Error().Err(err).Msg("call not written to metadata")
	}
}

func (k *clerk) store(r meta.Call) error {
	ctx, cancel := k.timeout()
	defer cancel()
	if !k.written {
		err := k.hub.cfg.Store.InsertCall(ctx, r)
		if err == nil || !errors.Is(err, meta.ErrConflict) {
			k.written = err == nil
			return err
		}
		k.written = true // the answer to an earlier attempt was lost
	}
	return k.hub.cfg.Store.UpdateCall(ctx, r)
}

// writeLater goes on until the record of a call that is over is written, or the
// hub ends.
func (k *clerk) writeLater() {
	for wait := firstRewrite; k.unwritten != nil; wait = min(2*wait, lastRewrite) {
		pause := time.NewTimer(wait)
		select {
		case <-pause.C:
			k.write(*k.unwritten)
		case <-k.hub.ctx.Done():
			pause.Stop()
			k.write(*k.unwritten) // once more: the store may be back
			return
		}
	}
}
