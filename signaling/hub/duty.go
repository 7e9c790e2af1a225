package hub

import (
	"context"
	"fmt"
	"time"

	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// Duty is how the server itself sets an expert's presence.
type Duty struct {
	// WrapUp is how long an expert is not rung after a call, 0: not at all. The
	// expert may end it at any moment.
	WrapUp time.Duration
	// Missed is how many calls in a row an expert may let ring out before the
	// server sets them Not available; 0: any number.
	Missed int
}

// ErrWrapUp reads as ErrBusy to who does not ask further.
var ErrWrapUp = fmt.Errorf("%w: wrapping up", ErrBusy)

// wrapUp is one expert's time after a call. Its timer tells of its end.
type wrapUp struct {
	until time.Time
	timer *time.Timer
}

// wrapsUp tells until when an expert wraps up a call.
func (h *Hub) wrapsUp(expert id.PersonID) (until time.Time, does bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.wrapsUpLocked(expert)
}

func (h *Hub) wrapsUpLocked(expert id.PersonID) (until time.Time, does bool) {
	w, ok := h.wrapUps[expert]
	if !ok || !h.cfg.Now().Before(w.until) {
		return time.Time{}, false
	}
	return w.until, true
}

// beginWrapUpLocked lets nobody ring an expert until a moment, and tells of its
// end. A hub that closes keeps it too, for settleDuty to store; its end is told
// by the process that finds it in metadata.
func (h *Hub) beginWrapUpLocked(expert id.PersonID, until time.Time) {
	h.endWrapUpLocked(expert)
	w := wrapUp{until, time.AfterFunc(until.Sub(h.cfg.Now()), func() { h.wrappedUp(expert, until) })}
	if h.draining {
		w.timer.Stop()
	}
	h.wrapUps[expert] = w
}

func (h *Hub) endWrapUpLocked(expert id.PersonID) {
	if w, ok := h.wrapUps[expert]; ok {
		w.timer.Stop()
		delete(h.wrapUps, expert)
	}
}

func (h *Hub) endWrapUp(expert id.PersonID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.endWrapUpLocked(expert)
}

// wrappedUp tells everybody that the time is over. It is the timer's goroutine.
func (h *Hub) wrappedUp(expert id.PersonID, until time.Time) {
	h.mu.Lock()
	if w, ok := h.wrapUps[expert]; !ok || w.until != until || h.draining {
		h.mu.Unlock()
		return // it was ended, or begun anew
	}
	delete(h.wrapUps, expert)
	h.work.Add(1)
	h.mu.Unlock()
	defer h.work.Done()
	ctx, cancel := context.WithTimeout(h.ctx, ioTimeout)
	defer cancel()
	h.presenceChanged(ctx, expert)
}

// recallWrapUp goes on with a wrap-up that a former process began.
func (h *Hub) recallWrapUp(x meta.Person) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, known := h.wrapUps[x.ID]; !known && x.WrapUpUntil != nil && h.cfg.Now().Before(*x.WrapUpUntil) {
		h.beginWrapUpLocked(x.ID, *x.WrapUpUntil)
	}
}

// aftermath is what a call means to its expert's presence.
type aftermath struct {
	ended  session.EndReason
	taken  bool      // the expert answered it, be it with a no
	wrapUp time.Time // until when it is wrapped up, zero: not at all
}

// aftermathOf is the aftermath of a call that is over.
func (d Duty) aftermathOf(c session.Call) aftermath {
	a := aftermath{ended: c.End, taken: !c.AcceptedAt.IsZero() || c.End == session.EndDeclined}
	if !c.ConnectedAt.IsZero() && d.WrapUp > 0 {
		a.wrapUp = c.EndedAt.Add(d.WrapUp)
	}
	return a
}

// settleDuty stores what a call that is over means to its expert. It may be
// too late for a wrap-up that the expert has ended already.
func (h *Hub) settleDuty(ctx context.Context, expert id.PersonID, a aftermath) error {
	switch {
	case a.ended == session.EndNoAnswer:
		return h.cfg.Store.CountMissed(ctx, expert, h.cfg.Duty.Missed, h.cfg.Now())
	case !a.taken:
		return nil // nobody can tell whether the expert would have answered
	}
	if until, does := h.wrapsUp(expert); does && until.Equal(a.wrapUp) {
		return h.cfg.Store.SetWrapUp(ctx, expert, &until)
	}
	return h.cfg.Store.SetWrapUp(ctx, expert, nil)
}

// presence is an expert's own state as the expert sees it.
func (h *Hub) presence(x meta.Person, state string) wire.Presence {
	p := wire.Presence{Available: x.Available, State: state, Reason: x.AwayWhy}
	if until, does := h.wrapsUp(x.ID); does && state == wire.StateWrapUp {
		p.WrapUpUntil = optional(until)
	}
	return p
}
