package session

import (
	"testing"
	"time"
)

// TestDelay: an expert who answers in a minute is rung for that long, and then for as long
// as anybody; a second click wins no more time, and a ring timer that was on its way as it
// was stopped ends nothing.
func TestDelay(t *testing.T) {
	env := testEnv(t)
	c, commands, err := Apply(env, newCall(t, env, bothMustAgree), Delayed{}, start.Add(10*time.Second))
	promised := start.Add(10*time.Second + env.Limits.Delay)
	if err != nil || !c.AnswersBy.Equal(promised) {
		t.Fatalf("got %v and an answer by %v, want one by %v", err, c.AnswersBy, promised)
	}
	want := []Command{StopTimer{TimerRing}, StartTimer{TimerDelay, env.Limits.Delay + env.Limits.Ring}}
	if len(commands) != 2 || commands[0] != want[0] || commands[1] != want[1] {
		t.Fatalf("got %+v, want %+v", commands, want)
	}
	c = after(t, env, c, Delayed{}, TimerFired{TimerRing}, Warmed{Socket: 2})
	if c.Phase != Ringing || !c.AnswersBy.Equal(promised) {
		t.Errorf("got phase %s and an answer by %v, want it to ring and %v", c.Phase, c.AnswersBy, promised)
	}
	if taken := after(t, env, c, accepted(), Delayed{}, TimerFired{TimerDelay}); taken.Phase != Connecting {
		t.Errorf("accepted in time: got phase %s, want %s", taken.Phase, Connecting)
	}
	if cancelled := after(t, env, c, HungUp{Member}, Delayed{}); cancelled.End != EndCancelled {
		t.Errorf("cancelled meanwhile: got the end %q, want %q", cancelled.End, EndCancelled)
	}
	if missed := after(t, env, c, TimerFired{TimerDelay}); missed.End != EndNoAnswer {
		t.Errorf("promised and not kept: got the end %q, want %q", missed.End, EndNoAnswer)
	}
}

// TestNobodyDelaysBeforeItRings: where the member is asked first, the expert knows of no call.
func TestNobodyDelaysBeforeItRings(t *testing.T) {
	env := testEnv(t)
	env.EndOnDecline = true
	c := newCall(t, env, bothMustAgree)
	next, commands, err := Apply(env, c, Delayed{}, start)
	if got := outcome(next, commands, err); c.Phase != Asking || got != "wrong phase" {
		t.Errorf("in phase %s: got %s, want a wrong phase", c.Phase, got)
	}
}
