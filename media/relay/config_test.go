package relay

import (
	"bytes"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

var testSecret = bytes.Repeat([]byte{7}, minSecretBytes)

func testConfig() Config {
	return Config{
		ListenUDP: "127.0.0.1:0",
		ListenTCP: "127.0.0.1:0",
		PublicIP:  netip.MustParseAddr("127.0.0.1"),
		Media:     []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:5004")},
		Realm:     "parley.test",
		Secret:    testSecret,
		Log:       zerolog.Nop(),
	}
}

func TestConfigFaults(t *testing.T) {
	prefixes := func(texts ...string) (list []netip.Prefix) {
		for _, text := range texts {
			list = append(list, netip.MustParsePrefix(text))
		}
		return list
	}
	for _, row := range []struct {
		name   string
		change func(*Config)
		want   string // part of the error; "" is none
	}{
		{"complete", func(*Config) {}, ""},
		{"mapped public address", func(c *Config) { c.PublicIP = netip.MustParseAddr("::ffff:192.0.2.1") }, ""},
		{"no listener", func(c *Config) { c.ListenUDP, c.ListenTCP = "", "" }, "ListenUDP, ListenTCP"},
		{"listener without port", func(c *Config) { c.ListenTCP = "localhost" }, "ListenTCP: want host:port"},
		{"no public address", func(c *Config) { c.PublicIP = netip.Addr{} }, "PublicIP: must be set"},
		{"IPv6 public address", func(c *Config) { c.PublicIP = netip.MustParseAddr("2001:db8::1") }, "PublicIP: 2001:db8::1 is not IPv4"},
		{"second public address", func(c *Config) { c.PublicIP6 = netip.MustParseAddr("2001:db8::1") }, ""},
		{"second public address of IPv4", func(c *Config) { c.PublicIP6 = netip.MustParseAddr("::ffff:192.0.2.1") }, "PublicIP6: ::ffff:192.0.2.1 is not IPv6"},
		{"second public address of a link", func(c *Config) { c.PublicIP6 = netip.MustParseAddr("fe80::1%eth0") }, "PublicIP6"},
		{"second public address unspecified", func(c *Config) { c.PublicIP6 = netip.IPv6Unspecified() }, "PublicIP6: :: is no address"},
		{"TLS without a host", func(c *Config) { c.Inner = closedListener{} }, "Inner, InnerHosts"},
		{"TLS at a host without port", func(c *Config) { c.Inner, c.InnerHosts = closedListener{}, []string{"a:443", "b"} }, "InnerHosts[1]"},
		{"unspecified public address", func(c *Config) { c.PublicIP = netip.MustParseAddr("0.0.0.0") }, "PublicIP: 0.0.0.0"},
		{"nothing to reach", func(c *Config) { c.Media = nil }, "Media: at least one"},
		{"peers only", func(c *Config) { c.Media, c.AllowedPeers = nil, prefixes("203.0.113.0/24") }, ""},
		{"IPv6 media", func(c *Config) { c.Media = append(c.Media, netip.MustParseAddrPort("[::1]:5004")) }, "Media[1]"},
		{"zero media", func(c *Config) { c.Media = []netip.AddrPort{{}} }, "Media[0]"},
		{"unspecified media", func(c *Config) { c.Media = []netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:1")} }, "Media[0]"},
		{"media port 0", func(c *Config) { c.Media = []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")} }, "Media[0]: port"},
		{"peers: private", func(c *Config) { c.AllowedPeers = prefixes("10.0.0.0/8", "192.168.7.0/24") }, ""},
		{"peers: all", func(c *Config) { c.AllowedPeers = prefixes("0.0.0.0/0") }, "includes 127.0.0.0/8"},
		{"peers: loopback", func(c *Config) { c.AllowedPeers = prefixes("10.0.0.0/8", "127.0.0.1/32") }, "AllowedPeers[1]"},
		{"peers: around loopback", func(c *Config) { c.AllowedPeers = prefixes("126.0.0.0/7") }, "includes 127.0.0.0/8"},
		{"peers: link-local", func(c *Config) { c.AllowedPeers = prefixes("169.254.7.0/24") }, "link-local"},
		{"peers: metadata", func(c *Config) { c.AllowedPeers = prefixes("169.254.169.254/32") }, "metadata"},
		{"peers: public metadata", func(c *Config) { c.AllowedPeers = prefixes("168.63.0.0/16") }, "168.63.129.16/32 (metadata"},
		{"peers: carrier metadata", func(c *Config) { c.AllowedPeers = prefixes("100.64.0.0/10") }, "100.100.100.200/32 (metadata"},
		{"peers: multicast", func(c *Config) { c.AllowedPeers = prefixes("239.0.0.0/8") }, "multicast"},
		{"peers: unspecified", func(c *Config) { c.AllowedPeers = prefixes("0.0.0.0/32") }, "this network"},
		{"peers: IPv6 metadata", func(c *Config) { c.AllowedPeers = prefixes("fd00:ec2::254/128") }, "not an IPv4 prefix"},
		{"peers: mapped", func(c *Config) {
			c.AllowedPeers = []netip.Prefix{netip.PrefixFrom(netip.MustParseAddr("::ffff:10.0.0.0"), 104)}
		}, "not an IPv4 prefix"},
		{"peers: invalid", func(c *Config) { c.AllowedPeers = []netip.Prefix{{}} }, "AllowedPeers[0]"},
		{"no realm", func(c *Config) { c.Realm = "" }, "Realm: 0 bytes"},
		{"long realm", func(c *Config) { c.Realm = strings.Repeat("r", 128) }, "Realm: 128 bytes"},
		{"realm with colon", func(c *Config) { c.Realm = "a:b" }, "Realm: want printable"},
		{"realm with line break", func(c *Config) { c.Realm = "a\nb" }, "Realm: want printable"},
		{"short secret", func(c *Config) { c.Secret = c.Secret[:31] }, "Secret: 31 bytes"},
		{"short life", func(c *Config) { c.CredentialTTL = time.Second }, "CredentialTTL: 1s"},
		{"life a second too short", func(c *Config) { c.CredentialTTL = 9 * time.Second }, "CredentialTTL: 9s"},
		{"long life", func(c *Config) { c.CredentialTTL = 2 * time.Hour }, "CredentialTTL: 2h0m0s"},
		{"negative allocations", func(c *Config) { c.MaxAllocations = -1 }, "MaxAllocations: -1"},
		{"too many allocations", func(c *Config) { c.MaxAllocations = maxAllocations + 1 }, "MaxAllocations: 50001"},
		{"user above server", func(c *Config) { c.MaxAllocations, c.MaxAllocationsPerUser = 3, 4 }, "MaxAllocationsPerUser: 4"},
		{"one allocation", func(c *Config) { c.MaxAllocations = 1 }, ""},
		{"low port", func(c *Config) { c.RelayPortMin, c.RelayPortMax = 80, 90 }, "RelayPortMin: 80"},
		{"only the upper port", func(c *Config) { c.RelayPortMax = 5000 }, "RelayPortMin: 0"},
		{"ports reversed", func(c *Config) { c.RelayPortMin, c.RelayPortMax = 5000, 4999 }, "RelayPortMax: 4999"},
		{"full port range", func(c *Config) { c.RelayPortMin, c.RelayPortMax = 1024, 65535 }, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			cfg := testConfig()
			row.change(&cfg)
			err := cfg.withDefaults().validate()
			switch {
			case row.want == "" && err != nil:
				t.Errorf("validate: got %v, want no error", err)
			case row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)):
				t.Errorf("validate: got %v, want an error with %q", err, row.want)
			}
		})
	}
}

func TestConfigReportsAllFaultsAtOnce(t *testing.T) {
	_, err := New(Config{})
	if err == nil {
		t.Fatal("New(Config{}): got no error")
	}
	for _, field := range []string{"ListenUDP", "PublicIP", "Media", "Realm", "Secret"} {
		if !strings.Contains(err.Error(), field) {
			t.Errorf("New(Config{}): got %q, want it to name %s", err, field)
		}
	}
}

// closedListener is any listener, where none is used.
type closedListener struct{ net.Listener }
