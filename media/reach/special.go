package reach

import "net/netip"

// Range is a block of addresses that are not hosts of the public internet.
type Range struct {
	Name   string
	Prefix netip.Prefix
	// Private networks are some people's own, and may be reached where they are
	// meant; the other ranges never.
	Private bool
}

// Special follows the IANA special-purpose registries (RFC 6890) and adds the
// addresses at which clouds hand out metadata and credentials.
func Special() []Range {
	never := func(name, prefix string) Range {
		return Range{Name: name, Prefix: netip.MustParsePrefix(prefix)}
	}
	private := func(name, prefix string) Range {
		return Range{Name: name, Prefix: netip.MustParsePrefix(prefix), Private: true}
	}
	return []Range{
		never("this network, RFC 1122", "0.0.0.0/8"),
		never("loopback, RFC 1122", "127.0.0.0/8"),
		never("link-local and metadata, RFC 3927", "169.254.0.0/16"),
		never("metadata, Azure", "168.63.129.16/32"),
		never("metadata, Alibaba", "100.100.100.200/32"),
		never("protocol assignments and metadata, RFC 6890", "192.0.0.0/24"),
		never("benchmarking, RFC 2544", "198.18.0.0/15"),
		never("multicast, RFC 5771", "224.0.0.0/4"),
		never("reserved and broadcast, RFC 1112", "240.0.0.0/4"),
		private("private, RFC 1918", "10.0.0.0/8"),
		private("private, RFC 1918", "172.16.0.0/12"),
		private("private, RFC 1918", "192.168.0.0/16"),
		private("shared by carriers, RFC 6598", "100.64.0.0/10"),
		never("unspecified, loopback and IPv4-compatible, RFC 4291", "::/96"),
		never("IPv4 behind NAT64, RFC 6052", "64:ff9b::/96"),
		never("IPv4 behind a local NAT64, RFC 8215", "64:ff9b:1::/48"),
		never("IPv4 behind Teredo, RFC 4380", "2001::/32"),
		never("IPv4 behind 6to4, RFC 3056", "2002::/16"),
		never("link-local, RFC 4291", "fe80::/10"),
		never("site-local, RFC 3879", "fec0::/10"),
		never("multicast, RFC 4291", "ff00::/8"),
		never("metadata, AWS", "fd00:ec2::254/128"),
		private("unique local, RFC 4193", "fc00::/7"),
	}
}
