package session

import (
	"errors"
	"testing"
	"time"

	"parley/recorder/consent"
	"parley/recorder/consent/receipt"
	"parley/recorder/consent/words"
)

func TestNewCall(t *testing.T) {
	env := testEnv(t)
	c, commands := New(env, "call_test", party("maya", "US-CA", 0), party("lee", "DE", 0), 7, start)
	if got, want := brief(commands), "+ring, media member, note verdict"; got != want {
		t.Errorf("commands: got %s, want %s", got, want)
	}
	if c.Phase != Ringing || c.GateOpen() || c.Light != LightOff || c.Sides[Member].Socket != 7 || c.Sides[Expert].Socket != 0 {
		t.Errorf("got %+v, want a call that rings, unrecorded, its sound in tab 7", c)
	}
	for s, p := range c.Sides {
		if p.Question.Kind != words.KindQuestion || p.Question.Hash == "" {
			t.Errorf("%s: got a %s with hash %q, want a question", Side(s), p.Question.Kind, p.Question.Hash)
		}
	}
	note, _ := commands[2].(Note)
	if j, ok := note.Body.(receipt.Judgement); !ok || j.Decision != consent.DontRecord || j.TableVersion == "" {
		t.Errorf("verdict: got %+v, want dont_record with the version of the rules", note.Body)
	}
	for who, want := range map[string]bool{"maya": true, "lee": true, "noah": false} {
		if _, ok := c.SideOf(party(who, "", 0).ID); ok != want {
			t.Errorf("SideOf(%s): got %v, want %v", who, ok, want)
		}
	}
}

func TestSound(t *testing.T) {
	env := testEnv(t)
	tests := []struct {
		name   string
		places pair
		events func(Call) []Event
		want   Phase
	}{
		{"nobody connected", bothMustAgree, func(c Call) []Event { return []Event{yes(c, Member), yes(c, Expert)} }, Connecting},
		{"one connected", bothMustAgree, func(c Call) []Event {
			return []Event{yes(c, Member), yes(c, Expert), connected(Member)}
		}, Connecting},
		{"questions open", bothMustAgree, func(Call) []Event { return []Event{connected(Member), connected(Expert)} }, Connecting},
		{"one question open", bothMustAgree, func(c Call) []Event {
			return []Event{connected(Member), connected(Expert), yes(c, Member)}
		}, Connecting},
		{"both answered", bothMustAgree, func(c Call) []Event {
			return []Event{connected(Member), connected(Expert), yes(c, Member), no(c, Expert)}
		}, Active},
		{"answered first", bothMustAgree, func(c Call) []Event {
			return []Event{no(c, Member), yes(c, Expert), connected(Expert), connected(Member)}
		}, Active},
		{"withdrawn counts as answered", bothMustAgree, func(c Call) []Event {
			return []Event{Withdrew{Member}, no(c, Expert), connected(Expert), connected(Member)}
		}, Active},
		{"time is up", bothMustAgree, func(Call) []Event {
			return []Event{connected(Member), connected(Expert), TimerFired{TimerSound}}
		}, Active},
		{"time is up before they are connected", bothMustAgree, func(Call) []Event {
			return []Event{TimerFired{TimerSound}, connected(Member), connected(Expert)}
		}, Active},
		{"notices were taken", tellingIsEnough, func(c Call) []Event {
			return []Event{connected(Member), connected(Expert), continued(c, Member), shown(c, Expert), TimerFired{timerNotice(Expert)}}
		}, Active},
		{"lost again before the other came", bothMustAgree, func(c Call) []Event {
			return []Event{no(c, Member), no(c, Expert), connected(Member), MediaChanged{Member, MediaLost}, connected(Expert)}
		}, Connecting},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := connecting(t, env, tt.places)
			c = after(t, env, c, tt.events(c)...)
			if c.Phase != tt.want || c.ConnectedAt.IsZero() != (tt.want != Active) {
				t.Errorf("got phase %s, connected at %v, want %s", c.Phase, c.ConnectedAt, tt.want)
			}
		})
	}
}

// TestReplayedYes: each asking has a number, so that a yes from before a no says
// nothing after it; a yes to what is asked now does.
func TestReplayedYes(t *testing.T) {
	env := testEnv(t)
	tests := []struct {
		name string
		end  func(Call) Event // of the asking
	}{
		{"withdrawn", func(Call) Event { return Withdrew{Member} }},
		{"said no after the yes", func(c Call) Event { return no(c, Member) }},
		{"expired", func(Call) Event { return TimerFired{timerAnswer(Member)} }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := recording(t, env, bothMustAgree)
			old := yes(c, Member)
			if old.Hash == "" || c.Sides[Member].Asking != 1 {
				t.Fatalf("first asking: got %+v", c.Sides[Member])
			}
			c = after(t, env, c, old, tt.end(c)) // said twice in its time, it is one yes
			next, commands, err := Apply(env, c, old, start)
			if !errors.Is(err, ErrStaleQuestion) || len(commands) > 0 || next.GateOpen() {
				t.Errorf("replayed: got %v and %s, gate open %v; want it refused as stale", err, brief(commands), next.GateOpen())
			}
			if c = after(t, env, c, anew{Member}); !c.GateOpen() || c.Sides[Member].Asking != 2 {
				t.Errorf("a new yes: got gate open %v at asking %d, want it open at the second", c.GateOpen(), c.Sides[Member].Asking)
			}
		})
	}
}

func TestNothingHoldsWhoIsNotAsked(t *testing.T) {
	env := testEnv(t)
	child := party("maya", "DE", 12)
	c, _ := New(env, "call_test", child, party("lee", "DE", 0), 1, start)
	if k := c.Sides[Expert].Question.Kind; k != words.KindNone {
		t.Fatalf("beside a child: got a %s, want none", k)
	}
	c = after(t, env, c, accepted(), connected(Member), connected(Expert))
	if c.Phase != Active || c.GateOpen() {
		t.Errorf("got phase %s and gate open %v, want active and unrecorded", c.Phase, c.GateOpen())
	}
}

func TestWhenTheGateOpens(t *testing.T) {
	env := testEnv(t)
	tests := []struct {
		name   string
		places pair
		events func(Call) []Event
		open   bool
	}{
		{"both must agree, one did", bothMustAgree, func(c Call) []Event { return []Event{yes(c, Member)} }, false},
		{"both must agree, both did", bothMustAgree, func(c Call) []Event { return []Event{yes(c, Member), yes(c, Expert)} }, true},
		{"both must agree, one refused", bothMustAgree, func(c Call) []Event { return []Event{yes(c, Member), no(c, Expert)} }, false},
		{"refused, then agreed", bothMustAgree, func(c Call) []Event {
			return []Event{yes(c, Member), no(c, Expert), anew{Expert}}
		}, true},
		{"withdrawn", bothMustAgree, func(c Call) []Event { return []Event{yes(c, Member), yes(c, Expert), Withdrew{Member}} }, false},
		{"withdrawn, then agreed again", bothMustAgree, func(c Call) []Event {
			return []Event{yes(c, Member), yes(c, Expert), Withdrew{Member}, anew{Member}}
		}, true},
		{"telling is enough, one was told", tellingIsEnough, func(c Call) []Event { return []Event{continued(c, Member)} }, false},
		{"telling is enough, both went on", tellingIsEnough, func(c Call) []Event {
			return []Event{continued(c, Member), continued(c, Expert)}
		}, true},
		{"telling is enough, shown only", tellingIsEnough, func(c Call) []Event {
			return []Event{shown(c, Member), shown(c, Expert)}
		}, false},
		{"telling is enough, stayed on", tellingIsEnough, func(c Call) []Event {
			return []Event{shown(c, Member), shown(c, Expert), TimerFired{timerNotice(Member)}, TimerFired{timerNotice(Expert)}}
		}, true},
		{"telling is enough, stayed on unseen", tellingIsEnough, func(c Call) []Event {
			return []Event{continued(c, Member), TimerFired{timerNotice(Expert)}}
		}, false},
		{"telling is enough, withdrawn and stayed on", tellingIsEnough, func(c Call) []Event {
			return []Event{continued(c, Member), shown(c, Expert), Withdrew{Expert}, TimerFired{timerNotice(Expert)}}
		}, false},
		{"one yes is enough, none", oneYesIsEnough, func(c Call) []Event { return []Event{shown(c, Member), shown(c, Expert)} }, false},
		{"one yes is enough, one", oneYesIsEnough, func(c Call) []Event { return []Event{yes(c, Expert)} }, true},
		{"one yes is enough, a yes and a no", oneYesIsEnough, func(c Call) []Event {
			return []Event{yes(c, Expert), no(c, Member)}
		}, false},
		{"places unknown, one yes", pair{"", ""}, func(c Call) []Event { return []Event{yes(c, Expert)} }, false},
		{"places unknown, both", pair{"", ""}, func(c Call) []Event { return []Event{yes(c, Expert), yes(c, Member)} }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := active(t, env, tt.places)
			c = after(t, env, c, tt.events(c)...)
			if c.GateOpen() != tt.open {
				t.Errorf("gate: got open %v, want %v (%s by %s)", c.GateOpen(), tt.open, c.Verdict.Decision, c.Verdict.Rule)
			}
		})
	}
}

func TestConsentBeforeTheCallIsActiveOpensLater(t *testing.T) {
	env := testEnv(t)
	c := newCall(t, env, bothMustAgree)
	c = after(t, env, c, yes(c, Member), yes(c, Expert), accepted(), connected(Member))
	if c.GateOpen() {
		t.Fatal("the gate is open before sound is")
	}
	next, commands, err := Apply(env, c, connected(Expert), start)
	if err != nil {
		t.Fatal(err)
	}
	want := "-lost-expert, -setup, -sound, sound, note gate.open by verdict, GATE OPEN"
	if got := brief(commands); got != want || !next.GateOpen() {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestTheGateClosesBeforeAnythingIsWritten: the ledger may take seconds.
func TestTheGateClosesBeforeAnythingIsWritten(t *testing.T) {
	env := testEnv(t)
	c := active(t, env, oneYesIsEnough)
	c = after(t, env, c, yes(c, Member))
	_, commands, err := Apply(env, c, no(c, Expert), start)
	if err != nil {
		t.Fatal(err)
	}
	want := "GATE SHUT, note gate.close by button, note notice.shown expert, -notice-expert, note answer expert declined, -answer-expert, note verdict"
	if got := brief(commands); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestNotices(t *testing.T) {
	env := testEnv(t)
	c := active(t, env, tellingIsEnough)
	next, commands, err := Apply(env, c, shown(c, Member), start)
	if got, want := brief(commands), "note notice.shown member, +notice-member"; got != want || err != nil {
		t.Errorf("shown: got %s and %v, want %s", got, err, want)
	}
	next, commands, err = Apply(env, next, TimerFired{timerNotice(Member)}, start)
	if got, want := brief(commands), "-notice-member, note answer member stayed_on, +answer-member"; got != want || err != nil {
		t.Errorf("stayed on: got %s and %v, want %s", got, err, want)
	}
	if a := next.Sides[Member].Answer; a != consent.AnswerContinued {
		t.Errorf("answer: got %q, want continued", a)
	}
	for name, first := range map[string]Event{"a no": no(c, Member), "a withdrawal": Withdrew{Member}} {
		refused := after(t, env, c, first)
		_, _, err := Apply(env, refused, continued(refused, Member), start)
		if !errors.Is(err, ErrNotANotice) {
			t.Errorf("going on after %s: got %v, want ErrNotANotice", name, err)
		}
	}
	agreed := after(t, env, c, yes(c, Member))
	next, commands, err = Apply(env, agreed, continued(c, Member), start)
	if err != nil || len(commands) > 0 || next.Sides[Member].Answer != consent.AnswerExpress {
		t.Errorf("going on after a yes: got %q, %s and %v, want the yes to stand", next.Sides[Member].Answer, brief(commands), err)
	}
}

func TestLost(t *testing.T) {
	env := testEnv(t)
	lost := func(s Side) Event { return MediaChanged{s, MediaLost} }
	tests := []struct {
		name   string
		call   Call
		events []Event
		phase  Phase
		end    EndReason
	}{
		{"came back", active(t, env, bothMustAgree), []Event{lost(Member), connected(Member), TimerFired{timerLost(Member)}}, Active, ""},
		{"stayed away", active(t, env, bothMustAgree), []Event{lost(Member), TimerFired{timerLost(Member)}}, Ended, EndDropped},
		{"the other stayed away", active(t, env, bothMustAgree), []Event{lost(Expert), TimerFired{timerLost(Expert)}}, Ended, EndDropped},
		{"moved and never came up", active(t, env, bothMustAgree), []Event{Joined{Member, 9}, TimerFired{timerLost(Member)}}, Ended, EndDropped},
		{"away while it rang", newCall(t, env, bothMustAgree), []Event{lost(Member), TimerFired{timerLost(Member)}}, Ended, EndCancelled},
		{"away while it was set up", connecting(t, env, bothMustAgree), []Event{lost(Expert), TimerFired{timerLost(Expert)}}, Ended, EndDropped},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := after(t, env, tt.call, tt.events...)
			if c.Phase != tt.phase || c.End != tt.end {
				t.Errorf("got %s %s, want %s %s", c.Phase, c.End, tt.phase, tt.end)
			}
		})
	}
}

func TestLosingAgainKeepsTheFirstTimer(t *testing.T) {
	env := testEnv(t)
	c := after(t, env, active(t, env, bothMustAgree), MediaChanged{Member, MediaLost})
	if _, commands, _ := Apply(env, c, MediaChanged{Member, MediaLost}, start); len(commands) > 0 {
		t.Errorf("lost twice: got %s, want nothing, or a dead side would never be dropped", brief(commands))
	}
}

func TestLight(t *testing.T) {
	env := testEnv(t)
	c := recording(t, env, bothMustAgree)
	at := start.Add(time.Minute)
	tests := []struct {
		name   string
		before []Event
		event  CaptureChanged
		want   Light
	}{
		{"nothing is saved", nil, CaptureChanged{Light: LightProblem}, LightProblem},
		{"saved again", []Event{CaptureChanged{Light: LightProblem}}, CaptureChanged{Light: LightRecording}, LightRecording},
		{"stopped", []Event{Withdrew{Member}}, CaptureChanged{Light: LightStopped}, LightStopped},
		{"a late report of capture after a withdrawal", []Event{Withdrew{Member}, CaptureChanged{Light: LightStopped}}, CaptureChanged{Light: LightRecording}, LightStopped},
		{"a late report of silence after a withdrawal", []Event{Withdrew{Member}, CaptureChanged{Light: LightStopped}}, CaptureChanged{Light: LightProblem}, LightStopped},
		{"stopped at the end", []Event{HungUp{Member}}, CaptureChanged{Light: LightStopped}, LightStopped},
		{"a late report of capture after the end", []Event{HungUp{Member}, CaptureChanged{Light: LightStopped}}, CaptureChanged{Light: LightRecording}, LightStopped},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := after(t, env, c, tt.before...)
			got, commands, err := Apply(env, before, tt.event, at)
			if err != nil || len(commands) > 0 {
				t.Fatalf("got %s and %v, want nothing to do", brief(commands), err)
			}
			if got.Light != tt.want || got.Recording != testRecording {
				t.Errorf("got %s of %q, want %s of %q", got.Light, got.Recording, tt.want, testRecording)
			}
			if changed := got.Light != before.Light; changed != got.LightSince.Equal(at) {
				t.Errorf("since: got %v, changed %v", got.LightSince, changed)
			}
		})
	}
}
