package retention

import (
	"fmt"
	"time"

	"parley/storage/meta"
)

// Action is what is to be done with a recording now.
type Action string

// The actions.
const (
	Keep    Action = "keep"
	Trash   Action = "set aside"
	Restore Action = "put back"
	Destroy Action = "destroy"
)

// Policy is what the operator wants.
type Policy struct {
	// Days is how long a recording is kept to which nothing was promised, and
	// the most for all others; at least 1.
	Days int
	// TrashDays is how long it is set aside before it is destroyed.
	TrashDays int
}

// Decision is what the rule says of one recording.
type Decision struct {
	Do Action
	// Why is the reason in words.
	Why string
	// DueAt is when its time is over, and DestroyAt when it is destroyed, unless
	// it is held.
	DueAt, DestroyAt time.Time
}

const day = 24 * time.Hour

// Decide says what is to be done with a recording at a time. Nothing is done with
// one that is still being made, or of which nothing is left.
func Decide(p Policy, r meta.Recording, now time.Time) Decision {
	began := r.StartedAt
	if r.StoredAt != nil && r.StoredAt.After(began) {
		began = *r.StoredAt // the later one: a clock that was behind must not shorten its time
	}
	days := p.Days
	if r.Keep.Days > 0 {
		days = min(days, r.Keep.Days)
	}
	if r.Keep.MaxDays > 0 {
		days = min(days, r.Keep.MaxDays)
	}
	d := Decision{Do: Keep, DueAt: began.Add(time.Duration(days) * day)}
	aside := d.DueAt
	if r.TrashedAt != nil && r.TrashedAt.After(aside) {
		aside = *r.TrashedAt // a hold had put it off
	}
	d.DestroyAt = aside.Add(time.Duration(p.TrashDays) * day)
	if most := began.Add(time.Duration(r.Keep.MaxDays) * day); r.Keep.MaxDays > 0 && d.DestroyAt.After(most) {
		d.DestroyAt = most
	}
	d.Do, d.Why = decide(r, d, days, now)
	return d
}

func decide(r meta.Recording, d Decision, days int, now time.Time) (Action, string) {
	over := !now.Before(d.DueAt)
	switch {
	case !r.State.Finished():
		return Keep, "it is still being made"
	case r.State == meta.StateErased:
		return Keep, "nothing of it is left"
	case r.Held && r.TrashedAt != nil:
		return Restore, "a legal hold keeps it"
	case r.Held && over:
		return Keep, "its time is over, and a legal hold keeps it"
	case r.Held:
		return Keep, "a legal hold keeps it"
	case !over && r.TrashedAt != nil:
		return Restore, "its time is not over"
	case !over:
		return Keep, fmt.Sprintf("it is kept for %d days", days)
	case !now.Before(d.DestroyAt) && r.TrashedAt != nil:
		return Destroy, fmt.Sprintf("its %d days and the time for second thoughts are over", days)
	case r.TrashedAt != nil:
		return Keep, "it is set aside"
	}
	return Trash, fmt.Sprintf("its %d days are over", days)
}
