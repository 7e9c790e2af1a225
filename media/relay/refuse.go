package relay

import "time"

// Refusal takes credentials back: those of a token, or those of a person who signed in
// with one that was issued up to a time, in whole seconds.
type Refusal struct {
	Token  string // or:
	Person string
	Until  time.Time
}

// refusals are what was taken back, by the tags that usernames hold.
type refusals struct {
	tokens map[string]bool
	people map[string]time.Time
}

func (r *refusals) has(id identity) bool {
	until, some := r.people[id.user]
	return r.tokens[id.token] || some && !id.since.After(until)
}

// Refuse takes credentials back, in place of those of an earlier list: with them no
// allocation is opened any more, and those that were end at once.
func (s *Server) Refuse(list []Refusal) {
	r := &refusals{map[string]bool{}, map[string]time.Time{}}
	for _, one := range list {
		if one.Token != "" {
			r.tokens[s.issuer.tag("token", one.Token)] = true
			continue
		}
		user := s.issuer.tag("person", one.Person)
		if until := one.Until; until.After(r.people[user]) {
			r.people[user] = until
		}
	}
	s.refused.Store(r) // first: what is opened from now on looks by itself
	for _, f := range s.openFronts() {
		f.endRefused(r)
	}
}

// endRefused ends the allocations that were opened with what was taken back.
func (f *front) endRefused(r *refusals) {
	for _, one := range f.live() {
		if r.has(one.identity) {
			_ = one.Close() // never fails
		}
	}
}
