package hub

import (
	"testing"
	"time"

	"parley/recorder/consent"
	"parley/signaling/session"
	"parley/storage/id"
	"parley/storage/meta"
)

func TestEventsOfACall(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	at := func(s float64) time.Time { return noon.Add(time.Duration(s * float64(time.Second))) }
	ringing := session.Call{Phase: session.Ringing, CreatedAt: noon, RungAt: noon, Light: session.LightOff}
	ringing.Sides[0].Answer, ringing.Sides[1].Answer = consent.AnswerNone, consent.AnswerNone
	change := func(c session.Call, f func(*session.Call)) session.Call { f(&c); return c }
	connecting := change(ringing, func(c *session.Call) { c.Phase, c.AcceptedAt = session.Connecting, at(7) })
	active := change(connecting, func(c *session.Call) { c.Phase, c.ConnectedAt = session.Active, at(7.0254) })
	recording := change(active, func(c *session.Call) { c.Light, c.Recording = session.LightRecording, "rec" })
	cases := []struct {
		name          string
		before, after session.Call
		want          map[meta.EventType]string
	}{
		{"begins", session.Call{}, ringing, map[meta.EventType]string{meta.EventCallRinging: `{}`}},
		{"nothing", active, active, nil},
		{"accepted", ringing, connecting, map[meta.EventType]string{meta.EventCallAccepted: `{"ringing_seconds":7}`}},
		{"connected", connecting, active, map[meta.EventType]string{meta.EventCallConnected: `{"setup_seconds":0.025}`}},
		{"goes on after a restart", change(active, func(c *session.Call) { c.Phase, c.Interrupted = session.Connecting, at(65.5) }), active,
			map[meta.EventType]string{meta.EventCallResumed: `{"gap_seconds":4.5}`}},
		{"recorded", active, recording, map[meta.EventType]string{meta.EventRecordingStarted: `{}`}},
		{"trouble", recording, change(recording, func(c *session.Call) { c.Light = session.LightProblem }),
			map[meta.EventType]string{meta.EventRecordingProblem: `{}`}},
		{"a silent microphone", recording, change(recording, func(c *session.Call) { c.Sides[1].Sound.Alarm = session.AlarmSilence }),
			map[meta.EventType]string{meta.EventRecordingSilent: `{"side":"expert","alarm":"silence"}`}},
		{"stopped", recording, change(recording, func(c *session.Call) { c.Light = session.LightStopped }),
			map[meta.EventType]string{meta.EventRecordingStopped: `{}`}},
		{"ends", active, change(active, func(c *session.Call) { c.Phase, c.End, c.EndedAt = session.Ended, session.EndCompleted, at(67.5254) }),
			map[meta.EventType]string{meta.EventCallEnded: `{"reason":"completed","connected_seconds":60.5}`}},
		{"never connected", ringing, change(ringing, func(c *session.Call) { c.Phase, c.End, c.EndedAt = session.Ended, session.EndNoAnswer, at(45) }),
			map[meta.EventType]string{meta.EventCallEnded: `{"reason":"no_answer","connected_seconds":0}`}},
		{"a yes", active, change(active, func(c *session.Call) { c.Sides[1].Answer = consent.AnswerExpress }),
			map[meta.EventType]string{meta.EventConsentAnswered: `{"side":"expert","recording_allowed":false}`}},
		{"a withdrawal", active, change(active, func(c *session.Call) { c.Sides[0].Withdrawn = true }),
			map[meta.EventType]string{meta.EventConsentAnswered: `{"side":"member","recording_allowed":false}`}},
	}
	for _, tc := range cases {
		got := map[meta.EventType]string{}
		for _, e := range eventsOf(tc.before, tc.after, [2]meta.LegQuality{}, at(70)) {
			got[e.Type] = string(e.Body)
		}
		if len(got) != len(tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, got, tc.want)
		}
		for kind, body := range tc.want {
			if got[kind] != body {
				t.Errorf("%s: %s: got %s, want %s", tc.name, kind, got[kind], body)
			}
		}
	}
}

type noted []meta.Event

func (n *noted) Publish(e meta.Event) { *n = append(*n, e) }

func TestPresenceIsToldWhenItChanges(t *testing.T) {
	var feed noted
	h := &Hub{cfg: Config{Feed: &feed, Now: time.Now}, told: map[id.PersonID]string{}}
	for _, state := range []string{"away", "available", "available", "busy", "away", "away", "available"} {
		h.tellPresence("x", state)
	}
	want := []string{`{"state":"available"}`, `{"state":"busy"}`, `{"state":"away"}`, `{"state":"available"}`}
	if len(feed) != len(want) {
		t.Fatalf("got %d events, want %d", len(feed), len(want))
	}
	for i, e := range feed {
		if string(e.Body) != want[i] || e.Expert != "x" || e.Type != meta.EventPresenceChanged {
			t.Errorf("event %d: got %+v, want %s", i, e, want[i])
		}
	}
}
