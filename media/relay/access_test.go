package relay

import (
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v2"
)

func TestCredentialsAreChecked(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			clk := new(clock)
			s := start(t, func(c *Config) { c.Now = clk.now })
			good := s.Issue(grant("alice", "leg"))

			wrong := good
			wrong.Password = strings.Repeat("x", len(good.Password))
			allocateFails(t, s, transport, wrong, ReasonIntegrity)

			swapped := s.Issue(grant("bob", "leg"))
			swapped.Password = good.Password
			allocateFails(t, s, transport, swapped, ReasonIntegrity)

			longer := good
			longer.Username = "2" + good.Username[1:]
			allocateFails(t, s, transport, longer, ReasonIntegrity)

			forged := good
			forged.Username = "1999999999:alice"
			allocateFails(t, s, transport, forged, ReasonUsername)

			newClient(t, s, transport, good).allocate(t)
			clk.advance(10 * time.Minute)
			allocateFails(t, s, transport, good, ReasonExpired)
		})
	}
}

func TestCredentialsOfAnotherServer(t *testing.T) {
	s := start(t, nil)
	for name, change := range map[string]func(*Config){
		"secret": func(c *Config) { c.Secret = []byte(strings.Repeat("s", 32)) },
		"realm":  func(c *Config) { c.Realm = "other.test" },
	} {
		t.Run(name, func(t *testing.T) {
			allocateFails(t, s, "udp", start(t, change).Issue(grant("alice", "leg")), ReasonIntegrity)
		})
	}
	t.Run("same secret and realm", func(t *testing.T) {
		newClient(t, s, "udp", start(t, nil).Issue(grant("alice", "leg"))).allocate(t)
	})
}

func TestChangedRealmIsRefused(t *testing.T) {
	s := start(t, nil)
	w := newWireClient(t, s, s.Issue(grant("alice", "leg")))
	w.realm = "elsewhere"
	if ok, _ := w.ask(stun.MethodAllocate, udpTransport()); ok {
		t.Error("Allocate in another realm: got success")
	}
	if got := s.Stats().Refused[ReasonRealm]; got != 1 {
		t.Errorf("refused for the realm: got %d, want 1", got)
	}
}

// A call outlives its credential, which opens nothing new meanwhile.
func TestExpiryDoesNotEndACall(t *testing.T) {
	clk := new(clock)
	s, media := startWithMedia(t, func(c *Config) { c.Now = clk.now })
	w := newWireClient(t, s, s.Issue(grant("alice", "leg")))
	w.mustAsk(stun.MethodAllocate, udpTransport())
	clk.advance(time.Hour)
	w.mustAsk(stun.MethodRefresh, lifetime(600))
	w.mustAsk(stun.MethodCreatePermission, xorPeer(addrPort(media.LocalAddr())))
	w.mustAsk(stun.MethodChannelBind, xorPeer(addrPort(media.LocalAddr())), channel(0x4000))

	second := newWireClient(t, s, w.credentials)
	if ok, _ := second.ask(stun.MethodAllocate, udpTransport()); ok {
		t.Error("Allocate with the expired credential: got success")
	}
	clk.advance(sessionLimit)
	if ok, _ := w.ask(stun.MethodRefresh, lifetime(600)); ok {
		t.Error("Refresh after the longest session: got success")
	}
}

func TestAllocationBelongsToItsCredential(t *testing.T) {
	s, media := startWithMedia(t, nil)
	w := newWireClient(t, s, s.Issue(grant("alice", "leg")))
	w.mustAsk(stun.MethodAllocate, udpTransport())
	mine := w.credentials
	w.credentials = s.Issue(grant("mallory", "leg"))
	for _, method := range []stun.Method{stun.MethodRefresh, stun.MethodCreatePermission, stun.MethodChannelBind} {
		if ok, _ := w.ask(method, lifetime(0), xorPeer(addrPort(media.LocalAddr())), channel(0x4000)); ok {
			t.Errorf("%s with another credential: got success", method)
		}
	}
	if got := s.Stats(); got.Refused[ReasonOwner] != 3 || got.Allocations != 1 {
		t.Errorf("Stats: got %d refused, %d allocations, want 3 and 1", got.Refused[ReasonOwner], got.Allocations)
	}
	if ok, code := w.ask(stun.MethodAllocate, udpTransport()); ok || code != stun.CodeAllocMismatch {
		t.Errorf("Allocate where one is: got %t, %d, want 437", ok, code)
	}
	w.credentials = mine
	w.mustAsk(stun.MethodRefresh, lifetime(0))
}

func TestQuotaPerUser(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			s := start(t, func(c *Config) { c.MaxAllocationsPerUser, c.MaxAllocations = 2, 3 })
			first := newClient(t, s, transport, s.Issue(grant("alice", "leg-1"))).allocate(t)
			newClient(t, s, transport, s.Issue(grant("alice", "leg-2"))).allocate(t)
			allocateFails(t, s, transport, s.Issue(grant("alice", "leg-3")), ReasonUserQuota)
			newClient(t, s, transport, s.Issue(grant("bob", "leg-1"))).allocate(t)
			allocateFails(t, s, transport, s.Issue(grant("carol", "leg-1")), ReasonQuota)

			if err := first.Close(); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the slot to be free", func() bool { return s.Stats().Allocations == 2 })
			newClient(t, s, transport, s.Issue(grant("alice", "leg-3"))).allocate(t)
			if got := s.Stats().AllocationsTotal; got != 4 {
				t.Errorf("AllocationsTotal: got %d, want 4", got)
			}
		})
	}
}

func TestAllocationsEndByThemselves(t *testing.T) {
	s := start(t, nil)
	t.Run("connection lost", func(t *testing.T) {
		c := newClient(t, s, "tcp", s.Issue(grant("alice", "leg")))
		c.allocate(t)
		if err := c.conn.Close(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the allocation to end", func() bool { return s.Stats().Allocations == 0 })
		eventually(t, "the connection to end", func() bool { return s.Stats().Connections == 0 })
	})
	t.Run("lifetime over", func(t *testing.T) {
		w := newWireClient(t, s, s.Issue(grant("alice", "leg")))
		w.mustAsk(stun.MethodAllocate, udpTransport(), lifetime(1))
		eventually(t, "the allocation to end", func() bool { return s.Stats().Allocations == 0 })
		w.mustAsk(stun.MethodAllocate, udpTransport(), lifetime(600))
		w.mustAsk(stun.MethodRefresh, lifetime(0))
		eventually(t, "the second allocation to end", func() bool { return s.Stats().Allocations == 0 })
	})
}

func TestFailuresAreThrottled(t *testing.T) {
	clk := new(clock)
	s, media := startWithMedia(t, func(c *Config) { c.Now = clk.now })
	settled := newWireClient(t, s, s.Issue(grant("alice", "leg")))
	settled.mustAsk(stun.MethodAllocate, udpTransport())
	late := newWireClient(t, s, s.Issue(grant("bob", "leg")))

	guesser := newWireClient(t, s, s.Issue(grant("mallory", "leg")))
	guesser.credentials.Password = "guess"
	for range throttleFailures {
		if ok, _ := guesser.ask(stun.MethodAllocate, udpTransport()); ok {
			t.Fatal("Allocate with a guessed password: got success")
		}
	}
	m := guesser.signed(stun.MethodAllocate, udpTransport())
	guesser.send(m.Raw)
	settled.mustAsk(stun.MethodCreatePermission, xorPeer(addrPort(media.LocalAddr())))
	if response := guesser.answer(m, 20*time.Millisecond); response != nil {
		t.Errorf("after %d failures: got %s, want no answer", throttleFailures, response.Type)
	}
	if got := s.Stats(); got.Refused[ReasonThrottled] != 1 || got.Refused[ReasonIntegrity] != throttleFailures {
		t.Errorf("Stats: got %v, want 1 throttled after %d failures", got.Refused, throttleFailures)
	}
	clk.advance(throttleWindow)
	late.mustAsk(stun.MethodAllocate, udpTransport())
}

func TestConnectionsAreBounded(t *testing.T) {
	s := start(t, func(c *Config) { c.MaxAllocations = 1 })
	for range 2 {
		dial(t, s, "tcp")
	}
	eventually(t, "two connections", func() bool { return s.Stats().Connections == 2 })
	third, err := net.Dial("tcp4", s.Addrs().TCP.String())
	if err != nil {
		t.Fatal(err)
	}
	defer third.Close()
	if err := third.SetReadDeadline(time.Now().Add(testPatience)); err != nil {
		t.Fatal(err)
	}
	if _, err := third.Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "timeout") {
		t.Errorf("third connection: got %v, want it closed", err)
	}
	if got := s.Stats(); got.Connections != 2 || got.Refused[ReasonConnections] != 1 {
		t.Errorf("Stats: got %d connections, %d refused, want 2 and 1", got.Connections, got.Refused[ReasonConnections])
	}
}

// A client that allocates again from the same address does so before the socket
// of its first allocation is closed.
func TestLateCloseKeepsTheNewOwner(t *testing.T) {
	s, err := New(testConfig())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	f := newFront(s, s.udp)
	source := netip.MustParseAddrPort("192.0.2.1:4000")
	first, second := &relaySocket{username: "first"}, &relaySocket{username: "second"}
	f.own(source, first)
	f.own(source, second)
	f.disown(source, first)
	if got := f.owner(source); got != "second" {
		t.Errorf("owner after the first socket closed: got %q, want %q", got, "second")
	}
	f.disown(source, second)
	if got := f.owner(source); got != "" {
		t.Errorf("owner after the second socket closed: got %q, want none", got)
	}
}
