package relay

import (
	"net/netip"
	"testing"

	"parley/media/reach"
)

func testPolicy(t testing.TB) policy {
	t.Helper()
	return newPolicy(
		[]netip.AddrPort{
			netip.MustParseAddrPort("127.0.0.1:5004"),
			netip.MustParseAddrPort("[::ffff:192.0.2.10]:5004"),
			netip.MustParseAddrPort("10.0.0.5:5004"),
		},
		[]netip.Prefix{
			netip.MustParsePrefix("203.0.113.0/24"),
			netip.MustParsePrefix("10.1.2.3/16"), // not masked
			netip.MustParsePrefix("172.0.0.0/8"), // wider than the private network in it
			netip.MustParsePrefix("100.64.0.0/16"),
		},
	)
}

func TestDecide(t *testing.T) {
	for _, row := range []struct {
		name, peer string
		want       verdict
	}{
		{"media on loopback", "127.0.0.1:5004", verdictMedia},
		{"media on loopback, other port", "127.0.0.1:5005", verdictUnlisted},
		{"media as mapped IPv6", "[::ffff:127.0.0.1]:5004", verdictMedia},
		{"media with zone", "[::ffff:127.0.0.1%eth0]:5004", verdictMedia},
		{"media configured as mapped", "192.0.2.10:5004", verdictMedia},
		{"media, other port", "192.0.2.10:5003", verdictUnlisted},
		{"private media", "10.0.0.5:5004", verdictMedia},
		{"private media, other port", "10.0.0.5:22", verdictUnlisted},
		{"listed", "203.0.113.77:9", verdictListed},
		{"listed as mapped", "[::ffff:203.0.113.77]:9", verdictListed},
		{"listed, port 0", "203.0.113.77:0", verdictUnlisted},
		{"listed private network", "10.1.255.1:9", verdictListed},
		{"beside the listed private network", "10.2.0.1:9", verdictUnlisted},
		{"public part of a wide prefix", "172.200.0.1:9", verdictListed},
		{"private part of a wide prefix", "172.16.0.1:9", verdictSpecial},
		{"listed carrier network", "100.64.9.9:9", verdictListed},
		{"beside the listed carrier network", "100.65.0.1:9", verdictUnlisted},
		{"other loopback", "127.0.0.2:5004", verdictUnlisted},
		{"private", "192.168.1.1:53", verdictUnlisted},
		{"link-local", "169.254.0.1:80", verdictUnlisted},
		{"metadata", "169.254.169.254:80", verdictUnlisted},
		{"metadata as mapped", "[::ffff:169.254.169.254]:80", verdictUnlisted},
		{"metadata IPv6", "[fd00:ec2::254]:80", verdictUnlisted},
		{"loopback IPv6", "[::1]:5004", verdictUnlisted},
		{"unspecified", "0.0.0.0:5004", verdictUnlisted},
		{"unspecified IPv6", "[::]:5004", verdictUnlisted},
		{"multicast", "224.0.0.251:5353", verdictUnlisted},
		{"multicast IPv6", "[ff02::fb]:5353", verdictUnlisted},
		{"broadcast", "255.255.255.255:9", verdictUnlisted},
		{"unique local", "[fd12::1]:9", verdictUnlisted},
		{"link-local IPv6", "[fe80::1%eth0]:9", verdictUnlisted},
		{"public, unlisted", "8.8.8.8:53", verdictUnlisted},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := decide(testPolicy(t), netip.MustParseAddrPort(row.peer)); got != row.want {
				t.Errorf("decide(%s): got %d, want %d", row.peer, got, row.want)
			}
		})
	}
	if got := decide(testPolicy(t), netip.AddrPort{}); got.allowed() {
		t.Errorf("decide(zero AddrPort): got %d, want denied", got)
	}
}

func TestDecidePermission(t *testing.T) {
	for _, row := range []struct {
		peer string
		want bool
	}{
		{"127.0.0.1", true},
		{"::ffff:127.0.0.1", true},
		{"127.0.0.2", false},
		{"203.0.113.1", true},
		{"172.16.0.1", false},
		{"172.200.0.1", true},
		{"169.254.169.254", false},
		{"::1", false},
	} {
		if got := decidePermission(testPolicy(t), netip.MustParseAddr(row.peer)).allowed(); got != row.want {
			t.Errorf("decidePermission(%s): got %t, want %t", row.peer, got, row.want)
		}
	}
}

// Even a policy that slipped past validate, listing the whole internet, reaches
// no special address.
func TestSpecialAddressesNeedTheirOwnPrefix(t *testing.T) {
	p := newPolicy(nil, []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")})
	for _, r := range reach.Special() {
		first := netip.AddrPortFrom(r.Prefix.Addr(), 9)
		if got := decide(p, first); got != verdictSpecial {
			t.Errorf("decide(%s) (%s): got %d, want %d", first, r.Name, got, verdictSpecial)
		}
	}
	if got := decide(p, netip.MustParseAddrPort("8.8.8.8:9")); got != verdictListed {
		t.Errorf("decide(8.8.8.8:9): got %d, want %d", got, verdictListed)
	}
}

func BenchmarkDecideMedia(b *testing.B) {
	p, peer := testPolicy(b), netip.MustParseAddrPort("192.0.2.10:5004")
	for b.Loop() {
		decide(p, peer)
	}
}
