package limit

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Remote is the address that a request comes from; the zero one if unknown.
func Remote(r *http.Request) netip.Addr {
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr().Unmap()
}

// Behind puts the client's address into RemoteAddr where a request comes
// through proxies that are trusted to tell it in X-Forwarded-For: the last one
// there that is no trusted proxy itself, for what stands before it anybody may
// have written.
func Behind(trusted []netip.Prefix, next http.Handler) http.Handler {
	if len(trusted) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a, ok := forwarded(trusted, Remote(r), r.Header.Values("X-Forwarded-For")); ok {
			r = r.Clone(r.Context())
			r.RemoteAddr = net.JoinHostPort(a.String(), "0")
		}
		next.ServeHTTP(w, r)
	})
}

// forwarded is the client's address; ok is false if the connection is its own.
func forwarded(trusted []netip.Prefix, from netip.Addr, lists []string) (a netip.Addr, ok bool) {
	hops := strings.Split(strings.Join(lists, ","), ",")
	for i := len(hops) - 1; i >= 0 && within(trusted, from); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break // what stands before it is nobody's word
		}
		from, ok = hop.Unmap(), true
	}
	return from, ok
}

func within(networks []netip.Prefix, a netip.Addr) bool {
	for _, n := range networks {
		if n.Contains(a) {
			return true
		}
	}
	return false
}
