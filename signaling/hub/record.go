package hub

import (
	"time"

	"parley/signaling/feed"
	"parley/signaling/session"
	"parley/storage/id"
	"parley/storage/meta"
)

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
	body := endedBody{Reason: c.EndReason, Sound: soundOf(c.Quality)}
	if c.ConnectedAt != nil {
		body.Connected = seconds(*c.ConnectedAt, end)
	}
	e := meta.Event{Type: meta.EventCallEnded, Call: c.ID, Member: c.MemberID, Expert: c.ExpertID, Body: feed.Body(body)}
	if c.RecordingID != nil {
		e.Recording = *c.RecordingID
	}
	return c, e
}
