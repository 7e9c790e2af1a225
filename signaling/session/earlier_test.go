package session

import (
	"strings"
	"testing"
	"time"

	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/consent/words"
)

// remembering is an environment that lets earlier answers count for half a year.
func remembering(t testing.TB) Env {
	t.Helper()
	env := testEnv(t)
	policy := consent.EarlierPolicy{Allowed: true, MaxAgeDays: 180}
	env.Earlier = func(v consent.Verdict, e consent.Earlier, version string) bool {
		counts, _ := policy.Counts(v, e, consent.Scope{Purpose: []string{"Quality review"}, Wording: version})
		return counts
	}
	plain := env.Ask
	env.Ask = func(v consent.Verdict, c Call, s Side) words.Question {
		if !c.Sides[s].Standing {
			return plain(v, c, s)
		}
		return words.Ask(v, s.party(), words.Context{Operator: "Example Advice Ltd", AgreedOn: c.Sides[s].Earlier.At.Format(time.DateOnly)})
	}
	return env
}

// agreed is somebody who said yes a while ago to the words that are shipped.
func agreed(t testing.TB, name, place string, ago time.Duration) Party {
	t.Helper()
	p := party(name, place, 0)
	p.Earlier = &EarlierAnswer{
		Earlier: consent.Earlier{
			Answer: consent.AnswerExpress, AgeS: int64(ago / time.Second), Purpose: []string{"Quality review"},
			Wording: words.Ask(consent.Verdict{}, consent.Caller, words.Context{}).Version,
		},
		Receipt: strings.Repeat("ab", 32), At: start.Add(-ago),
	}
	return p
}

const day = 24 * time.Hour

// TestEarlierYes: within its scope it counts once the person has been told of it
// in this call; a no ends it, and it does not come back.
func TestEarlierYes(t *testing.T) {
	env := remembering(t)
	c, _ := New(env, "call_test", agreed(t, "maya", "US-TX", 30*day), party("lee", "US-NY", 0), 1, start)
	if q := c.Sides[Member].Question; q.Kind != words.KindNotice || !c.Sides[Member].Standing {
		t.Fatalf("got a %s, want the member to be told and not asked", q.Kind)
	}
	if q := c.Sides[Expert].Question; q.Kind != words.KindQuestion {
		t.Errorf("the expert gets a %s, want the question", q.Kind)
	}
	c = after(t, env, c, accepted(), connected(Member), connected(Expert), TimerFired{TimerSound})
	if c.GateOpen() {
		t.Fatal("the gate is open before the member was told")
	}
	told, commands, err := Apply(env, c, shown(c, Member), start)
	if err != nil || !told.GateOpen() {
		t.Fatalf("told: gate open %v and %v, want it open", told.GateOpen(), err)
	}
	var given AnswerGiven
	for _, cmd := range commands {
		if n, ok := cmd.(Note); ok && n.Kind == NoteAnswer {
			given = n.Body.(AnswerGiven)
		}
	}
	if given.Method != ledger.MethodEarlier || given.Earlier == nil || given.Earlier.Receipt != strings.Repeat("ab", 32) {
		t.Errorf("ledger: got %+v, want the answer to name the earlier receipt", given)
	}
	stopped := after(t, env, told, Withdrew{Member})
	if q := stopped.Sides[Member].Question; stopped.GateOpen() || q.Kind != words.KindQuestion {
		t.Errorf("withdrawn: gate open %v and a %s, want it shut and the question", stopped.GateOpen(), q.Kind)
	}
	if again := after(t, env, stopped, shown(stopped, Member)); again.GateOpen() {
		t.Error("the earlier yes came back after it was withdrawn")
	}
}

// TestEarlierYesThatDoesNotCount: the person is asked as everybody is.
func TestEarlierYesThatDoesNotCount(t *testing.T) {
	change := func(f func(e *EarlierAnswer)) Party {
		p := agreed(t, "maya", "US-TX", 30*day)
		f(p.Earlier)
		return p
	}
	rows := map[string]struct {
		member Party
		expert string
	}{
		"too old":         {agreed(t, "maya", "US-TX", 181*day), "US-NY"},
		"from the future": {agreed(t, "maya", "US-TX", -day), "US-NY"},
		"withdrawn":       {change(func(e *EarlierAnswer) { e.Withdrawn = true }), "US-NY"},
		"a no":            {change(func(e *EarlierAnswer) { e.Answer = consent.AnswerDeclined }), "US-NY"},
		"went on":         {change(func(e *EarlierAnswer) { e.Answer = consent.AnswerContinued }), "US-NY"},
		"other purposes":  {change(func(e *EarlierAnswer) { e.Purpose = []string{"Training"} }), "US-NY"},
		"other words":     {change(func(e *EarlierAnswer) { e.Wording = "en-1" }), "US-NY"},
		"asked each time": {agreed(t, "maya", "US-CA", 30*day), "DE"},
		"place unknown":   {agreed(t, "maya", "", 30*day), "US-NY"},
	}
	for name, r := range rows {
		t.Run(name, func(t *testing.T) {
			env := remembering(t)
			c, _ := New(env, "call_test", r.member, party("lee", r.expert, 0), 1, start)
			c = after(t, env, c, accepted(), connected(Member), connected(Expert), TimerFired{TimerSound}, shown(c, Member))
			if c.GateOpen() || c.Sides[Member].Answer != consent.AnswerNone || c.Sides[Member].Question.Kind != words.KindQuestion {
				t.Errorf("got gate open %v, answer %q, a %s; want the question, unanswered", c.GateOpen(), c.Sides[Member].Answer, c.Sides[Member].Question.Kind)
			}
		})
	}
}

// TestEarlierYesInAnotherPlace: where the call turns out to be in a place that wants
// a yes each time, the gate shuts and the person is asked.
func TestEarlierYesInAnotherPlace(t *testing.T) {
	env := remembering(t)
	c, _ := New(env, "call_test", agreed(t, "maya", "US-TX", 30*day), party("lee", "US-NY", 0), 1, start)
	c = after(t, env, c, accepted(), connected(Member), connected(Expert), TimerFired{TimerSound}, shown(c, Member))
	if !c.GateOpen() {
		t.Fatal("the gate is shut, want a call that is recorded")
	}
	c = after(t, env, c, Seen{Side: Expert, Signals: []consent.Signal{{Place: "DE", Source: consent.SourceStated}}})
	if p := c.Sides[Member]; c.GateOpen() || p.Answer != consent.AnswerNone || p.Question.Kind != words.KindQuestion {
		t.Errorf("got gate open %v, answer %q, a %s; want it shut and the member asked", c.GateOpen(), p.Answer, p.Question.Kind)
	}
}
