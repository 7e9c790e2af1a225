package relay

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"
)

func TestQuota(t *testing.T) {
	q := newQuota(3, 2)
	take := func(user string, want Reason) {
		t.Helper()
		if got, ok := q.take(user); got != want || ok != (want == "") {
			t.Errorf("take(%s): got %q, %t, want %q", user, got, ok, want)
		}
	}
	take("a", "")
	take("a", "")
	take("a", ReasonUserQuota)
	take("b", "")
	take("b", ReasonQuota)
	q.give("a")
	take("b", "")
	q.give("a")
	q.give("b")
	q.give("b")
	if q.count() != 0 || len(q.byUser) != 0 {
		t.Errorf("all given back: got %d live, %d users, want none", q.count(), len(q.byUser))
	}
}

func TestThrottle(t *testing.T) {
	ip, neighbour := netip.MustParseAddr("203.0.113.1"), netip.MustParseAddr("203.0.113.2")
	th, now := newThrottle(), testStart
	for i := range throttleFailures {
		if th.blocked(ip, now) {
			t.Fatalf("blocked after %d failures, want %d", i, throttleFailures)
		}
		th.fail(ip, now)
	}
	for _, row := range []struct {
		name string
		ip   netip.Addr
		at   time.Time
		want bool
	}{
		{"used up", ip, now, true},
		{"mapped form", netip.MustParseAddr("::ffff:203.0.113.1"), now, true},
		{"neighbour", neighbour, now, false},
		{"end of the window", ip, now.Add(throttleWindow - 1), true},
		{"after the window", ip, now.Add(throttleWindow), false},
	} {
		if got := th.blocked(row.ip, row.at); got != row.want {
			t.Errorf("%s: blocked got %t, want %t", row.name, got, row.want)
		}
	}
	th.fail(ip, now.Add(throttleWindow))
	if th.blocked(ip, now.Add(throttleWindow)) {
		t.Error("one failure in a new window blocks")
	}
}

func TestThrottleTakesIPv6ByNetwork(t *testing.T) {
	th := newThrottle()
	for i := range throttleFailures {
		th.fail(netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 15: byte(i)}), testStart)
	}
	if !th.blocked(netip.MustParseAddr("2001:db8::ffff"), testStart) {
		t.Error("an address of the same /64: got free, want blocked")
	}
	if th.blocked(netip.MustParseAddr("2001:db8:0:1::1"), testStart) {
		t.Error("an address of the next /64: got blocked, want free")
	}
}

func TestThrottleMemoryIsBounded(t *testing.T) {
	th := newThrottle()
	source := func(i int) netip.Addr {
		var ip [4]byte
		binary.BigEndian.PutUint32(ip[:], uint32(i))
		return netip.AddrFrom4(ip)
	}
	for i := range throttleSources + 100 {
		th.fail(source(i), testStart)
	}
	if got := len(th.sources); got != throttleSources {
		t.Errorf("recent sources kept: got %d, want %d", got, throttleSources)
	}
	th.fail(source(-1), testStart.Add(throttleWindow))
	if got := len(th.sources); got != 1 {
		t.Errorf("sources kept after the window: got %d, want 1", got)
	}
}

func TestPortPool(t *testing.T) {
	kernel := newPortPool(0, 0)
	conn, err := kernel.listen()
	if err != nil {
		t.Fatalf("listen without a range: %v", err)
	}
	taken := addrPort(conn.LocalAddr()).Port()
	defer conn.Close()

	busy := newPortPool(taken, taken)
	if _, err := busy.listen(); err == nil {
		t.Errorf("listen on port %d, which is taken: got no error", taken)
	}
	if got := len(busy.free); got != 1 {
		t.Errorf("ports after a failed listen: got %d, want 1", got)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := busy.listen()
	if err != nil {
		t.Fatalf("listen on port %d, which is free again: %v", taken, err)
	}
	defer again.Close()
	if got := addrPort(again.LocalAddr()).Port(); got != taken {
		t.Errorf("port: got %d, want %d", got, taken)
	}
	if _, err := busy.listen(); err == nil {
		t.Error("listen on an empty pool: got no error")
	}
}
