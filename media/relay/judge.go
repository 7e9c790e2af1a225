package relay

import (
	"net/netip"
	"time"

	"github.com/pion/stun/v2"
)

// sessionLimit is how long after its credential expired an allocation may still
// be kept alive. Browsers refresh with the credential they started with, so the
// expiry must not end a running call; this bound ends one that nobody hangs up.
const sessionLimit = 12 * time.Hour

// familyIPv4 is the first byte of REQUESTED-ADDRESS-FAMILY for IPv4 (RFC 8656
// §18.6).
const familyIPv4 = 1

// attempt is what a request claims, and what is known about its source.
type attempt struct {
	username string
	realm    string
	allocate bool   // an Allocate request; all others concern an existing allocation
	owner    string // username that opened the live allocation of the source, "" when none
}

// judge checks everything about an attempt but the password. On success the
// Reason is "".
//
//  1. The realm is the one credentials were issued in (RFC 8489 §9.2.4).
//  2. The username has the form this package writes.
//  3. An existing allocation is used by who opened it (RFC 8656 §5; the code
//     441 belongs here, pion answers 400).
//  4. A new allocation needs an unexpired credential; an existing one may go on
//     for sessionLimit.
func judge(a attempt, realm string, now time.Time) (identity, Reason) {
	if a.realm != realm {
		return identity{}, ReasonRealm
	}
	id, err := parseUsername(a.username)
	if err != nil {
		return identity{}, ReasonUsername
	}
	existing := !a.allocate && a.owner != ""
	if existing && a.owner != a.username {
		return identity{}, ReasonOwner
	}
	end := id.expires
	if existing {
		end = end.Add(sessionLimit)
	}
	if !now.Before(end) {
		return identity{}, ReasonExpired
	}
	return id, ""
}

// examine checks what an authenticated request asks for, where pion would not.
func examine(p policy, m *stun.Message) Reason {
	switch m.Type.Method {
	case stun.MethodAllocate:
		// pion would bind sockets in search of an even port, and remember
		// reservations that it never looks up again.
		if m.Contains(stun.AttrEvenPort) || m.Contains(stun.AttrReservationToken) {
			return ReasonUnsupported
		}
		// pion would give an IPv4 address to who asks for another (RFC 8656 §7.2;
		// the code 440 belongs here, pion answers 400).
		if family, err := m.Get(stun.AttrRequestedAddressFamily); err == nil && (len(family) == 0 || family[0] != familyIPv4) {
			return ReasonUnsupported
		}
	case stun.MethodChannelBind:
		// The permission handler sees the address alone. A channel to a port
		// that policy denies would be useless, and thousands of them a burden.
		if !decide(p, peerAddress(m)).allowed() {
			return ReasonPeer
		}
	}
	return ""
}

// peerAddress reads the first XOR-PEER-ADDRESS (RFC 8656 §18.3); the zero
// AddrPort, which no policy allows, when there is none.
func peerAddress(m *stun.Message) netip.AddrPort {
	var peer stun.XORMappedAddress
	if err := peer.GetFromAs(m, stun.AttrXORPeerAddress); err != nil {
		return netip.AddrPort{}
	}
	ip, ok := netip.AddrFromSlice(peer.IP)
	if !ok {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(ip.Unmap(), uint16(peer.Port))
}
