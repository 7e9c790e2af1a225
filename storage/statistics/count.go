package statistics

import (
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

const (
	// MinGroup is how many different members, and experts, a group has at least.
	MinGroup = 10
	// settle is for how long after its end a month may still change: its last call
	// goes on.
	settle = 48 * time.Hour
	// MonthLayout is how months are written.
	MonthLayout = "2006-01"
)

// Outcome is what became of a call.
type Outcome string

// The outcomes.
const (
	NotConnected Outcome = "not_connected"
	Unrecorded   Outcome = "unrecorded"
	Recorded     Outcome = "recorded"
)

// OutcomeOf is the one outcome of a call.
func OutcomeOf(c meta.Call) Outcome {
	switch {
	case c.ConnectedAt == nil:
		return NotConnected
	case c.RecordingID == nil:
		return Unrecorded
	}
	return Recorded
}

// Count is how many calls there were, and for how long people talked.
type Count struct {
	Calls   int `json:"calls"`
	Minutes int `json:"minutes"`
}

// Month is what is told of a month.
type Month struct {
	Month string `json:"month"`
	// All is nil where too few people called, or the month is not over.
	All *Count `json:"all"`
	// Outcomes is empty where it would tell of too few.
	Outcomes map[Outcome]Count `json:"outcomes"`
}

// Start is the beginning of the month of a time.
func Start(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// Over tells whether a month that begins at a time is over and changes no more.
func Over(start, now time.Time) bool { return !now.Before(start.AddDate(0, 1, 0).Add(settle)) }

// group is calls and who made them.
type group struct {
	calls           int
	talk            time.Duration
	members, expert map[id.PersonID]bool
}

func newGroup() *group {
	return &group{members: map[id.PersonID]bool{}, expert: map[id.PersonID]bool{}}
}

func (g *group) add(c meta.Call) {
	g.calls++
	if c.ConnectedAt != nil && c.EndedAt != nil {
		g.talk += c.EndedAt.Sub(*c.ConnectedAt)
	}
	g.members[c.MemberID], g.expert[c.ExpertID] = true, true
}

func (g *group) enough() bool { return len(g.members) >= MinGroup && len(g.expert) >= MinGroup }

func (g *group) count() Count { return Count{g.calls, int(g.talk.Round(time.Minute) / time.Minute)} }

// Tally counts the calls of one month.
type Tally struct {
	start    time.Time
	all      *group
	outcomes map[Outcome]*group
}

// NewTally returns an empty one for the month that begins at a time.
func NewTally(start time.Time) *Tally {
	return &Tally{start: start, all: newGroup(), outcomes: map[Outcome]*group{}}
}

// Add counts a call, which must be of the month.
func (t *Tally) Add(c meta.Call) {
	t.all.add(c)
	o := OutcomeOf(c)
	if t.outcomes[o] == nil {
		t.outcomes[o] = newGroup()
	}
	t.outcomes[o].add(c)
}

// Month is what may be told at a time.
func (t *Tally) Month(now time.Time) Month {
	m := Month{Month: t.start.Format(MonthLayout), Outcomes: map[Outcome]Count{}}
	if !Over(t.start, now) || !t.all.enough() {
		return m
	}
	all := t.all.count()
	m.All = &all
	for _, g := range t.outcomes {
		if !g.enough() {
			return m
		}
	}
	for o, g := range t.outcomes {
		m.Outcomes[o] = g.count()
	}
	return m
}
