package statistics_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/statistics"
)

var (
	march = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	later = march.AddDate(0, 2, 0)
)

// call is one of some people with an outcome; it lasts two minutes.
func call(member, expert int, o statistics.Outcome) meta.Call {
	at, end := march.Add(time.Hour), march.Add(time.Hour+2*time.Minute)
	c := meta.Call{
		ID: id.NewCall(at), MemberID: id.PersonID(fmt.Sprint("m", member)), ExpertID: id.PersonID(fmt.Sprint("e", expert)), CreatedAt: at, EndedAt: &end,
	}
	if o != statistics.NotConnected {
		c.ConnectedAt = &at
	}
	if o == statistics.Recorded {
		c.RecordingID = new(id.RecordingID)
	}
	return c
}

func tell(calls []meta.Call, now time.Time) statistics.Month {
	t := statistics.NewTally(march)
	for _, c := range calls {
		t.Add(c)
	}
	return t.Month(now)
}

// crowd is n calls of n pairs of people.
func crowd(n int, o statistics.Outcome) (calls []meta.Call) {
	for i := range n {
		calls = append(calls, call(i, i, o))
	}
	return calls
}

func TestWhatIsTold(t *testing.T) {
	one := []meta.Call{call(0, 0, statistics.Unrecorded)}
	fewExperts := []meta.Call{}
	for i := range 50 {
		fewExperts = append(fewExperts, call(i, i%9, statistics.Recorded))
	}
	for name, row := range map[string]struct {
		calls    []meta.Call
		now      time.Time
		all      int // -1: nothing
		outcomes int
	}{
		"nobody":               {nil, later, -1, 0},
		"nine":                 {crowd(9, statistics.Recorded), later, -1, 0},
		"ten":                  {crowd(10, statistics.Recorded), later, 10, 1},
		"nine experts":         {fewExperts, later, -1, 0},
		"one apart":            {append(crowd(20, statistics.Recorded), one...), later, 21, 0},
		"two groups":           {append(crowd(20, statistics.Recorded), crowd(10, statistics.NotConnected)...), later, 30, 2},
		"the month goes on":    {crowd(20, statistics.Recorded), march.AddDate(0, 1, 0).Add(-time.Second), -1, 0},
		"its last calls go on": {crowd(20, statistics.Recorded), march.AddDate(0, 1, 0).Add(47 * time.Hour), -1, 0},
		"it is over":           {crowd(20, statistics.Recorded), march.AddDate(0, 1, 0).Add(48 * time.Hour), 20, 1},
	} {
		m := tell(row.calls, row.now)
		if (m.All == nil) != (row.all < 0) || m.All != nil && m.All.Calls != row.all || len(m.Outcomes) != row.outcomes {
			t.Errorf("%s: got %+v of %+v, want %d calls and %d outcomes", name, m, m.All, row.all, row.outcomes)
		}
	}
	if got := tell(crowd(10, statistics.Recorded), later).Outcomes[statistics.Recorded]; got.Minutes != 20 {
		t.Errorf("got %+v, want 20 minutes", got)
	}
}

// set is calls by their place in a list.
type set map[int]bool

// small tells whether a set is of few people, but of somebody.
func (s set) small(calls []meta.Call) bool {
	members, experts := map[id.PersonID]bool{}, map[id.PersonID]bool{}
	for i := range s {
		members[calls[i].MemberID], experts[calls[i].ExpertID] = true, true
	}
	return len(s) > 0 && (len(members) < statistics.MinGroup || len(experts) < statistics.MinGroup)
}

// TestNoDifferenceTellsOfFew: whatever is subtracted from whatever, of the numbers that
// are told and their sums, is of nobody or of ten members and ten experts at least.
func TestNoDifferenceTellsOfFew(t *testing.T) {
	outcomes := []statistics.Outcome{statistics.NotConnected, statistics.Unrecorded, statistics.Recorded}
	rapid.Check(t, func(t *rapid.T) {
		var calls []meta.Call
		for _, o := range outcomes { // so that each is often just enough, or not
			people := rapid.SampledFrom([]int{0, 1, 9, 10, 11}).Draw(t, "people")
			for i := range people * rapid.IntRange(1, 2).Draw(t, "times") {
				calls = append(calls, call(i%people, i%people+rapid.IntRange(0, 1).Draw(t, "shift"), o))
			}
		}
		m := tell(calls, later)
		told := map[string]set{}
		if m.All != nil {
			told["all"] = set{}
		}
		for o := range m.Outcomes {
			told[string(o)] = set{}
		}
		for i, c := range calls {
			for _, name := range []string{"all", string(statistics.OutcomeOf(c))} {
				if told[name] != nil {
					told[name][i] = true
				}
			}
		}
		for _, a := range sums(told) {
			for _, b := range sums(told) {
				rest := set{}
				for i := range a {
					if !b[i] {
						rest[i] = true
					}
				}
				if rest.small(calls) {
					t.Fatalf("told %v: a difference tells of %d calls of few people", slices.Sorted(maps.Keys(told)), len(rest))
				}
			}
		}
	})
}

// sums are all unions of some of the sets.
func sums(told map[string]set) (out []set) {
	names := slices.Sorted(maps.Keys(told))
	for mask := range 1 << len(names) {
		u := set{}
		for k, name := range names {
			if mask>>k&1 == 1 {
				maps.Copy(u, told[name])
			}
		}
		out = append(out, u)
	}
	return out
}

// TestTheSameQuestionHasOneAnswer: what comes after a month changes nothing in it.
func TestTheSameQuestionHasOneAnswer(t *testing.T) {
	calls := crowd(20, statistics.Recorded)
	first, again := tell(calls, later), tell(calls, later.AddDate(1, 0, 0))
	if first.All == nil || *first.All != *again.All || !maps.Equal(first.Outcomes, again.Outcomes) {
		t.Errorf("got %+v and later %+v", first, again)
	}
	if s := statistics.Start(march.Add(31*24*time.Hour - 1)); !s.Equal(march) {
		t.Errorf("Start: got %s", s)
	}
}
