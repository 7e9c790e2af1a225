package hub

import (
	"math"
	"time"

	"parley/signaling/feed"
	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// Feed takes what happens, for platforms. Publish never waits.
type Feed interface{ Publish(e meta.Event) }

// tell publishes what has changed between two states of the call.
func (c *call) tell(before, after session.Call) {
	if c.hub.cfg.Feed == nil {
		return
	}
	now := c.hub.cfg.Now()
	for _, e := range eventsOf(before, after, c.quality(), now) {
		e.At = now
		e.Call = after.ID
		e.Recording = after.Recording
		e.Member, e.Expert = after.Sides[session.Member].ID, after.Sides[session.Expert].ID
		c.hub.cfg.Feed.Publish(e)
	}
}

// eventsOf are the events between two states of a call; a call that has just
// begun comes from the zero Call. q is how its sound arrived.
func eventsOf(before, after session.Call, q [2]meta.LegQuality, now time.Time) (events []meta.Event) {
	add := func(t meta.EventType, body any) {
		events = append(events, meta.Event{Type: t, Body: feed.Body(body)})
	}
	for s, p := range after.Sides {
		was := before.Sides[s]
		if before.Phase != "" && (was.Answer != p.Answer || was.Withdrawn != p.Withdrawn) {
			_, err := after.Verdict.Grant()
			add(meta.EventConsentAnswered, consentBody{Side: session.Side(s).String(), Allowed: err == nil})
		}
	}
	if before.Phase != after.Phase {
		switch after.Phase {
		case session.Ringing:
			add(meta.EventCallRinging, struct{}{})
		case session.Connecting:
			add(meta.EventCallAccepted, acceptedBody{seconds(after.RungAt, after.AcceptedAt)})
		case session.Active:
			if !before.Interrupted.IsZero() {
				add(meta.EventCallResumed, resumedBody{seconds(before.Interrupted, now)})
			}
			if !before.ConnectedAt.IsZero() {
				break // it was taken up from an earlier process
			}
			add(meta.EventCallConnected, connectedBody{seconds(after.AcceptedAt, after.ConnectedAt)})
		case session.Ended:
			add(meta.EventCallEnded, endedBody{string(after.End), seconds(after.ConnectedAt, after.EndedAt), soundOf(q)})
		}
	}
	if t, ok := lightEvents[after.Light]; ok && before.Light != after.Light {
		add(t, struct{}{})
	}
	for s, p := range after.Sides {
		if before.Sides[s].Sound.Alarm != p.Sound.Alarm {
			add(meta.EventRecordingSilent, silentBody{Side: session.Side(s).String(), Alarm: string(p.Sound.Alarm)})
		}
		if b, changed := faultOf(session.Side(s), before.Sides[s].Sound, p.Sound); changed {
			add(meta.EventCallSilent, b)
		}
	}
	return events
}

var lightEvents = map[session.Light]meta.EventType{
	session.LightRecording: meta.EventRecordingStarted,
	session.LightStopped:   meta.EventRecordingStopped,
	session.LightProblem:   meta.EventRecordingProblem,
}

// Bodies of the events. Times are by this server's clock, in seconds with three
// decimals.
type (
	acceptedBody struct {
		Ringing float64 `json:"ringing_seconds"`
	}
	connectedBody struct {
		Setup float64 `json:"setup_seconds"`
	}
	// resumedBody says for how long the two had no sound, since the former process had
	// the call last.
	resumedBody struct {
		Gap float64 `json:"gap_seconds"`
	}
	endedBody struct {
		Reason    string  `json:"reason"`
		Connected float64 `json:"connected_seconds"`
		// Sound is how it arrived, nil where nothing was measured.
		Sound *soundBody `json:"sound,omitempty"`
	}
	soundBody struct {
		Member meta.LegQuality `json:"member"`
		Expert meta.LegQuality `json:"expert"`
	}
	// consentBody does not say what the person answered: only whether the call
	// may be recorded now.
	consentBody struct {
		Side    string `json:"side"`
		Allowed bool   `json:"recording_allowed"`
	}
	// silentBody says what is wrong with a side's sound: no_packets, silence, or
	// nothing any more.
	silentBody struct {
		Side  string `json:"side"`
		Alarm string `json:"alarm"`
	}
	presenceBody struct {
		State string `json:"state"`
	}
)

func soundOf(q [2]meta.LegQuality) *soundBody {
	if q == ([2]meta.LegQuality{}) {
		return nil
	}
	return &soundBody{Member: q[session.Member], Expert: q[session.Expert]}
}

// seconds is the time between two moments, 0 if either has not come.
func seconds(from, to time.Time) float64 {
	if from.IsZero() || to.Before(from) {
		return 0
	}
	return math.Round(to.Sub(from).Seconds()*1000) / 1000
}

// tellPresence publishes an expert's state if it is another one than last time.
// Calls for one expert must follow each other.
func (h *Hub) tellPresence(expert id.PersonID, state string) {
	if h.cfg.Feed == nil {
		return
	}
	h.mu.Lock()
	was, known := h.told[expert]
	if state == wire.StateAway {
		delete(h.told, expert)
	} else {
		h.told[expert] = state
	}
	h.mu.Unlock()
	if was == state || !known && state == wire.StateAway {
		return
	}
	h.cfg.Feed.Publish(meta.Event{
		At: h.cfg.Now(), Type: meta.EventPresenceChanged, Expert: expert, Body: feed.Body(presenceBody{state}),
	})
}
