package reach

import (
	"net/netip"
	"testing"
)

func TestAllows(t *testing.T) {
	public, lan := Judge{}, Judge{private: true}
	for _, row := range []struct {
		name, ip    string
		public, lan bool
	}{
		{"a host of the internet", "93.184.215.14", true, true},
		{"one of IPv6", "2606:4700::1111", true, true},
		{"one that is mapped", "::ffff:93.184.215.14", true, true},
		{"private", "10.1.2.3", false, true},
		{"private, last of 172.16/12", "172.31.255.255", false, true},
		{"just after it", "172.32.0.0", true, true},
		{"private as mapped", "::ffff:192.168.1.1", false, true},
		{"carrier network", "100.64.0.1", false, true},
		{"unique local", "fd12::1", false, true},
		{"loopback", "127.0.0.1", false, false},
		{"loopback, other", "127.255.0.1", false, false},
		{"loopback as mapped", "::ffff:127.0.0.1", false, false},
		{"loopback of IPv6", "::1", false, false},
		{"IPv4-compatible", "::127.0.0.1", false, false},
		{"unspecified", "0.0.0.0", false, false},
		{"unspecified of IPv6", "::", false, false},
		{"metadata", "169.254.169.254", false, false},
		{"metadata as mapped", "::ffff:169.254.169.254", false, false},
		{"metadata of AWS on IPv6, in a private range", "fd00:ec2::254", false, false},
		{"metadata of Alibaba, in a private range", "100.100.100.200", false, false},
		{"metadata of Azure", "168.63.129.16", false, false},
		{"link-local", "fe80::1", false, false},
		{"link-local with a zone", "fe80::1%eth0", false, false},
		{"unique local with a zone", "fd12::1%eth0", false, true},
		{"multicast", "224.0.0.251", false, false},
		{"multicast of IPv6", "ff02::fb", false, false},
		{"broadcast", "255.255.255.255", false, false},
		{"loopback behind NAT64", "64:ff9b::7f00:1", false, false},
		{"loopback behind 6to4", "2002:7f00:1::1", false, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			ip := netip.MustParseAddr(row.ip)
			if got := public.Allows(ip); got != row.public {
				t.Errorf("on the internet: Allows(%s) is %t, want %t", ip, got, row.public)
			}
			if got := lan.Allows(ip); got != row.lan {
				t.Errorf("on a local network: Allows(%s) is %t, want %t", ip, got, row.lan)
			}
		})
	}
	if public.Allows(netip.Addr{}) || lan.Allows(netip.Addr{}) {
		t.Error("the zero address: allowed, want refused")
	}
}

func TestFor(t *testing.T) {
	for _, row := range []struct {
		name string
		own  []string
		want Judge
	}{
		{"no address", nil, Judge{}},
		{"loopback only", []string{"127.0.0.1:1", "[::1]:1"}, Judge{}},
		{"a local network", []string{"127.0.0.1:1", "192.168.1.2:1", "[fe80::1]:1"}, Judge{private: true}},
		{"a local network with IPv6", []string{"10.0.0.1:1", "[fd00::1]:1"}, Judge{private: true}},
		{"public", []string{"93.184.215.14:1"}, Judge{}},
		{"public, and a network of containers", []string{"172.17.0.1:1", "93.184.215.14:1"}, Judge{}},
		{"private IPv4 and public IPv6", []string{"192.168.1.2:1", "[2606:4700::1]:1"}, Judge{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var own []netip.AddrPort
			for _, a := range row.own {
				own = append(own, netip.MustParseAddrPort(a))
			}
			if got := For(own); got != row.want {
				t.Errorf("got %+v, want %+v", got, row.want)
			}
		})
	}
}
