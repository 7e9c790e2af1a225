package relay

import (
	"net"
	"testing"
	"time"

	"github.com/pion/stun/v2"
)

// A client that is gone before it has its allocation, as a browser that gives a
// connection up at once, does not take its person's share for ten minutes.
func TestAnAllocationThatWasNeverUsedGivesWay(t *testing.T) {
	var now clock
	s := start(t, func(c *Config) { c.MaxAllocationsPerUser, c.Now = 2, now.now })
	open := func(person string) net.PacketConn {
		return newClient(t, s, "udp", s.Issue(grant(person, "leg"))).allocate(t)
	}
	open("bob")
	now.advance(time.Second)
	open("alice")
	open("alice")
	allocateFails(t, s, "udp", s.Issue(grant("alice", "leg")), ReasonUserQuota)
	now.advance(unusedFor)
	allocateFails(t, s, "udp", s.Issue(grant("alice", "leg")), ReasonUserQuota)
	now.advance(1)
	open("alice")
	if got := s.Stats().Allocations; got != 3 {
		t.Errorf("allocations: got %d, want bob's and two of alice", got)
	}
}

// What a client sends over stays, however long that has been going on.
func TestAnAllocationInUseStays(t *testing.T) {
	var now clock
	s, media := startWithMedia(t, func(c *Config) { c.MaxAllocationsPerUser, c.Now = 2, now.now })
	open := func() *wireClient {
		w := newWireClient(t, s, s.Issue(grant("alice", "leg")))
		w.mustAsk(stun.MethodAllocate, udpTransport())
		w.mustAsk(stun.MethodCreatePermission, xorPeer(addrPort(media.LocalAddr())))
		return w
	}
	says := func(w *wireClient, words string) {
		t.Helper()
		w.sendTo(addrPort(media.LocalAddr()), words)
		if got, _ := receive(t, media); got != words {
			t.Fatalf("media got %q, want %q", got, words)
		}
	}
	first, second := open(), open()
	says(first, "one")
	says(second, "two")
	now.advance(quietFor)
	says(first, "three")
	now.advance(1)
	third := open()
	says(first, "four")
	says(third, "five")
	second.sendTo(addrPort(media.LocalAddr()), "of what gave way")
	nothingArrived(t, media)
	now.advance(quietFor)
	allocateFails(t, s, "udp", s.Issue(grant("alice", "leg")), ReasonUserQuota)
}

// A full server lets go of what nobody uses, whosever it is, and of nothing else.
func TestAFullServerMakesRoom(t *testing.T) {
	var now clock
	s := start(t, func(c *Config) { c.MaxAllocationsPerUser, c.MaxAllocations, c.Now = 2, 2, now.now })
	for _, person := range []string{"alice", "bob"} {
		newClient(t, s, "udp", s.Issue(grant(person, "leg"))).allocate(t)
	}
	allocateFails(t, s, "udp", s.Issue(grant("carol", "leg")), ReasonQuota)
	now.advance(unusedFor + 1)
	newClient(t, s, "udp", s.Issue(grant("carol", "leg"))).allocate(t)
	if got := s.Stats().Allocations; got != 2 {
		t.Errorf("allocations: got %d, want 2", got)
	}
}
