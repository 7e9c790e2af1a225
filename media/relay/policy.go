package relay

import (
	"net/netip"

	"parley/media/reach"
)

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
	special  []reach.Range
}

func newPolicy(media []netip.AddrPort, listed []netip.Prefix) policy {
	p := policy{
		media:    make(map[netip.AddrPort]struct{}, len(media)),
		mediaIPs: make(map[netip.Addr]struct{}, len(media)),
		special:  reach.Special(),
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
		if !r.Prefix.Contains(ip) {
			continue
		}
		inside := r.Prefix.Contains(l.Addr()) && l.Bits() >= r.Prefix.Bits()
		if !r.Private || !inside {
			return false
		}
	}
	return true
}
