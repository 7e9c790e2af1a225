package session

import (
	"testing"
	"time"
)

// TestFault: who should be heard and is not, at the moments at which it is looked.
func TestFault(t *testing.T) {
	env := testEnv(t)
	talk := active(t, env, bothMustAgree)
	const s = time.Second
	quiet := func(packets, sound time.Duration) Quiet { return Quiet{packets, sound} }
	at := func(c Call, d time.Duration, e Event) Call {
		next, _, err := Apply(env, c, e, start.Add(d))
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	for name, row := range map[string]struct {
		call  Call
		quiet Quiet
		now   time.Duration
		want  Alarm
	}{
		"heard":                               {talk, quiet(0, 0), 60 * s, AlarmNone},
		"a pause of the talk":                 {talk, quiet(3*s, 3*s), 60 * s, AlarmNone},
		"nothing comes":                       {talk, quiet(4*s, 4*s), 60 * s, AlarmNoPackets},
		"silence comes":                       {talk, quiet(0, 4*s), 60 * s, AlarmSilence},
		"packets ceased in a pause":           {talk, quiet(3*s, 4*s), 60 * s, AlarmNone},
		"packets ceased after silence":        {at(talk, 50*s, FaultChanged{Side: Member, Fault: AlarmSilence}), quiet(3*s, 9*s), 60 * s, AlarmSilence},
		"nothing comes after silence":         {at(talk, 50*s, FaultChanged{Side: Member, Fault: AlarmSilence}), quiet(4*s, 9*s), 60 * s, AlarmNoPackets},
		"never heard, and just begun":         {talk, quiet(60*s, 60*s), 3 * s, AlarmNone},
		"never heard":                         {talk, quiet(60*s, 60*s), 4 * s, AlarmNoPackets},
		"muted":                               {at(talk, 50*s, Muted{Member, true}), quiet(9*s, 9*s), 60 * s, AlarmNone},
		"the other is muted":                  {at(talk, 50*s, Muted{Expert, true}), quiet(9*s, 9*s), 60 * s, AlarmNoPackets},
		"unmuted just now":                    {at(talk, 58*s, Muted{Member, false}), quiet(0, 9*s), 60 * s, AlarmNone},
		"unmuted a while ago":                 {at(talk, 56*s, Muted{Member, false}), quiet(0, 9*s), 60 * s, AlarmSilence},
		"on hold":                             {at(talk, 50*s, Held{Expert, true}), quiet(9*s, 9*s), 60 * s, AlarmNone},
		"taken back just now":                 {at(at(talk, 50*s, Held{Expert, true}), 58*s, Held{Expert, false}), quiet(9*s, 9*s), 60 * s, AlarmNone},
		"taken back a while ago":              {at(at(talk, 50*s, Held{Expert, true}), 56*s, Held{Expert, false}), quiet(9*s, 9*s), 60 * s, AlarmNoPackets},
		"not talking yet":                     {connecting(t, env, bothMustAgree), quiet(60*s, 60*s), 60 * s, AlarmNone},
		"over":                                {at(talk, 50*s, HungUp{Member}), quiet(9*s, 9*s), 60 * s, AlarmNone},
		"recorded or not makes no difference": {recording(t, env, bothMustAgree), quiet(4*s, 4*s), 60 * s, AlarmNoPackets},
	} {
		if got := row.call.Fault(Member, row.quiet, time.Second, start.Add(row.now)); got != row.want {
			t.Errorf("%s: got %q, want %q", name, got, row.want)
		}
	}
}

// TestRelayIsTried: a side that is not heard gets a connection by the relay, and how
// that ends is known.
func TestRelayIsTried(t *testing.T) {
	env := testEnv(t)
	env.Relay = true
	fault := func(a Alarm) Event { return FaultChanged{Side: Expert, Fault: a} }
	gone, quiet, heard := fault(AlarmNoPackets), fault(AlarmSilence), fault(AlarmNone)
	late := TimerFired{timerRelay(Expert)}
	const try = "+relay-expert, +lost-expert, media expert by relay"
	for name, row := range map[string]struct {
		before []Event
		event  Event
		does   string
		want   Sound
	}{
		"nothing comes":              {nil, gone, try, Sound{Fault: AlarmNoPackets, Absences: 1, Relay: RelayTrying}},
		"silence comes":              {nil, quiet, try, Sound{Fault: AlarmSilence, Silences: 1, Relay: RelayTrying}},
		"told twice":                 {[]Event{gone}, gone, "", Sound{Fault: AlarmNoPackets, Absences: 1, Relay: RelayTrying}},
		"cured":                      {[]Event{gone}, heard, "-relay-expert", Sound{Absences: 1, Cures: 1}},
		"packets come, but no sound": {[]Event{gone}, quiet, "", Sound{Fault: AlarmSilence, Absences: 1, Silences: 1, Relay: RelayTrying}},
		"not even a connection":      {[]Event{gone}, late, "media expert", Sound{Fault: AlarmNoPackets, Absences: 1, Relay: RelayFailed, Failures: 1}},
		"a connection, but no sound": {[]Event{gone, connected(Expert)}, late, "", Sound{Fault: AlarmNoPackets, Absences: 1, Relay: RelayFailed, Failures: 1}},
		"heard by itself later":      {[]Event{gone, connected(Expert), late}, heard, "", Sound{Absences: 1, Failures: 1}},
		"cured, and the timer too":   {[]Event{gone, heard}, late, "", Sound{Absences: 1, Cures: 1}},
		"one try for silence":        {[]Event{quiet, heard}, quiet, "", Sound{Fault: AlarmSilence, Silences: 2, Cures: 1}},
		"nothing after silence":      {[]Event{quiet, connected(Expert), heard}, gone, try, Sound{Fault: AlarmNoPackets, Absences: 1, Silences: 1, Cures: 1, Relay: RelayTrying}},
		"three tries for nothing":    {[]Event{gone, heard, gone, heard, gone, heard}, gone, "", Sound{Fault: AlarmNoPackets, Absences: 4, Cures: 3}},
		"the end":                    {[]Event{gone, HungUp{Member}}, late, "", Sound{Fault: AlarmNoPackets, Absences: 1, Relay: RelayTrying}},
	} {
		c := after(t, env, active(t, env, bothMustAgree), row.before...)
		next, commands, err := Apply(env, c, row.event, start)
		got := next.Sides[Expert].Sound
		got.tried = tries{}
		if does := brief(commands); err != nil || does != row.does || got != row.want {
			t.Errorf("%s: got %q and %+v (%v), want %q and %+v", name, does, got, err, row.does, row.want)
		}
	}
}

// TestMutedIsNotCured: who mutes while the relay is tried was not heard by it.
func TestMutedIsNotCured(t *testing.T) {
	env := testEnv(t)
	env.Relay = true
	c := after(t, env, active(t, env, bothMustAgree), FaultChanged{Expert, AlarmNoPackets}, Muted{Expert, true}, FaultChanged{Expert, AlarmNone})
	if s := c.Sides[Expert].Sound; s.Cures != 0 || s.Relay != RelayNone {
		t.Errorf("got %+v, want no cure", s)
	}
}

func TestNoRelayToTry(t *testing.T) {
	env := testEnv(t)
	_, commands, err := Apply(env, active(t, env, bothMustAgree), FaultChanged{Expert, AlarmNoPackets}, start)
	if err != nil || brief(commands) != "" {
		t.Errorf("got %q and %v, want nothing", brief(commands), err)
	}
}
