package session

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parley/recorder/consent"
)

// TestPartBefore: who takes consent back is asked what becomes of the recording
// so far where all must say yes, and no answer erases it.
func TestPartBefore(t *testing.T) {
	env := testEnv(t)
	stopped := after(t, env, recording(t, env, bothMustAgree), Withdrew{Member})
	if stopped.Part != PartAsked || stopped.PartSide != Member || stopped.Light != LightStopped {
		t.Fatalf("after a withdrawal: got %q of %s and light %s, want the member to be asked", stopped.Part, stopped.PartSide, stopped.Light)
	}
	if _, _, err := Apply(env, stopped, PartChosen{Side: Expert, Keep: true}, start); !errors.Is(err, ErrWrongPhase) {
		t.Errorf("the other one chooses: got %v, want ErrWrongPhase", err)
	}
	tests := []struct {
		name  string
		event Event
		want  string
		part  Part
		light Light
	}{
		{"keep", PartChosen{Side: Member, Keep: true}, "note part.before kept by chosen, keep part", PartKept, LightStopped},
		{"erase", PartChosen{Side: Member}, "ERASE PART, note part.before erased by chosen", PartErased, LightOff},
		{"no answer", HungUp{Expert}, "ERASE PART, note part.before erased by no answer, end media, finish", PartErased, LightOff},
		{"a new yes", yes(stopped, Member), "note notice.shown member, ERASE PART, note part.before erased by no answer, -notice-member, note answer member express, " +
			"+answer-member, note verdict, note gate.open by verdict, GATE OPEN", PartErased, LightOff},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, commands, err := Apply(env, stopped, tt.event, start)
			if got := withoutTimersOfTheEnd(brief(commands)); err != nil || got != tt.want {
				t.Errorf("got  %s and %v\nwant %s", got, err, tt.want)
			}
			if c.Part != tt.part {
				t.Errorf("part: got %q, want %q", c.Part, tt.part)
			}
			if c.Light != tt.light && !c.GateOpen() {
				t.Errorf("light: got %s, want %s", c.Light, tt.light)
			}
			if _, _, err := Apply(env, c, PartChosen{Side: Member, Keep: true}, start); err == nil && c.Phase != Ended {
				t.Error("a second choice was taken")
			}
		})
	}
}

func TestPartBeforeAsTheOperatorSays(t *testing.T) {
	for part, want := range map[consent.PartBefore]Part{consent.Erase: PartErased, consent.KeepSealed: PartKept} {
		env := testEnv(t)
		judge := env.Judge
		env.Judge = func(f consent.Facts) consent.Verdict {
			v := judge(f)
			v.PartBefore = part
			return v
		}
		if c := after(t, env, recording(t, env, bothMustAgree), Withdrew{Expert}); c.Part != want {
			t.Errorf("%s: got %q, want %q", part, c.Part, want)
		}
	}
}

func TestNothingToDecideBeforeAnythingIsRecorded(t *testing.T) {
	env := testEnv(t)
	c := active(t, env, bothMustAgree)
	if c = after(t, env, c, no(c, Member)); c.Part != PartNone {
		t.Errorf("got %q, want nothing to decide", c.Part)
	}
}

// TestEndOnDecline: where the operator wants no unrecorded calls, the member is
// asked before anybody is rung, and a no before they talk ends the call; one in the
// middle of it does not.
func TestEndOnDecline(t *testing.T) {
	env := testEnv(t)
	env.EndOnDecline = true
	asked := newCall(t, env, bothMustAgree)
	if asked.Phase != Asking || !asked.RungAt.IsZero() {
		t.Fatalf("got %s, rung at %v, want the member to be asked first", asked.Phase, asked.RungAt)
	}
	if _, _, err := Apply(env, asked, accepted(), start); !errors.Is(err, ErrWrongPhase) {
		t.Errorf("accepted before it rings: got %v, want ErrWrongPhase", err)
	}
	rings, commands, err := Apply(env, asked, yes(asked, Member), start.Add(time.Second))
	if err != nil || rings.Phase != Ringing || !rings.RungAt.Equal(start.Add(time.Second)) || !strings.HasSuffix(brief(commands), "+ring") {
		t.Errorf("after the yes: got %s, rung at %v, %s and %v; want it to ring", rings.Phase, rings.RungAt, brief(commands), err)
	}
	connecting := after(t, env, rings, accepted())
	for name, c := range map[string]Call{
		"the member says no":            after(t, env, asked, no(asked, Member)),
		"the member withdraws":          after(t, env, asked, Withdrew{Member}),
		"the member says nothing":       after(t, env, asked, TimerFired{TimerRing}),
		"the member takes the yes back": after(t, env, rings, Withdrew{Member}),
		"the expert says no":            after(t, env, connecting, no(connecting, Expert)),
	} {
		if c.Phase != Ended || c.End != EndNotAgreed {
			t.Errorf("%s: got %s %s, want a call that ended because nobody agreed", name, c.Phase, c.End)
		}
	}
	for name, e := range map[string]Event{"hangs up": HungUp{Member}, "is gone": TimerFired{timerLost(Member)}} {
		if c := after(t, env, asked, e); c.End != EndCancelled {
			t.Errorf("the member %s while asked: got %s %s, want cancelled", name, c.Phase, c.End)
		}
	}
	unasked := after(t, env, connecting, connected(Member), connected(Expert), TimerFired{TimerSound})
	if c := after(t, env, unasked, no(unasked, Expert)); unasked.Phase != Active || c.End != EndNotAgreed {
		t.Errorf("a first no in the talk: got %s, then %s %s, want it to end as the question said", unasked.Phase, c.Phase, c.End)
	}
	talk := after(t, env, connecting, connected(Member), connected(Expert), yes(connecting, Expert))
	if c := after(t, env, talk, Withdrew{Member}); talk.Phase != Active || c.Phase != Active {
		t.Errorf("a withdrawal in the talk: got %s, then %s, want the call to go on", talk.Phase, c.Phase)
	}
}

// TestWhoIsNotAskedRings at once, whatever a no would do.
func TestWhoIsNotAskedRings(t *testing.T) {
	env := testEnv(t)
	env.EndOnDecline = true
	c, _ := New(env, "call_test", party("maya", "DE", 12), party("lee", "DE", 0), 1, start)
	if c.Phase != Ringing {
		t.Errorf("got %s, want it to ring: there is nothing to ask", c.Phase)
	}
}

// withoutTimersOfTheEnd leaves out the timers that the end of a call stops.
func withoutTimersOfTheEnd(text string) string {
	return strings.ReplaceAll(text, strings.TrimSuffix(ending, "end media, finish"), "")
}
