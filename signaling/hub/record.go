package hub

import (
	"context"
	"errors"
	"time"

	"parley/signaling/feed"
	"parley/signaling/session"
	"parley/storage/id"
	"parley/storage/meta"
)

// Waits between attempts to write the record of a call that is over.
const (
	firstRewrite = time.Second
	lastRewrite  = 30 * time.Second
)

// persist writes the call to metadata. The call does not depend on it: one that
// began while metadata was away is inserted at the next change.
func (c *call) persist() {
	err := c.writeRecord()
	if c.unwritten = err != nil; c.unwritten {
		c.log.Error().Err(err).Msg("call not written to metadata")
	}
}

func (c *call) writeRecord() error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.hub.ctx), ioTimeout)
	defer cancel()
	if !c.written {
		err := c.hub.cfg.Store.InsertCall(ctx, c.record())
		if err == nil || !errors.Is(err, meta.ErrConflict) {
			c.written = err == nil
			return err
		}
		c.written = true // the answer to an earlier attempt was lost
	}
	return c.hub.cfg.Store.UpdateCall(ctx, c.record())
}

// writeLater goes on until the record of a call that is over is written, or the
// hub ends. Nobody waits for it.
func (c *call) writeLater() {
	for wait := firstRewrite; c.unwritten; wait = min(2*wait, lastRewrite) {
		pause := time.NewTimer(wait)
		select {
		case <-pause.C:
			c.persist()
		case <-c.hub.ctx.Done():
			pause.Stop()
			c.persist() // once more: the store may be back
			return
		}
	}
}

// LiveCallIDs names the calls that are under way.
func (h *Hub) LiveCallIDs() []id.CallID {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]id.CallID, 0, len(h.byID))
	for c := range h.byID {
		out = append(out, c)
	}
	return out
}

// Dropped is a call that a process left without an end when it was killed, ended
// at the last sign of its life, and what platforms are told of it. alive is when
// the process last had the call; the zero time says no more than its record.
func Dropped(c meta.Call, alive time.Time) (meta.Call, meta.Event) {
	end := c.CreatedAt
	for _, t := range []*time.Time{c.AcceptedAt, c.ConnectedAt, &alive} {
		if t != nil && t.After(end) {
			end = *t
		}
	}
	end = end.UTC()
	c.EndedAt, c.EndReason = &end, string(session.EndDropped)
	body := endedBody{Reason: c.EndReason}
	if c.ConnectedAt != nil {
		body.Connected = seconds(*c.ConnectedAt, end)
	}
	e := meta.Event{Type: meta.EventCallEnded, Call: c.ID, Member: c.MemberID, Expert: c.ExpertID, Body: feed.Body(body)}
	if c.RecordingID != nil {
		e.Recording = *c.RecordingID
	}
	return c, e
}
