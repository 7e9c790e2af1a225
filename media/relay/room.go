package relay

import "time"

// When an allocation gives way to another that there would be no room for. Clients
// that are gone cannot end theirs, nor can a browser that gives a connection up while
// the answer to its Allocate request is under way; without this they would fill a
// person's share for the ten minutes of their lifetime (RFC 8656 §7.2).
const (
	// unusedFor is how long after its making an allocation stays whose client has
	// asked for no permission: that is the next thing a client does that has it.
	unusedFor = 3 * time.Second
	// quietFor is how long a client may send nothing over an allocation. ICE sends
	// at least this often over what it uses, or its consent ends (RFC 7675 §5.1).
	quietFor = 30 * time.Second
)

// use takes down that the client has used the allocation.
func (r *relaySocket) use() { r.used.Store(r.now().UnixNano()) }

// quiet tells how long the client has not used the allocation, and whether that is
// long enough for it to give way.
func (r *relaySocket) quiet(now time.Time) (time.Duration, bool) {
	if used := r.used.Load(); used != 0 {
		quiet := now.Sub(time.Unix(0, used))
		return quiet, quiet > quietFor
	}
	quiet := now.Sub(r.made)
	return quiet, quiet > unusedFor
}

// makeRoom ends the one allocation that has been quiet for the longest and may give
// way, of a user, or with "" of anybody, and tells whether there was one.
func (s *Server) makeRoom(user string) bool {
	var longest *relaySocket
	var most time.Duration
	now := s.cfg.Now()
	for _, f := range s.openFronts() {
		for _, r := range f.live() {
			if user != "" && r.identity.user != user {
				continue
			}
			if quiet, givesWay := r.quiet(now); givesWay && quiet > most {
				longest, most = r, quiet
			}
		}
	}
	if longest == nil {
		return false
	}
	_ = longest.Close() // never fails
	return true
}

// reserve takes a slot for a user; where there is none, an allocation that is not
// used any more gives way. When none does it returns the limit that was reached.
func (s *Server) reserve(user string) (Reason, bool) {
	reason, ok := s.quota.take(user)
	if ok {
		return "", true
	}
	whose := user
	if reason == ReasonQuota {
		whose = "" // the server is full
	}
	if !s.makeRoom(whose) {
		return reason, false
	}
	return s.quota.take(user)
}
