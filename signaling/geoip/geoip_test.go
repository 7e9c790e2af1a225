package geoip_test

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"parley/signaling/geoip"
)

type fields = mmdbtype.Map

// write makes a file in MaxMind's format of networks and their records.
func write(t *testing.T, name string, records map[string]fields) string {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: name, RecordSize: 24, IncludeReservedNetworks: true})
	if err != nil {
		t.Fatal(err)
	}
	for network, r := range records {
		_, n, err := net.ParseCIDR(network)
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.Insert(n, r); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), name+".mmdb")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.WriteTo(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func in(country string, parts ...string) fields {
	r := fields{"country": fields{"iso_code": mmdbtype.String(country)}}
	if len(parts) > 0 {
		var list mmdbtype.Slice
		for _, p := range parts {
			list = append(list, fields{"iso_code": mmdbtype.String(p)})
		}
		r["subdivisions"] = list
	}
	return r
}

func TestLocate(t *testing.T) {
	proxied := in("FR")
	proxied["traits"] = fields{"is_anonymous_proxy": mmdbtype.Bool(true)}
	places := write(t, "City", map[string]fields{
		"192.0.2.0/25":    in("US", "CA", "037"),
		"192.0.2.128/25":  in("DE"),
		"198.51.100.0/24": proxied,
		"203.0.113.0/24":  in("US", "a part with no code"),
		"2001:db8::/32":   in("GB", "ENG"),
		"100.64.0.0/16":   in(""),
	})
	anonymous := write(t, "Anonymous", map[string]fields{
		"192.0.2.7/32":   {"is_tor_exit_node": mmdbtype.Bool(true)},
		"192.0.2.8/32":   {"is_hosting_provider": mmdbtype.Bool(true)},
		"192.0.2.129/32": {"is_anonymous": mmdbtype.Bool(false)},
	})
	l, err := geoip.Open(geoip.Config{Places: places, Anonymous: anonymous})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	tests := []struct {
		addr, code string
		hidden     bool
	}{
		{"192.0.2.1", "US-CA", false},
		{"::ffff:192.0.2.1", "US-CA", false},
		{"192.0.2.7", "US-CA", true},
		{"192.0.2.8", "US-CA", true},
		{"192.0.2.129", "DE", false},
		{"198.51.100.9", "FR", true},
		{"203.0.113.5", "US", false},
		{"2001:db8::1", "GB-ENG", false},
		{"100.64.0.1", "", false},
		{"127.0.0.1", "", false},
		{"8.8.8.8", "", false},
	}
	for _, tt := range tests {
		code, hidden := l.Locate(netip.MustParseAddr(tt.addr))
		if code != tt.code || hidden != tt.hidden {
			t.Errorf("%s: got %q hidden %t, want %q hidden %t", tt.addr, code, hidden, tt.code, tt.hidden)
		}
	}
	if code, _ := l.Locate(netip.Addr{}); code != "" {
		t.Errorf("no address: got %q", code)
	}
	if code, _ := (*geoip.Locator)(nil).Locate(netip.MustParseAddr("192.0.2.1")); code != "" {
		t.Errorf("no files: got %q", code)
	}
}

func TestOpenRefuses(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.mmdb")
	if err := os.WriteFile(bad, []byte("not a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := write(t, "City", map[string]fields{"192.0.2.0/24": in("US")})
	for name, cfg := range map[string]geoip.Config{
		"missing": {Places: bad + ".none"}, "broken": {Places: bad}, "second broken": {Places: good, Anonymous: bad},
	} {
		if _, err := geoip.Open(cfg); err == nil || !strings.Contains(err.Error(), "GeoIP file "+bad) {
			t.Errorf("%s: got %v, want an error that names the file", name, err)
		}
	}
}
