package hub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/signaling/auth"
	"parley/signaling/feed"
	"parley/signaling/session"
	"parley/storage/id"
	"parley/storage/meta"
)

// errBlocked reads as ErrAway to everybody: nobody is told that they are blocked.
var errBlocked = fmt.Errorf("%w: blocked", ErrAway)

// neverRang is why a call was refused that had somebody to ring; empty where it
// was not, or for another reason.
func neverRang(err error) session.EndReason {
	switch {
	case errors.Is(err, errBlocked):
		return session.EndBlocked
	case errors.Is(err, ErrAway):
		return session.EndAway
	case errors.Is(err, ErrBusy):
		return session.EndBusy
	}
	return ""
}

// keepRefused keeps and tells of a call that never rang. The call's record says
// blocked, the feed away: what platforms are told they may tell on.
func (h *Hub) keepRefused(ctx context.Context, who auth.Identity, x meta.Person, reason session.EndReason) {
	now := h.cfg.Now().UTC()
	h.mu.Lock()
	keep := h.refused.keep(who.Person, now)
	h.mu.Unlock()
	if !keep {
		return
	}
	c := meta.Call{
		ID: id.NewCall(now), MemberID: who.Person, ExpertID: x.ID, MemberName: who.Name, ExpertName: x.Name,
		CreatedAt: now, EndedAt: &now, EndReason: string(reason),
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ioTimeout)
	defer cancel()
	if err := h.cfg.Store.InsertCall(ctx, c); err != nil {
		h.cfg.Log.Error().Err(err).Msg("refused call not written to metadata")
	}
	if h.cfg.Feed == nil {
		return
	}
	if reason == session.EndBlocked {
		reason = session.EndAway
	}
	h.cfg.Feed.Publish(meta.Event{
		Type: meta.EventCallEnded, At: now, Call: c.ID, Member: c.MemberID, Expert: c.ExpertID,
		Body: feed.Body(endedBody{Reason: string(reason)}),
	})
}

const (
	// refusedEvery is how often a person's refused calls are kept: who clicks
	// again and again fills no disk.
	refusedEvery = 2 * time.Second
	refusedMost  = 4096 // people remembered
)

// refusals remembers whose refused call was kept when.
type refusals map[id.PersonID]time.Time

// keep tells whether a refused call is to be kept. Where too many people were
// refused lately it is not.
func (r refusals) keep(p id.PersonID, now time.Time) bool {
	recent := func(at time.Time) bool { return now.Sub(at).Abs() < refusedEvery }
	if recent(r[p]) {
		return false
	}
	if len(r) >= refusedMost {
		for p, at := range r {
			if !recent(at) {
				delete(r, p)
			}
		}
	}
	if len(r) >= refusedMost {
		return false
	}
	r[p] = now
	return true
}
