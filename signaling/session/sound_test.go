package session

import "testing"

// TestAlarmsAreOfRecordings: what capture says of a side stands while the gate is open.
func TestAlarmsAreOfRecordings(t *testing.T) {
	env := testEnv(t)
	raised := func(a Alarm) Event { return AlarmChanged{Side: Expert, Alarm: a} }
	c := after(t, env, recording(t, env, bothMustAgree), raised(AlarmSilence))
	if got, want := c.Sides[Expert].Sound, (Sound{Alarm: AlarmSilence}); got != want {
		t.Errorf("the expert's sound: got %+v, want %+v", got, want)
	}
	if got := c.Sides[Member].Sound; got != (Sound{}) {
		t.Errorf("the member's sound: got %+v, want nothing", got)
	}
	if c.Light != LightRecording {
		t.Errorf("light: got %s, want %s: silence is saved", c.Light, LightRecording)
	}
	c = after(t, env, c, Withdrew{Member}, raised(AlarmNone), raised(AlarmNoPackets))
	if got := c.Sides[Expert].Sound; got.Alarm != AlarmNone {
		t.Errorf("after the gate closed: got %+v, want no alarm", got)
	}
}

// TestMuteBelongsToTheTab: the tab that takes over the sound has not muted it.
func TestMuteBelongsToTheTab(t *testing.T) {
	env := testEnv(t)
	c := after(t, env, active(t, env, bothMustAgree), Muted{Member, true})
	if !c.Sides[Member].Sound.Muted || c.Sides[Expert].Sound.Muted {
		t.Errorf("muted: got %v and %v, want the member", c.Sides[Member].Sound.Muted, c.Sides[Expert].Sound.Muted)
	}
	if back := after(t, env, c, Joined{Side: Member, Socket: 9}); back.Sides[Member].Sound.Muted {
		t.Error("muted after another tab took over: got true, want false")
	}
	if off := after(t, env, c, Muted{Member, false}); off.Sides[Member].Sound.Muted {
		t.Error("muted after unmuting: got true, want false")
	}
}
