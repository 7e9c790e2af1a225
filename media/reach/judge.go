package reach

import "net/netip"

// Judge says which addresses may be sent to on a client's word. The zero value
// allows hosts of the public internet only. A Judge never changes and may be
// used by several goroutines.
type Judge struct{ private bool }

// For is the judge of a server with these addresses of its own: private
// networks may be reached where the server itself has no other address, on a
// local network or a laptop. Loopback addresses are as good as none. Without any
// address nothing is known, which is the public internet.
func For(own []netip.AddrPort) Judge {
	private := false
	for _, a := range own {
		switch r, special := find(a.Addr()); {
		case !special:
			return Judge{}
		case r.Private:
			private = true
		}
	}
	return Judge{private: private}
}

// Allows tells whether ip may be sent to. An IPv4-mapped IPv6 address is judged
// as the IPv4 address it stands for.
func (j Judge) Allows(ip netip.Addr) bool {
	if !ip.IsValid() {
		return false
	}
	r, special := find(ip)
	return !special || r.Private && j.private
}

// find returns the range an address lies in; one that is never to be reached
// before one that is private.
func find(ip netip.Addr) (Range, bool) {
	ip = ip.Unmap().WithZone("")
	var found Range
	for _, r := range Special() {
		if !r.Prefix.Contains(ip) {
			continue
		}
		if !r.Private {
			return r, true
		}
		found = r
	}
	return found, found.Prefix.IsValid()
}
