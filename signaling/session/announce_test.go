package session

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/recorder/consent"
)

// announcing is an environment with a tone, and lines in two languages.
func announcing(t testing.TB, tone, always bool) Env {
	t.Helper()
	env := testEnv(t)
	judge := env.Judge
	env.Judge = func(f consent.Facts) consent.Verdict {
		v := judge(f)
		if tone {
			v.BeepDue, v.BeepIntervalS = true, consent.BeepIntervalS
		}
		return v
	}
	env.Announcements = Announcements{Always: always, Line: func(language string, again bool) (Prompt, bool) {
		hash := "recorded"
		if again {
			hash = "goes on"
		}
		return Prompt{Hash: hash, Language: language}, true
	}}
	return env
}

func announces(t *testing.T, commands []Command) (all []Announce) {
	t.Helper()
	for _, c := range commands {
		if a, ok := c.(Announce); ok {
			all = append(all, a)
		}
	}
	return all
}

var began = CaptureChanged{Light: LightRecording, Recording: testRecording}

// ready is a call whose gate has just opened.
func ready(t *testing.T, env Env, places pair) Call {
	t.Helper()
	c := active(t, env, places)
	return after(t, env, c, yes(c, Member), yes(c, Expert))
}

// TestEachSpanIsAnnounced: the first words on a recording say so, and after a pause
// that it goes on; once a span, and only where a notice lets it be recorded.
func TestEachSpanIsAnnounced(t *testing.T) {
	env := announcing(t, false, false)
	c, commands, _ := Apply(env, ready(t, env, tellingIsEnough), began, start)
	all := announces(t, commands)
	if len(all) != 1 || all[0].Tone || all[0].Say[Member].Hash != "recorded" || all[0].Say[Expert].Hash != "recorded" {
		t.Fatalf("first span: got %+v, want that it is recorded, to both", all)
	}
	c, commands, _ = Apply(env, c, CaptureChanged{Light: LightRecording}, start)
	if again := announces(t, commands); len(again) != 0 {
		t.Errorf("in the same span: got %+v, want nothing", again)
	}
	c = after(t, env, c, Paused{}, Resumed{})
	_, commands, _ = Apply(env, c, began, start)
	if all = announces(t, commands); len(all) != 1 || all[0].Say[Member].Hash != "goes on" {
		t.Errorf("after a pause: got %+v, want that it goes on", all)
	}
	_, commands, _ = Apply(env, ready(t, env, bothMustAgree), began, start)
	if all = announces(t, commands); len(all) != 0 {
		t.Errorf("where both said yes: got %+v, want nothing", all)
	}
	env = announcing(t, false, true)
	_, commands, _ = Apply(env, ready(t, env, bothMustAgree), began, start)
	if all = announces(t, commands); len(all) != 1 {
		t.Errorf("where both said yes and the operator wants it: got %+v, want a line", all)
	}
}

// TestTheLedgerTellsWhoHeardTheLine: each side's line is an entry, and one that broke
// off does not pass for one that was heard; a tone is none.
func TestTheLedgerTellsWhoHeardTheLine(t *testing.T) {
	env := announcing(t, true, true)
	c := ready(t, env, bothMustAgree)
	c, commands, _ := Apply(env, c, began, start)
	said := announces(t, commands)[0].Say
	for side, toEnd := range []bool{Member: true, Expert: false} {
		_, commands, err := Apply(env, c, LinePlayed{Side: Side(side), Prompt: said[side], ToEnd: toEnd}, start)
		want := Note{Kind: NoteAnnounced, Actor: ServerActor, Body: NoticeSpoken{
			Side: Side(side).String(), Media: "recorded", Language: said[side].Language, ToEnd: toEnd,
		}}
		if err != nil || !reflect.DeepEqual(commands, []Command{want}) {
			t.Errorf("the %s's line: got %#v and %v, want %#v", Side(side), commands, err, want)
		}
	}
	if _, commands, _ = Apply(env, c, TimerFired{TimerTone}, start); strings.Contains(brief(commands), NoteAnnounced) {
		t.Errorf("a tone: got %s, want no entry", brief(commands))
	}
}

// TestToneKeepsItsBeat: at the start of a span and every 15 s of it, even when
// timers fire late, and never while the gate is shut.
func TestToneKeepsItsBeat(t *testing.T) {
	env := announcing(t, true, false)
	c, commands, err := Apply(env, ready(t, env, bothMustAgree), began, start)
	if got, want := brief(commands), "announce with a tone, +tone"; err != nil || got != want {
		t.Fatalf("at the start: got %s and %v, want %s", got, err, want)
	}
	late := 40 * time.Millisecond
	for n := 1; n <= 100; n++ {
		now := start.Add(time.Duration(n)*15*time.Second + late)
		if c, commands, err = Apply(env, c, TimerFired{TimerTone}, now); err != nil || len(announces(t, commands)) != 1 {
			t.Fatalf("tone %d: got %s and %v", n, brief(commands), err)
		}
		timer, _ := commands[len(commands)-1].(StartTimer)
		if next := now.Add(timer.After); !next.Equal(start.Add(time.Duration(n+1) * 15 * time.Second)) {
			t.Fatalf("tone %d is due at %v after the start, want on the beat", n+1, next.Sub(start))
		}
	}
	c, commands, _ = Apply(env, c, Paused{}, start)
	if got, want := brief(commands), "GATE SHUT, note gate.close by paused, -tone, +pause, note pause"; got != want {
		t.Errorf("paused: got %s, want %s", got, want)
	}
	if _, commands, _ = Apply(env, c, TimerFired{TimerTone}, start); len(commands) != 0 {
		t.Errorf("a timer that was under way: got %s, want nothing", brief(commands))
	}
}
