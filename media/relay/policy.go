package relay

import "net/netip"

// verdict is the answer of decide.
type verdict int

const (
	verdictUnlisted verdict = iota // nobody listed the peer; the zero value denies
	verdictSpecial                 // listed at most by a wider prefix; special addresses need their own
	verdictMedia                   // exactly a configured media address
	verdictListed                  // inside a prefix of the operator
)

func (v verdict) allowed() bool { return v == verdictMedia || v == verdictListed }

// policy is what clients may reach. It is built once and never changed, so all
// goroutines read it without a lock.
type policy struct {
	media    map[netip.AddrPort]struct{}
	mediaIPs map[netip.Addr]struct{}
	listed   []netip.Prefix
	special  []specialRange
}

func newPolicy(media []netip.AddrPort, listed []netip.Prefix) policy {
	p := policy{
		media:    make(map[netip.AddrPort]struct{}, len(media)),
		mediaIPs: make(map[netip.Addr]struct{}, len(media)),
		special:  specialRanges(),
	}
	for _, m := range media {
		ip := m.Addr().Unmap()
		p.media[netip.AddrPortFrom(ip, m.Port())] = struct{}{}
		p.mediaIPs[ip] = struct{}{}
	}
	for _, l := range listed {
		p.listed = append(p.listed, l.Masked())
	}
	return p
}

// decide says whether a client may exchange datagrams with peer. Media
// addresses match by address and port; prefixes by address, on any port but 0.
// An IPv4-mapped IPv6 address is judged as the IPv4 address it stands for.
func decide(p policy, peer netip.AddrPort) verdict {
	ip := peer.Addr().Unmap().WithZone("")
	if peer.Port() == 0 {
		return verdictUnlisted
	}
	if _, ok := p.media[netip.AddrPortFrom(ip, peer.Port())]; ok {
		return verdictMedia
	}
	return p.decideListed(ip)
}

// decidePermission says whether a TURN permission for ip may be installed. A
// permission has no port (RFC 8656 §9), so the address of any media socket
// passes; decide then holds each datagram to the port.
func decidePermission(p policy, ip netip.Addr) verdict {
	ip = ip.Unmap().WithZone("")
	if _, ok := p.mediaIPs[ip]; ok {
		return verdictMedia
	}
	return p.decideListed(ip)
}

func (p policy) decideListed(ip netip.Addr) verdict {
	result := verdictUnlisted
	for _, l := range p.listed {
		if !l.Contains(ip) {
			continue
		}
		if p.mayList(l, ip) {
			return verdictListed
		}
		result = verdictSpecial
	}
	return result
}

// mayList reports whether prefix l suffices to allow ip, which it contains: it
// does unless ip is special, and for a private ip when l lies inside the same
// private network, so that the operator meant it.
func (p policy) mayList(l netip.Prefix, ip netip.Addr) bool {
	for _, r := range p.special {
		if !r.prefix.Contains(ip) {
			continue
		}
		inside := r.prefix.Contains(l.Addr()) && l.Bits() >= r.prefix.Bits()
		if !r.private || !inside {
			return false
		}
	}
	return true
}

// specialRange is a block of addresses that are not hosts of the public
// internet. A private one may be listed by the operator; the others never.
type specialRange struct {
	name    string
	prefix  netip.Prefix
	private bool
}

// specialRanges follows the IANA special-purpose registries (RFC 6890) and adds
// the addresses at which clouds hand out metadata and credentials.
func specialRanges() []specialRange {
	never := func(name, prefix string) specialRange {
		return specialRange{name: name, prefix: netip.MustParsePrefix(prefix)}
	}
	private := func(name, prefix string) specialRange {
		return specialRange{name: name, prefix: netip.MustParsePrefix(prefix), private: true}
	}
	return []specialRange{
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
		never("unspecified, RFC 4291", "::/128"),
		never("loopback, RFC 4291", "::1/128"),
		never("link-local, RFC 4291", "fe80::/10"),
		never("multicast, RFC 4291", "ff00::/8"),
		never("metadata, AWS", "fd00:ec2::254/128"),
		never("IPv4 behind NAT64, RFC 6052", "64:ff9b::/96"),
		never("IPv4 behind 6to4, RFC 3056", "2002::/16"),
		private("unique local, RFC 4193", "fc00::/7"),
	}
}
