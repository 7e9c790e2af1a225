package session

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/recorder/consent"
)

// ending is what the end of every call does.
const ending = "-ring, -delay, -setup, -sound, -pause, -warn, -limit, -lost-member, -notice-member, -answer-member, " +
	"-lost-expert, -notice-expert, -answer-expert, end media, finish"

// outcome tells in a line what an event did to a call.
func outcome(c Call, commands []Command, err error) string {
	switch {
	case errors.Is(err, ErrWrongPhase):
		return "wrong phase"
	case errors.Is(err, ErrElsewhere):
		return "elsewhere"
	case errors.Is(err, ErrStaleQuestion):
		return "stale question"
	case errors.Is(err, ErrNotANotice):
		return "not a notice"
	case err != nil:
		return err.Error()
	}
	state := string(c.Phase)
	if c.Phase == Ended {
		state += " " + string(c.End)
	}
	if text := brief(commands); text != "" {
		state += ": " + strings.Replace(text, ending, "all over", 1)
	}
	return state
}

type phaseRow struct {
	name  string
	event func(Call) Event
	want  [5]string // ringing, connecting, active, active and recorded, ended
}

func is(e Event) func(Call) Event { return func(Call) Event { return e } }

// phaseRows is every event at every point of a call whose two people must both
// say yes.
func phaseRows() []phaseRow {
	return []phaseRow{
		{"accepted", is(Accepted{Socket: 7}), [5]string{
			"connecting: -ring, -delay, +setup, +sound, media expert",
			"elsewhere",
			"elsewhere",
			"elsewhere",
			"ended completed",
		}},
		{"delayed", is(Delayed{}), [5]string{"ringing: -ring, +delay", "connecting", "active", "active", "ended completed"}},
		{"declined", is(Declined{}), [5]string{
			"ended declined: all over",
			"wrong phase",
			"wrong phase",
			"wrong phase",
			"ended completed",
		}},
		{"member hangs up", is(HungUp{Member}), [5]string{
			"ended cancelled: all over",
			"ended completed: all over",
			"ended completed: all over",
			"ended completed: GATE SHUT, note gate.close by call ended, all over",
			"ended completed",
		}},
		{"expert hangs up", is(HungUp{Expert}), [5]string{
			"ended declined: all over",
			"ended completed: all over",
			"ended completed: all over",
			"ended completed: GATE SHUT, note gate.close by call ended, all over",
			"ended completed",
		}},
		{"member joins", is(Joined{Member, 8}), [5]string{
			"ringing: +lost-member, media member",
			"connecting: +lost-member, media member",
			"active: +lost-member, media member",
			"active: +lost-member, media member",
			"ended completed",
		}},
		{"expert joins", is(Joined{Expert, 8}), [5]string{
			"wrong phase",
			"connecting: +lost-expert, media expert",
			"active: +lost-expert, media expert",
			"active: +lost-expert, media expert",
			"ended completed",
		}},
		{"a tab of the expert's asks to be warmed", is(Warmed{Socket: 7}), [5]string{
			"ringing: warm",
			"connecting",
			"active",
			"active",
			"ended completed",
		}},
		{"member connected", is(connected(Member)), [5]string{
			"ringing: -lost-member",
			"connecting: -lost-member",
			"active: -lost-member",
			"active: -lost-member",
			"ended completed",
		}},
		{"expert connected", is(connected(Expert)), [5]string{
			"ringing: -lost-expert",
			"connecting: -lost-expert",
			"active: -lost-expert",
			"active: -lost-expert",
			"ended completed",
		}},
		{"member connecting", is(MediaChanged{Member, MediaConnecting}), [5]string{
			"ringing",
			"connecting",
			"active: +lost-member",
			"active: +lost-member",
			"ended completed",
		}},
		{"member lost", is(MediaChanged{Member, MediaLost}), [5]string{
			"ringing: +lost-member",
			"connecting: +lost-member",
			"active: +lost-member",
			"active: +lost-member",
			"ended completed",
		}},
		{"expert lost", is(MediaChanged{Expert, MediaLost}), [5]string{
			"ringing: +lost-expert",
			"connecting: +lost-expert",
			"active: +lost-expert",
			"active: +lost-expert",
			"ended completed",
		}},
		{"member's media failed", is(MediaFailed{Member}), [5]string{
			"ended failed: all over",
			"ended failed: all over",
			"ended failed: all over",
			"ended failed: GATE SHUT, note gate.close by call ended, all over",
			"ended completed",
		}},
		{"expert's media failed", is(MediaFailed{Expert}), [5]string{
			"ended failed: all over",
			"ended failed: all over",
			"ended failed: all over",
			"ended failed: GATE SHUT, note gate.close by call ended, all over",
			"ended completed",
		}},
		{"member was shown", func(c Call) Event { return shown(c, Member) }, [5]string{
			"ringing: note notice.shown member",
			"connecting: note notice.shown member",
			"active: note notice.shown member",
			"active",
			"ended completed",
		}},
		{"another wording was shown", is(Shown{Member, "stale"}), [5]string{
			"stale question",
			"stale question",
			"stale question",
			"stale question",
			"ended completed",
		}},
		{"member says yes", func(c Call) Event { return yes(c, Member) }, [5]string{
			"ringing: note notice.shown member, -notice-member, note answer member express, +answer-member",
			"connecting: note notice.shown member, -notice-member, note answer member express, +answer-member",
			"active: note notice.shown member, -notice-member, note answer member express, +answer-member",
			"active",
			"ended completed",
		}},
		{"expert says no", func(c Call) Event { return no(c, Expert) }, [5]string{
			"ringing: note notice.shown expert, -notice-expert, note answer expert declined, -answer-expert, note verdict",
			"connecting: note notice.shown expert, -notice-expert, note answer expert declined, -answer-expert, note verdict",
			"active: note notice.shown expert, -notice-expert, note answer expert declined, -answer-expert, note verdict",
			"active: GATE SHUT, note gate.close by button, -notice-expert, note answer expert declined, -answer-expert, hold part, note verdict",
			"ended completed",
		}},
		{"member goes on", func(c Call) Event { return continued(c, Member) }, [5]string{
			"not a notice",
			"not a notice",
			"not a notice",
			"not a notice",
			"ended completed",
		}},
		{"member answers another wording", is(Answered{Member, "stale", consent.AnswerExpress}), [5]string{
			"stale question",
			"stale question",
			"stale question",
			"stale question",
			"ended completed",
		}},
		{"no to another wording", is(Answered{Member, "stale", consent.AnswerDeclined}), [5]string{
			"ringing: -notice-member, note answer member declined, -answer-member, note verdict",
			"connecting: -notice-member, note answer member declined, -answer-member, note verdict",
			"active: -notice-member, note answer member declined, -answer-member, note verdict",
			"active: GATE SHUT, note gate.close by button, -notice-member, note answer member declined, -answer-member, hold part, note verdict",
			"ended completed",
		}},
		{"member withdraws", is(Withdrew{Member}), [5]string{
			"ringing: -notice-member, note answer member withdrawn, -answer-member, note verdict",
			"connecting: -notice-member, note answer member withdrawn, -answer-member, note verdict",
			"active: -notice-member, note answer member withdrawn, -answer-member, note verdict",
			"active: GATE SHUT, note gate.close by withdrawn, -notice-member, note answer member withdrawn, -answer-member, hold part, note verdict",
			"ended completed",
		}},
		{"expert withdraws", is(Withdrew{Expert}), [5]string{
			"ringing: -notice-expert, note answer expert withdrawn, -answer-expert, note verdict",
			"connecting: -notice-expert, note answer expert withdrawn, -answer-expert, note verdict",
			"active: -notice-expert, note answer expert withdrawn, -answer-expert, note verdict",
			"active: GATE SHUT, note gate.close by withdrawn, -notice-expert, note answer expert withdrawn, -answer-expert, hold part, note verdict",
			"ended completed",
		}},
		{"seen where it is known to be", is(Seen{Side: Member, Signals: party("maya", "US-CA", 0).Signals}), [5]string{
			"ringing",
			"connecting",
			"active",
			"active",
			"ended completed",
		}},
		{"seen elsewhere", is(Seen{Side: Member, Signals: party("maya", "US-WA", 0).Signals}), [5]string{
			"ringing: note place.seen, -notice-member, -notice-expert, note verdict",
			"connecting: note place.seen, -notice-member, -notice-expert, note verdict",
			"active: note place.seen, -notice-member, -notice-expert, note verdict",
			// Both said yes, which meets every rule: it goes on, in a new span.
			"active: GATE SHUT, note gate.close by place, note place.seen, -notice-member, -notice-expert, note verdict, note gate.open by verdict, GATE OPEN",
			"ended completed",
		}},
		{"known to be a child", is(Seen{Side: Member, Age: new(12)}), [5]string{
			"ringing: note place.seen, -notice-member, -notice-expert, note verdict",
			"connecting: note place.seen, -notice-member, -notice-expert, note verdict",
			"active: note place.seen, -notice-member, -notice-expert, note verdict",
			"active: GATE SHUT, note gate.close by place, note place.seen, -notice-member, -notice-expert, note verdict",
			"ended completed",
		}},
		{"somebody joins", is(PartyJoined{}), [5]string{
			"ringing: note party.joined, -notice-member, -notice-expert, note verdict",
			"connecting: note party.joined, -notice-member, -notice-expert, note verdict",
			"active: note party.joined, -notice-member, -notice-expert, note verdict",
			"active: GATE SHUT, note gate.close by party, note party.joined, -notice-member, -notice-expert, note verdict",
			"ended completed",
		}},
		{"member's answer is too old", is(TimerFired{timerAnswer(Member)}), [5]string{
			"ringing",
			"connecting",
			"active",
			"active: GATE SHUT, note gate.close by expired, -notice-member, -answer-member, note answer.void, note verdict",
			"ended completed",
		}},
		{"the expert pauses", is(Paused{}), [5]string{
			"wrong phase",
			"connecting: +pause, note pause",
			"active: +pause, note pause",
			"active: GATE SHUT, note gate.close by paused, +pause, note pause",
			"ended completed",
		}},
		{"the expert resumes what was not paused", is(Resumed{}), [5]string{
			"ringing",
			"connecting",
			"active",
			"active",
			"ended completed",
		}},
		{"the member holds", is(Held{Side: Member, On: true}), [5]string{
			"wrong phase",
			"wrong phase",
			"active: silence, note hold",
			"active: GATE SHUT, note gate.close by hold, silence, note hold",
			"ended completed",
		}},
		{"the expert takes back what was not on hold", is(Held{Side: Expert}), [5]string{
			"wrong phase",
			"wrong phase",
			"active",
			"active",
			"ended completed",
		}},
		{"the warning of a limit", is(TimerFired{TimerWarn}), [5]string{
			"ringing",
			"connecting",
			"active: +limit",
			"active: +limit",
			"ended completed",
		}},
		{"a limit that nobody was warned of", is(TimerFired{TimerLimit}), [5]string{
			"ringing",
			"connecting",
			"active",
			"active",
			"ended completed",
		}},
		{"accepted once more in the same tab", is(Accepted{Socket: 2}), [5]string{
			"connecting: -ring, -delay, +setup, +sound, media expert",
			"connecting",
			"active",
			"active",
			"ended completed",
		}},
		{"the ledger fails", is(LedgerFailed{}), [5]string{
			"ringing",
			"connecting",
			"active",
			"active: GATE SHUT, note gate.close by ledger",
			"ended completed",
		}},
		{"the recorder fails", is(GateFailed{}), [5]string{
			"ringing",
			"connecting",
			"active",
			"active: GATE SHUT, note gate.close by recorder",
			"ended completed",
		}},
		{"ring time-out", is(TimerFired{TimerRing}), [5]string{
			"ended no_answer: all over",
			"connecting",
			"active",
			"active",
			"ended completed",
		}},
		{"setup time-out", is(TimerFired{TimerSetup}), [5]string{
			"ringing",
			"ended failed: all over",
			"active",
			"active",
			"ended completed",
		}},
		{"sound time-out", is(TimerFired{TimerSound}), [5]string{
			"ringing",
			"connecting",
			"active",
			"active",
			"ended completed",
		}},
		{"member lost for too long", is(TimerFired{timerLost(Member)}), [5]string{
			"ended cancelled: all over",
			"ended dropped: all over",
			"active",
			"active",
			"ended completed",
		}},
		{"expert lost for too long", is(TimerFired{timerLost(Expert)}), [5]string{
			"ended cancelled: all over",
			"ended dropped: all over",
			"active",
			"active",
			"ended completed",
		}},
		{"notice time-out", is(TimerFired{timerNotice(Member)}), [5]string{
			"ringing",
			"connecting",
			"active",
			"active",
			"ended completed",
		}},
		{"unknown timer", is(TimerFired{"tea"}), [5]string{
			"ringing",
			"connecting",
			"active",
			"active",
			"ended completed",
		}},
		{"capture begins", is(CaptureChanged{LightRecording, testRecording}), [5]string{
			"ringing",
			"connecting",
			"active",
			"active",
			"ended completed",
		}},
		{"capture has a problem", is(CaptureChanged{Light: LightProblem}), [5]string{
			"ringing",
			"connecting",
			"active",
			"active",
			"ended completed",
		}},
		{"capture has stopped", is(CaptureChanged{Light: LightStopped}), [5]string{
			"ringing",
			"connecting",
			"active",
			"active",
			"ended completed",
		}},
	}
}

func TestEveryEventInEveryPhase(t *testing.T) {
	env := testEnv(t)
	recorded := recording(t, env, bothMustAgree)
	points := []struct {
		name string
		call Call
	}{
		{"ringing", newCall(t, env, bothMustAgree)},
		{"connecting", connecting(t, env, bothMustAgree)},
		{"active", active(t, env, bothMustAgree)},
		{"recorded", recorded},
		{"ended", after(t, env, recorded, HungUp{Member})},
	}
	for _, row := range phaseRows() {
		for i, p := range points {
			t.Run(row.name+", "+p.name, func(t *testing.T) {
				next, commands, err := Apply(env, p.call, row.event(p.call), start.Add(time.Minute))
				if got := outcome(next, commands, err); got != row.want[i] {
					t.Errorf("got  %s\nwant %s", got, row.want[i])
				}
				if err != nil && !reflect.DeepEqual(next, p.call) {
					t.Errorf("a refused event changed the call: got %+v, want %+v", next, p.call)
				}
			})
		}
	}
}
