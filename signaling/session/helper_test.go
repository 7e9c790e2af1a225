package session

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/recorder/consent"
	"parley/recorder/consent/table"
	"parley/recorder/consent/words"
	"parley/storage/id"
)

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

const testRecording = id.RecordingID("rec_test")

// embedded are the project's own rules, read once.
var embedded = sync.OnceValues(table.Embedded)

// testEnv judges by the project's own rules and asks in its own words.
func testEnv(t testing.TB) Env {
	t.Helper()
	rules, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	policy := consent.Policy{NeverRecordMinors: true}
	return Env{
		Limits: DefaultLimits(),
		Judge:  func(f consent.Facts) consent.Verdict { return rules.Judge(policy, f) },
		Ask: func(v consent.Verdict, c Call, s Side) words.Question {
			return words.Ask(v, s.party(), words.Context{
				Language: c.Sides[s].Language, Operator: "Example Advice Ltd", RetentionDays: 90,
				Others: map[consent.Party]words.Other{s.Other().party(): {Name: c.Sides[s.Other()].Name}},
			})
		},
	}
}

func party(name, place string, age int) Party {
	p := Party{ID: id.PersonID(name), Name: name, Language: "en"}
	if place != "" {
		p.Signals = []consent.Signal{{Place: place, Source: consent.SourceDeclared}}
	}
	if age > 0 {
		p.Age = &age
	}
	return p
}

// Pairs of places and how their people are asked.
type pair struct{ member, expert string }

var (
	bothMustAgree   = pair{"US-CA", "DE"}
	tellingIsEnough = pair{"US-CA", "US-CA"}
	oneYesIsEnough  = pair{"US-TX", "US-NY"}
)

func newCall(t testing.TB, env Env, places pair) Call {
	t.Helper()
	c, _ := New(env, "call_test", party("maya", places.member, 0), party("lee", places.expert, 0), 1, start)
	return c
}

// after applies events that must not be refused and forgets their commands.
func after(t testing.TB, env Env, c Call, events ...Event) Call {
	t.Helper()
	for _, e := range events {
		if a, ok := e.(anew); ok {
			e = answer(c, a.side, consent.AnswerExpress)
		}
		next, _, err := Apply(env, c, e, start)
		if err != nil {
			t.Fatalf("%T in phase %s: %v", e, c.Phase, err)
		}
		c = next
	}
	return c
}

func yes(c Call, s Side) Answered       { return answer(c, s, consent.AnswerExpress) }
func no(c Call, s Side) Answered        { return answer(c, s, consent.AnswerDeclined) }
func continued(c Call, s Side) Answered { return answer(c, s, consent.AnswerContinued) }

// anew is a yes to whatever the side is asked when its turn comes.
type anew struct{ side Side }

func (anew) event() {}

func answer(c Call, s Side, a consent.Answer) Answered {
	return Answered{Side: s, Hash: c.Sides[s].Question.Hash, Answer: a}
}

func shown(c Call, s Side) Shown { return Shown{Side: s, Hash: c.Sides[s].Question.Hash} }

func accepted() Event { return Accepted{Socket: 2} }

func connected(s Side) Event { return MediaChanged{Side: s, State: MediaConnected} }

// connecting, active and recording bring a fresh call to that point.
func connecting(t testing.TB, env Env, places pair) Call {
	t.Helper()
	return after(t, env, newCall(t, env, places), accepted())
}

func active(t testing.TB, env Env, places pair) Call {
	t.Helper()
	return after(t, env, connecting(t, env, places), connected(Member), connected(Expert), TimerFired{TimerSound})
}

func recording(t testing.TB, env Env, places pair) Call {
	t.Helper()
	c := active(t, env, places)
	c = after(t, env, c, yes(c, Member), yes(c, Expert), CaptureChanged{Light: LightRecording, Recording: testRecording})
	if !c.GateOpen() || c.Light != LightRecording {
		t.Fatalf("gate open %v and light %s, want a call that is recorded", c.GateOpen(), c.Light)
	}
	return c
}

// brief writes commands so that a table can hold them.
func brief(commands []Command) string {
	var out []string
	for _, c := range commands {
		switch c := c.(type) {
		case WarmMedia:
			out = append(out, "warm")
		case OpenMedia:
			out = append(out, "media "+c.Side.String())
			if c.Relay {
				out[len(out)-1] += " by relay"
			}
		case OpenSound:
			out = append(out, "sound")
		case CloseSound:
			out = append(out, "silence")
		case EndMedia:
			out = append(out, "end media")
		case Note:
			out = append(out, "note "+c.Kind+detail(c.Body))
		case OpenGate:
			out = append(out, "GATE OPEN")
		case CloseGate:
			out = append(out, "GATE SHUT")
		case FinishRecording:
			out = append(out, "finish")
		case StartTimer:
			out = append(out, "+"+string(c.Timer))
		case StopTimer:
			out = append(out, "-"+string(c.Timer))
		case HoldPart:
			out = append(out, "hold part")
		case KeepPart:
			out = append(out, "keep part")
		case ErasePart:
			out = append(out, "ERASE PART")
		case PlayNotice:
			out = append(out, "speak to "+c.Side.String())
		case StopNotice:
			out = append(out, "hush "+c.Side.String())
		case Announce:
			out = append(out, map[bool]string{true: "announce with a tone", false: "announce"}[c.Tone])
		default:
			out = append(out, fmt.Sprintf("%T", c))
		}
	}
	return strings.Join(out, ", ")
}

func detail(body any) string {
	switch b := body.(type) {
	case NoticeShown:
		return " " + b.Side
	case AnswerGiven:
		answer := b.Answer
		if b.Method != "button" {
			answer = b.Method
		}
		return " " + b.Side + " " + answer
	case PartDecided:
		return " " + b.Part + " by " + b.Why
	case NoticeSpoken:
		if b.ToEnd {
			return " to the " + b.Side
		}
		return " in part to the " + b.Side
	case GateChanged:
		return " by " + b.Reason
	}
	return ""
}
