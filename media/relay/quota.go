package relay

import "sync"

// quota counts live allocations, in all and by user. Its size is bounded by its
// own limit, as users without allocations are forgotten. Safe for concurrent use.
type quota struct {
	total   int
	perUser int

	mu     sync.Mutex // guards the fields below
	live   int
	byUser map[string]int
}

func newQuota(total, perUser int) *quota {
	return &quota{total: total, perUser: perUser, byUser: make(map[string]int)}
}

// take reserves a slot for user, to be given back once. When there is none it
// returns the limit that was reached.
func (q *quota) take(user string) (Reason, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.byUser[user] >= q.perUser:
		return ReasonUserQuota, false
	case q.live >= q.total:
		return ReasonQuota, false
	}
	q.live++
	q.byUser[user]++
	return "", true
}

// give returns a slot of user.
func (q *quota) give(user string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.live--
	if q.byUser[user]--; q.byUser[user] == 0 {
		delete(q.byUser, user)
	}
}

func (q *quota) count() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.live
}
