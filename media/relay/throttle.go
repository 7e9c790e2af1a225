package relay

import (
	"net/netip"
	"sync"
	"time"
)

const (
	// throttleFailures in throttleWindow block a source until its window ends.
	// Passwords have 256 bits, so this is no defence against guessing; it bounds
	// the work and the answers that one source can draw. It is generous because
	// an office shares an address, and short because a UDP source can be forged
	// to block somebody else; sources with an allocation are exempt (front.admit).
	throttleFailures = 30
	throttleWindow   = time.Minute
	// throttleSources bounds memory: about 64 bytes each.
	throttleSources = 8192
)

// throttle counts failed authentications by source. Safe for concurrent use.
type throttle struct {
	mu      sync.Mutex // guards sources
	sources map[netip.Addr]failures
}

type failures struct {
	since time.Time
	count int
}

func newThrottle() *throttle {
	return &throttle{sources: make(map[netip.Addr]failures)}
}

// fail notes a failed authentication from ip.
func (t *throttle) fail(ip netip.Addr, now time.Time) {
	key := throttleKey(ip)
	t.mu.Lock()
	defer t.mu.Unlock()
	f, known := t.sources[key]
	if !known && len(t.sources) >= throttleSources {
		t.makeRoomLocked(now)
	}
	if f.over(now) {
		f = failures{since: now}
	}
	f.count++
	t.sources[key] = f
}

// blocked reports whether ip has used up its failures.
func (t *throttle) blocked(ip netip.Addr, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.sources[throttleKey(ip)]
	return f.count >= throttleFailures && !f.over(now)
}

// makeRoomLocked forgets sources whose window is over, and an arbitrary one
// when all are recent: so many failing sources are forged or a flood, and which
// of them is forgotten does not matter.
func (t *throttle) makeRoomLocked(now time.Time) {
	for key, f := range t.sources {
		if f.over(now) {
			delete(t.sources, key)
		}
	}
	for key := range t.sources {
		if len(t.sources) < throttleSources {
			return
		}
		delete(t.sources, key)
	}
}

func (f failures) over(now time.Time) bool { return now.Sub(f.since) >= throttleWindow }

// throttleKey takes the /64 of an IPv6 address, because one customer has at
// least that much to choose from.
func throttleKey(ip netip.Addr) netip.Addr {
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip
	}
	prefix, err := ip.Prefix(64)
	if err != nil {
		return netip.Addr{} // the zero Addr stands for all sources without an address
	}
	return prefix.Addr()
}
