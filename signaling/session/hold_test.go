package session

import (
	"testing"
	"time"
)

// TestHold: both may hold, each takes back only what is theirs, and the
// recording goes on when nobody holds any more.
func TestHold(t *testing.T) {
	env := testEnv(t)
	c := recording(t, env, bothMustAgree)
	steps := []struct {
		name  string
		event Event
		want  string
		light Light
	}{
		{"the member holds", Held{Member, true}, "active: GATE SHUT, note gate.close by hold, silence, note hold", LightPaused},
		{"the member clicks twice", Held{Member, true}, "active", LightPaused},
		{"the expert holds too", Held{Expert, true}, "active: note hold", LightPaused},
		{"the member takes it back", Held{Member, false}, "active: note unhold", LightPaused},
		{"the member cannot take the other's back", Held{Member, false}, "active", LightPaused},
		{"a pause for card details", Paused{}, "active: +pause, note pause", LightPaused},
		{"the expert takes it back, paused", Held{Expert, false}, "active: note unhold, sound", LightPaused},
		{"the expert resumes", Resumed{}, "active: -pause, note resume, note gate.open by verdict, GATE OPEN", LightPaused},
		{"capture has begun", CaptureChanged{Light: LightRecording}, "active", LightRecording},
		{"the expert holds", Held{Expert, true}, "active: GATE SHUT, note gate.close by hold, silence, note hold", LightPaused},
		{"the expert takes it back", Held{Expert, false}, "active: note unhold, sound, note gate.open by verdict, GATE OPEN", LightPaused},
		{"the member holds again", Held{Member, true}, "active: GATE SHUT, note gate.close by hold, silence, note hold", LightPaused},
		{"the member hangs up", HungUp{Member}, "ended completed: all over", LightStopped},
	}
	for _, s := range steps {
		next, commands, err := Apply(env, c, s.event, start.Add(time.Minute))
		if got := outcome(next, commands, err); got != s.want || next.Light != s.light {
			t.Errorf("%s: got %s, light %s\nwant %s, light %s", s.name, got, next.Light, s.want, s.light)
		}
		c = next
	}
}
