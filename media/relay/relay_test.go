package relay

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/stun/v2"
)

// startWithMedia runs a server that allows one media socket, which it returns.
func startWithMedia(t testing.TB, change func(*Config)) (*Server, *net.UDPConn) {
	t.Helper()
	media := listenUDP(t)
	return start(t, func(c *Config) {
		c.Media = []netip.AddrPort{addrPort(media.LocalAddr())}
		if change != nil {
			change(c)
		}
	}), media
}

func TestRelaysBothWays(t *testing.T) {
	for _, transport := range []string{"udp", "tcp", "tls"} {
		t.Run(transport, func(t *testing.T) {
			s, media := startWithMedia(t, func(c *Config) {
				inner, err := net.Listen("tcp4", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				c.Inner, c.InnerHosts = inner, []string{"turn.example:443"}
			})
			relayed := newClient(t, s, transport, s.Issue(grant("alice", "leg"))).allocate(t)

			// The first goes as an indication, later ones on a channel.
			for i, text := range []string{"a", "four", "twelve chars", strings.Repeat("x", 1200)} {
				if _, err := relayed.WriteTo([]byte(text), media.LocalAddr()); err != nil {
					t.Fatalf("send %d: %v", i, err)
				}
				got, from := receive(t, media)
				if got != text || from.String() != relayed.LocalAddr().String() {
					t.Fatalf("media got %q from %s, want %q from %s", got, from, text, relayed.LocalAddr())
				}
				if _, err := media.WriteTo([]byte("re: "+text), from); err != nil {
					t.Fatal(err)
				}
				if got, from := receive(t, relayed); got != "re: "+text || from.String() != media.LocalAddr().String() {
					t.Fatalf("client got %q from %s, want %q from %s", got, from, "re: "+text, media.LocalAddr())
				}
			}
			if got := s.Stats(); got.Allocations != 1 || got.AllocationsTotal != 1 || got.DroppedToPeer+got.DroppedFromPeer != 0 {
				t.Errorf("Stats: got %+v, want one allocation and nothing dropped", got)
			}
		})
	}
}

// TestMediaBehindNAT: clients reach media by the address that they are told,
// though the machine has no such address, and hear from it by that one.
func TestMediaBehindNAT(t *testing.T) {
	var told netip.AddrPort
	s, media := startWithMedia(t, func(c *Config) {
		told = netip.AddrPortFrom(netip.MustParseAddr("203.0.113.9"), c.Media[0].Port())
		c.Told = told
	})
	relayed := newClient(t, s, "udp", s.Issue(grant("alice", "leg"))).allocate(t)
	if _, err := relayed.WriteTo([]byte("a"), net.UDPAddrFromAddrPort(told)); err != nil {
		t.Fatal(err)
	}
	got, from := receive(t, media)
	if got != "a" {
		t.Fatalf("media got %q, want a", got)
	}
	if _, err := media.WriteTo([]byte("re: a"), from); err != nil {
		t.Fatal(err)
	}
	if got, from := receive(t, relayed); got != "re: a" || from.String() != told.String() {
		t.Errorf("client got %q from %s, want re: a from %s", got, from, told)
	}
}

// TestDirectFirst: what a client sends to media at once is lost, as on any
// network, and what it sends again arrives.
func TestDirectFirst(t *testing.T) {
	s, media := startWithMedia(t, func(c *Config) { c.DirectFirst = 50 * time.Millisecond })
	relayed := newClient(t, s, "udp", s.Issue(grant("alice", "leg"))).allocate(t)
	made := time.Now()
	stop := make(chan struct{})
	var sending sync.WaitGroup
	sending.Go(func() {
		for {
			_, _ = relayed.WriteTo([]byte("check"), media.LocalAddr()) // may be lost
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	})
	receive(t, media)
	if early := 50*time.Millisecond - time.Since(made); early > 10*time.Millisecond {
		t.Errorf("the first arrived %v too early", early)
	}
	close(stop)
	sending.Wait()
}

func TestNothingReachesAnotherPort(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			s, media := startWithMedia(t, nil)
			other := listenUDP(t)
			relayed := newClient(t, s, transport, s.Issue(grant("alice", "leg"))).allocate(t)
			for range 3 {
				if _, err := relayed.WriteTo([]byte("knock"), other.LocalAddr()); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := relayed.WriteTo([]byte("last"), media.LocalAddr()); err != nil {
				t.Fatal(err)
			}
			if got, _ := receive(t, media); got != "last" {
				t.Errorf("media got %q, want %q", got, "last")
			}
			nothingArrived(t, other)
			if got := s.Stats().DroppedToPeer; got != 3 {
				t.Errorf("dropped: got %d, want 3", got)
			}
		})
	}
}

func TestStrangersCannotReachTheClient(t *testing.T) {
	s, media := startWithMedia(t, nil)
	stranger := listenUDP(t)
	relayed := newClient(t, s, "udp", s.Issue(grant("alice", "leg"))).allocate(t)
	if _, err := relayed.WriteTo([]byte("open"), media.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	receive(t, media)
	for _, conn := range []*net.UDPConn{stranger, media} {
		if _, err := conn.WriteTo([]byte("from "+conn.LocalAddr().String()), relayed.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	if got, _ := receive(t, relayed); got != "from "+media.LocalAddr().String() {
		t.Errorf("client got %q, want what media sent", got)
	}
	if got := s.Stats().DroppedFromPeer; got != 1 {
		t.Errorf("dropped: got %d, want 1", got)
	}
}

// On the wire, every way to name a peer is tried against every kind of address.
func TestForbiddenPeers(t *testing.T) {
	s, media := startWithMedia(t, func(c *Config) {
		c.AllowedPeers = []netip.Prefix{netip.MustParsePrefix("172.0.0.0/8")}
	})
	other := listenUDP(t)
	otherPort := addrPort(other.LocalAddr()).Port()
	w := newWireClient(t, s, s.Issue(grant("alice", "leg")))
	w.mustAsk(stun.MethodAllocate, udpTransport())

	number := uint16(0x4000)
	for _, ip := range []string{
		"127.0.0.2", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.0.1", "169.254.169.254",
		"168.63.129.16", "0.0.0.0", "224.0.0.251", "255.255.255.255", "8.8.8.8",
		"::ffff:127.0.0.2", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0.0.0.0",
		"::", "::1", "fe80::1", "ff02::1", "fd00::1", "fd00:ec2::254", "64:ff9b::7f00:1", "2002:7f00:1::",
	} {
		peer := xorPeer(netip.AddrPortFrom(netip.MustParseAddr(ip), otherPort))
		if ok, _ := w.ask(stun.MethodCreatePermission, peer); ok {
			t.Errorf("CreatePermission for %s: got success", ip)
		}
		if ok, _ := w.ask(stun.MethodChannelBind, peer, channel(number)); ok {
			t.Errorf("ChannelBind for %s: got success", ip)
		}
		w.sendTo(netip.AddrPort(peer), "knock")
		w.sendChannel(number, "knock")
		number++
	}
	// The permission of the media address covers its IP; the port is held.
	w.mustAsk(stun.MethodCreatePermission, xorPeer(addrPort(media.LocalAddr())))
	for _, ip := range []string{"127.0.0.1", "::ffff:127.0.0.1"} {
		peer := netip.AddrPortFrom(netip.MustParseAddr(ip), otherPort)
		if ok, _ := w.ask(stun.MethodChannelBind, xorPeer(peer), channel(number)); ok {
			t.Errorf("ChannelBind for another port of %s: got success", ip)
		}
		w.sendTo(peer, "knock")
		w.sendChannel(number, "knock")
	}
	w.sendTo(addrPort(media.LocalAddr()), "last")
	if got, _ := receive(t, media); got != "last" {
		t.Errorf("media got %q, want %q", got, "last")
	}
	nothingArrived(t, other)
	if got := s.Stats(); got.DroppedToPeer != 2 || got.Refused[ReasonPeer] != 2*24+2 {
		t.Errorf("Stats: got %d dropped, %d refused, want 2 and %d", got.DroppedToPeer, got.Refused[ReasonPeer], 2*24+2)
	}
}

func TestChannelToMedia(t *testing.T) {
	s, media := startWithMedia(t, nil)
	w := newWireClient(t, s, s.Issue(grant("alice", "leg")))
	w.mustAsk(stun.MethodAllocate, udpTransport())
	peer := addrPort(media.LocalAddr())
	mapped := netip.AddrPortFrom(netip.AddrFrom16(peer.Addr().As16()), peer.Port())
	w.mustAsk(stun.MethodChannelBind, xorPeer(mapped), channel(0x4001))
	w.sendChannel(0x4001, "hello")
	if got, _ := receive(t, media); got != "hello" {
		t.Errorf("media got %q, want %q", got, "hello")
	}
}

func TestAllowedPeersAreReachable(t *testing.T) {
	s, _ := startWithMedia(t, func(c *Config) {
		c.AllowedPeers = []netip.Prefix{netip.MustParsePrefix("10.9.0.0/16")}
	})
	w := newWireClient(t, s, s.Issue(grant("alice", "leg")))
	w.mustAsk(stun.MethodAllocate, udpTransport())
	w.mustAsk(stun.MethodCreatePermission, xorPeer(netip.MustParseAddrPort("10.9.1.1:4000")))
	w.mustAsk(stun.MethodChannelBind, xorPeer(netip.MustParseAddrPort("10.9.1.1:4000")), channel(0x4000))
	if ok, _ := w.ask(stun.MethodCreatePermission, xorPeer(netip.MustParseAddrPort("10.8.1.1:4000"))); ok {
		t.Error("CreatePermission beside the listed network: got success")
	}
}

// pion reads the family of a peer address before its length; a message that
// ends right there must be stopped before it gets that far.
func TestMalformedMessagesAreDropped(t *testing.T) {
	s, media := startWithMedia(t, nil)
	w := newWireClient(t, s, s.Issue(grant("alice", "leg")))
	w.mustAsk(stun.MethodAllocate, udpTransport())
	const sizes = 64 // one of them fills the allocator's size class
	for pad := range sizes {
		m := w.signed(stun.MethodCreatePermission, stun.RawAttribute{Type: stun.AttrSoftware, Value: make([]byte, 4*pad)})
		m.Add(stun.AttrXORPeerAddress, nil)
		w.send(m.Raw)
	}
	w.send([]byte("GET / HTTP/1.1\r\n\r\n"))
	w.send([]byte{0})
	w.mustAsk(stun.MethodCreatePermission, xorPeer(addrPort(media.LocalAddr())))
	if got := s.Stats().Refused[ReasonMalformed]; got != sizes+1 {
		t.Errorf("malformed: got %d, want %d", got, sizes+1)
	}
}

func TestEvenPortIsRefused(t *testing.T) {
	s, _ := startWithMedia(t, nil)
	w := newWireClient(t, s, s.Issue(grant("alice", "leg")))
	even := stun.RawAttribute{Type: stun.AttrEvenPort, Value: []byte{0x80}}
	if ok, _ := w.ask(stun.MethodAllocate, udpTransport(), even); ok {
		t.Error("Allocate with EVEN-PORT: got success")
	}
	if got := s.Stats(); got.Refused[ReasonUnsupported] != 1 || got.AllocationsTotal != 0 {
		t.Errorf("Stats: got %+v, want one refusal and no allocation", got)
	}
}

// TestClientsOfIPv6: who reaches the relay by IPv6 is given a relayed address of
// IPv4, by which media is reached, and is never given one when it asked for
// another.
func TestClientsOfIPv6(t *testing.T) {
	s, media := startWithMedia(t, func(c *Config) {
		c.ListenUDP, c.PublicIP6 = "[::]:0", netip.IPv6Loopback()
	})
	conn, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	w := newWireClientOn(t, conn, netip.AddrPortFrom(netip.IPv6Loopback(), s.Addrs().UDP.Port()), s.Issue(grant("alice", "leg")))
	for name, family := range map[string][]byte{"IPv6": {2, 0, 0, 0}, "none": {}} {
		if ok, _ := w.ask(stun.MethodAllocate, udpTransport(), stun.RawAttribute{Type: stun.AttrRequestedAddressFamily, Value: family}); ok {
			t.Errorf("Allocate of family %s: got success", name)
		}
	}
	answer := w.exchange(w.signed(stun.MethodAllocate, udpTransport(), stun.RawAttribute{Type: stun.AttrRequestedAddressFamily, Value: []byte{familyIPv4, 0, 0, 0}}))
	var relayed stun.XORMappedAddress
	if err := relayed.GetFromAs(answer, stun.AttrXORRelayedAddress); err != nil || relayed.IP.To4() == nil {
		t.Fatalf("Allocate: got %v and %v, want an IPv4 address", relayed, err)
	}
	w.mustAsk(stun.MethodCreatePermission, xorPeer(addrPort(media.LocalAddr())))
	w.sendTo(addrPort(media.LocalAddr()), "by six")
	if got, from := receive(t, media); got != "by six" || addrPort(from).Port() != uint16(relayed.Port) {
		t.Errorf("media got %q from %s, want it from %v", got, from, relayed)
	}
	urls := s.URLs()
	if want := fmt.Sprintf("turn:[::1]:%d?transport=udp", s.Addrs().UDP.Port()); len(urls) != 4 || urls[1] != want {
		t.Errorf("URLs: got %q, want %q second of 4", urls, want)
	}
}

func TestRelayPortsStayInRange(t *testing.T) {
	probe := listenUDP(t)
	port := addrPort(probe.LocalAddr()).Port()
	if err := probe.Close(); err != nil {
		t.Fatal(err)
	}
	s, _ := startWithMedia(t, func(c *Config) { c.RelayPortMin, c.RelayPortMax = port, port })
	first := newClient(t, s, "tcp", s.Issue(grant("alice", "leg"))).allocate(t)
	if got := addrPort(first.LocalAddr()).Port(); got != port {
		t.Errorf("relayed port: got %d, want %d", got, port)
	}
	allocateFails(t, s, "tcp", s.Issue(grant("bob", "leg")), ReasonPorts)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the port to be free", func() bool { return s.Stats().Allocations == 0 })
	newClient(t, s, "udp", s.Issue(grant("bob", "leg"))).allocate(t)
}

func TestURLs(t *testing.T) {
	s := start(t, nil)
	a := s.Addrs()
	want := []string{
		"turn:" + a.UDP.String() + "?transport=udp",
		"turn:" + a.TCP.String() + "?transport=tcp",
	}
	for name, got := range map[string][]string{"URLs": s.URLs(), "Issue": s.Issue(grant("alice", "leg")).URLs} {
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := s.Issue(grant("alice", "leg")).Expires; time.Until(got) < 9*time.Minute || time.Until(got) > 10*time.Minute {
		t.Errorf("Expires: got %s, want in 10 minutes", got)
	}
	inner, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	all := start(t, func(c *Config) { c.Inner, c.InnerHosts = inner, []string{"turn.example:443"} })
	if got, want := all.URLs(), "turns:turn.example:443?transport=tcp"; len(got) != 3 || got[2] != want {
		t.Errorf("with TLS: got %q, want %q last", got, want)
	}
	udpOnly := start(t, func(c *Config) { c.ListenTCP = "" })
	if got := udpOnly.URLs(); len(got) != 1 || !strings.HasSuffix(got[0], "=udp") || udpOnly.Addrs().TCP.IsValid() {
		t.Errorf("UDP only: got %q and %v, want one URL", got, udpOnly.Addrs())
	}
}
