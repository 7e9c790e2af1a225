package relay

import (
	"net/netip"
	"sync"
	"testing"
)

// TestAdmitIsAsked: the second allocation of one person is refused, whatever
// credential asks for it.
func TestAdmitIsAsked(t *testing.T) {
	var (
		mu  sync.Mutex
		had = map[string]bool{}
	)
	s := start(t, func(c *Config) {
		c.Admit = func(user string, from netip.Addr) bool {
			mu.Lock()
			defer mu.Unlock()
			ok := !had[user] && from.Unmap().IsLoopback()
			had[user] = true
			return ok
		}
	})
	newClient(t, s, "udp", s.Issue(grant("alice", "leg-1"))).allocate(t)
	allocateFails(t, s, "udp", s.Issue(grant("alice", "leg-2")), ReasonRate)
	newClient(t, s, "udp", s.Issue(grant("bob", "leg"))).allocate(t)
}
