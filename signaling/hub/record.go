package hub

import (
	"maps"
	"slices"
	"strings"
	"time"

	"parley/signaling/feed"
	"parley/signaling/session"
	"parley/storage/id"
	"parley/storage/meta"
)

// Life is what must outlive the process of a live call, beside its record and the
// ledger.
type Life struct {
	Call id.CallID
	// Waits is since when the call, taken up from an earlier process, has waited for
	// its people; zero: it does not.
	Waits time.Time
	// Unprovable tells that the ledger could not be written.
	Unprovable bool
}

// Lives are the calls that are under way, by id.
func (h *Hub) Lives() []Life {
	h.mu.Lock()
	live := slices.Collect(maps.Values(h.byID))
	h.mu.Unlock()
	out := make([]Life, 0, len(live))
	for _, c := range live {
		c.mu.Lock()
		out = append(out, Life{c.id, c.state.Interrupted, c.state.Unprovable()})
		c.mu.Unlock()
	}
	slices.SortFunc(out, func(a, b Life) int { return strings.Compare(string(a.Call), string(b.Call)) })
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
