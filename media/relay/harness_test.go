package relay

import (
	"context"
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v3"
)

const testPatience = 10 * time.Second

// grant is one by a token that was issued a minute before the tests begin.
func grant(person, token string) Grant {
	return Grant{Person: person, Token: token, Since: testStart.Add(-time.Minute)}
}

// clock is a settable Config.Now.
type clock struct{ offset atomic.Int64 }

func (c *clock) now() time.Time          { return testStart.Add(time.Duration(c.offset.Load())) }
func (c *clock) advance(d time.Duration) { c.offset.Add(int64(d)) }

// start runs a server with testConfig as changed, and ends it with the test.
func start(t testing.TB, change func(*Config)) *Server {
	t.Helper()
	cfg := testConfig()
	if change != nil {
		change(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	ran := make(chan error, 1)
	go func() { ran <- s.Run(context.Background()) }()
	eventually(t, "the server to run", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.started
	})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if err := <-ran; err != nil {
			t.Errorf("Run: %v", err)
		}
		if got := s.Stats(); got.Allocations != 0 || got.Connections != 0 {
			t.Errorf("after Close: got %d allocations, %d connections, want none", got.Allocations, got.Connections)
		}
	})
	return s
}

// eventually waits until condition holds.
func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(testPatience); !condition(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("waited %s in vain for %s", testPatience, what)
		}
	}
}

// listenUDP opens a socket on loopback for the length of the test.
func listenUDP(t testing.TB) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// receive returns the next datagram of conn and its sender.
func receive(t testing.TB, conn net.PacketConn) (string, net.Addr) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(testPatience)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1600)
	n, from, err := conn.ReadFrom(buf)
	if err != nil {
		t.Fatalf("receive on %s: %v", conn.LocalAddr(), err)
	}
	return string(buf[:n]), from
}

// nothingArrived checks that conn holds no datagram. Callers first let a later
// datagram take the same way, so that an earlier one would be there.
func nothingArrived(t testing.TB, conn net.PacketConn) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1600)
	if n, from, err := conn.ReadFrom(buf); err == nil {
		t.Errorf("%s got %q from %s, want nothing", conn.LocalAddr(), buf[:n], from)
	}
}

// client is pion's TURN client.
type client struct {
	*turn.Client
	conn net.PacketConn
}

func dial(t testing.TB, s *Server, transport string) (net.PacketConn, netip.AddrPort) {
	t.Helper()
	if transport == "udp" {
		return listenUDP(t), s.Addrs().UDP
	}
	if transport == "tls" { // which somebody else has ended
		conn, err := net.Dial("tcp4", s.cfg.Inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return turn.NewSTUNConn(conn), addrPort(s.cfg.Inner.Addr())
	}
	conn, err := net.Dial("tcp4", s.Addrs().TCP.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return turn.NewSTUNConn(conn), s.Addrs().TCP
}

func newClient(t testing.TB, s *Server, transport string, c Credentials) *client {
	t.Helper()
	conn, addr := dial(t, s, transport)
	tc, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: addr.String(),
		Username:       c.Username,
		Password:       c.Password,
		Conn:           conn,
		LoggerFactory:  &logging.DefaultLoggerFactory{Writer: io.Discard},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := tc.Listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		tc.Close()
		_ = conn.Close()
	})
	return &client{Client: tc, conn: conn}
}

// allocate makes an allocation, which must work.
func (c *client) allocate(t testing.TB) net.PacketConn {
	t.Helper()
	relayed, err := c.Allocate()
	if err != nil {
		t.Fatalf("Allocate: %v", err)
	}
	t.Cleanup(func() { _ = relayed.Close() })
	return relayed
}

// allocateFails tries an allocation, which must be refused for a reason.
func allocateFails(t testing.TB, s *Server, transport string, c Credentials, want Reason) {
	t.Helper()
	before := s.Stats()
	if relayed, err := newClient(t, s, transport, c).Allocate(); err == nil {
		_ = relayed.Close()
		t.Errorf("Allocate over %s: got no error, want refusal for %q", transport, want)
	}
	after := s.Stats()
	if got := after.Refused[want] - before.Refused[want]; got != 1 {
		t.Errorf("refused for %q: got %d more, want 1 (%v)", want, got, after.Refused)
	}
	if after.Allocations != before.Allocations {
		t.Errorf("allocations after a refusal: got %d, want %d", after.Allocations, before.Allocations)
	}
}
