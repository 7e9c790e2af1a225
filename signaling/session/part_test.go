package session

import (
	"errors"
	"strings"
	"testing"

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

// TestEndOnDecline: where the operator wants no unrecorded calls, a no before
// they talk ends the call; one in the middle of it does not.
func TestEndOnDecline(t *testing.T) {
	env := testEnv(t)
	env.EndOnDecline = true
	ringing := newCall(t, env, bothMustAgree)
	for _, c := range []Call{after(t, env, ringing, no(ringing, Member)), after(t, env, connecting(t, env, bothMustAgree), no(ringing, Member))} {
		if c.Phase != Ended || c.End != EndNotAgreed {
			t.Errorf("got %s %s, want a call that ended because nobody agreed", c.Phase, c.End)
		}
	}
	if c := after(t, env, recording(t, env, bothMustAgree), Withdrew{Member}); c.Phase != Active {
		t.Errorf("a withdrawal: got %s, want the call to go on", c.Phase)
	}
}

// withoutTimersOfTheEnd leaves out the timers that the end of a call stops.
func withoutTimersOfTheEnd(text string) string {
	return strings.ReplaceAll(text, strings.TrimSuffix(ending, "end media, finish"), "")
}
