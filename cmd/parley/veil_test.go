package main

import (
	"net/netip"
	"strings"
	"testing"
)

func TestVeil(t *testing.T) {
	v := veil("key").Address
	for _, tc := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"2001:db8::1", "2001:db8::2", true},
		{"2001:db8::1", "2001:db8:0:1::1", false},
	} {
		a, b := v(netip.MustParseAddr(tc.a)), v(netip.MustParseAddr(tc.b))
		if (a == b) != tc.same || a == "" || strings.Contains(a, tc.a) {
			t.Errorf("%s and %s: got %q and %q, want same: %t", tc.a, tc.b, a, b, tc.same)
		}
	}
	if a := netip.MustParseAddr("192.0.2.1"); veil("other").Address(a) == v(a) {
		t.Error("another key: got the same, want something else")
	}
	if got := v(netip.Addr{}); got != "" {
		t.Errorf("no address: got %q, want nothing", got)
	}
	d := veil("key").Device
	if d("a phone") == "" || d("a phone") == d("another") || d("") != "" || strings.Contains(d("a phone"), "phone") {
		t.Errorf("devices: got %q and %q, want one for each and nothing for none", d("a phone"), d("another"))
	}
}
