package session

import "testing"

// speaking is an Env that has a spoken notice in English.
func speaking(t testing.TB, required bool) Env {
	t.Helper()
	env := testEnv(t)
	env.SpokenRequired = required
	env.Prompt = func(language string) (Prompt, bool) {
		return Prompt{Hash: "sound", Language: language}, language == "en"
	}
	return env
}

// told is a call in which both went on after the notice on the screen, and the
// spoken one is being played to both.
func told(t testing.TB, env Env) Call {
	t.Helper()
	c := connecting(t, env, tellingIsEnough)
	c = after(t, env, c, connected(Member), connected(Expert))
	c = after(t, env, c, continued(c, Member), continued(c, Expert))
	if c.Phase != Active || c.GateOpen() {
		t.Fatalf("got phase %s and gate open %v, want active, and a gate that waits for the spoken notice", c.Phase, c.GateOpen())
	}
	return c
}

func TestCaptureBeginsAfterTheSpokenNotice(t *testing.T) {
	toEnd := func(s Side) Event { return NoticePlayed{Side: s, ToEnd: true} }
	brokeOff := func(s Side) Event { return NoticePlayed{Side: s} }
	tests := []struct {
		name     string
		required bool
		events   []Event
		open     bool
	}{
		{"heard by one", false, []Event{toEnd(Member)}, false},
		{"heard by both", false, []Event{toEnd(Member), toEnd(Expert)}, true},
		{"heard by both, and required", true, []Event{toEnd(Expert), toEnd(Member)}, true},
		{"broke off, the screen is enough", false, []Event{toEnd(Member), brokeOff(Expert)}, true},
		{"broke off, and required", true, []Event{toEnd(Member), brokeOff(Expert)}, false},
		{"broke off, came back and heard it", true, []Event{
			toEnd(Member), MediaChanged{Expert, MediaLost}, brokeOff(Expert), connected(Expert), toEnd(Expert),
		}, true},
		{"broke off, came back and hears it", false, []Event{
			toEnd(Member), MediaChanged{Expert, MediaLost}, brokeOff(Expert), connected(Expert),
		}, false},
		{"heard, and one said no", false, []Event{toEnd(Member), toEnd(Expert), Withdrew{Expert}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			env := speaking(t, tt.required)
			c := after(t, env, told(t, env), tt.events...)
			if c.GateOpen() != tt.open {
				t.Errorf("gate open: got %v, want %v", c.GateOpen(), tt.open)
			}
		})
	}
}

func TestSpokenNoticeInTheLedger(t *testing.T) {
	env := speaking(t, false)
	c := after(t, env, connecting(t, env, tellingIsEnough), connected(Expert))
	steps := []struct {
		event Event
		want  string
	}{
		{connected(Member), "-lost-member, speak to member"},
		{MediaChanged{Member, MediaLost}, "+lost-member, hush member"},
		{NoticePlayed{Side: Member}, "note notice.spoken in part to the member"},
		{connected(Member), "-lost-member, speak to member"},
		{NoticePlayed{Side: Member, ToEnd: true}, "note notice.spoken to the member"},
		{NoticePlayed{Side: Member, ToEnd: true}, ""},
	}
	for _, s := range steps {
		next, commands, err := Apply(env, c, s.event, start)
		if got := brief(commands); err != nil || got != s.want {
			t.Errorf("%#v: got %s and %v, want %s", s.event, got, err, s.want)
		}
		c = next
	}
}

// TestNothingIsSpokenWhereNothingIsDue: where all must say yes, where one yes is
// enough, while it rings, and in a language without a prompt.
func TestNothingIsSpokenWhereNothingIsDue(t *testing.T) {
	env := speaking(t, false)
	for _, places := range []pair{bothMustAgree, oneYesIsEnough} {
		c := after(t, env, connecting(t, env, places), connected(Member), connected(Expert))
		for s, p := range c.Sides {
			if p.Spoken != SpokenNone {
				t.Errorf("%v, %s: got %q, want nothing spoken", places, Side(s), p.Spoken)
			}
		}
	}
	c := after(t, env, newCall(t, env, tellingIsEnough), connected(Member))
	if c.Sides[Member].Spoken != SpokenNone {
		t.Errorf("while it rings: got %q, want nothing spoken", c.Sides[Member].Spoken)
	}
	env.Prompt = func(string) (Prompt, bool) { return Prompt{}, false }
	c = after(t, env, connecting(t, env, tellingIsEnough), connected(Member), connected(Expert))
	c = after(t, env, c, continued(c, Member), continued(c, Expert))
	if !c.GateOpen() {
		t.Error("without a prompt: the notice on the screen is enough, and the gate is shut")
	}
}
