package relay

import (
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"

	"github.com/pion/stun/v2"
	"github.com/pion/turn/v3"
)

// request is the STUN request that a front's read loop is handling.
type request struct {
	raw      []byte // valid until the next read
	source   netip.AddrPort
	username string   // set once authenticated
	identity identity // likewise
}

// front is a socket towards clients: the UDP socket or one TCP connection, with
// a pion server of its own. pion reads, authenticates and allocates on one
// goroutine, the read loop, so current needs no lock. Responses and relayed
// data are written from other goroutines too and pass straight through.
type front struct {
	net.PacketConn
	server *Server
	stream *stream // nil for UDP

	current request // of the read loop alone

	mu     sync.Mutex                      // guards owners
	owners map[netip.AddrPort]*relaySocket // live allocation by client address
	once   sync.Once                       // guards the end
	ended  chan struct{}                   // closed when the read loop is over
	err    error                           // why; valid after ended
}

func newFront(s *Server, conn net.PacketConn) *front {
	f := &front{
		PacketConn: conn,
		server:     s,
		owners:     make(map[netip.AddrPort]*relaySocket),
		ended:      make(chan struct{}),
	}
	if st, ok := conn.(*stream); ok {
		f.stream = st
		st.setIdle(true)
	}
	return f
}

// serve starts the pion server, which reads until the socket is closed.
func (f *front) serve() error {
	_, err := turn.NewServer(turn.ServerConfig{
		Realm:         f.server.cfg.Realm,
		AuthHandler:   f.authenticate,
		LoggerFactory: loggerFactory{log: f.server.log},
		PacketConnConfigs: []turn.PacketConnConfig{{
			PacketConn:            f,
			RelayAddressGenerator: generator{f},
			PermissionHandler:     f.permit,
		}},
	})
	return err
}

// ReadFrom returns the next datagram worth handling. Its first error ends the
// front, on the read loop, after which no allocation can be made.
func (f *front) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		n, from, err := f.PacketConn.ReadFrom(p)
		if err != nil {
			f.end(err)
			return 0, nil, err
		}
		if f.admit(p[:n], addrPort(from)) {
			return n, from, nil
		}
	}
}

// admit drops what is not STUN or ChannelData, and requests of a source that
// failed too often; a source with an allocation has proven itself and goes on.
func (f *front) admit(datagram []byte, source netip.AddrPort) bool {
	switch classify(datagram) {
	case kindInvalid:
		f.server.counters.refuse(ReasonMalformed)
		return false
	case kindRequest:
		if f.server.throttle.blocked(source.Addr(), f.server.cfg.Now()) && f.owner(source) == "" {
			f.server.counters.refuse(ReasonThrottled)
			return false
		}
		f.current = request{raw: datagram, source: source}
	}
	return true
}

// authenticate is pion's auth handler. pion compares the message integrity
// itself afterwards, but tells nobody how that went; checking it here makes a
// wrong password count, and ties the user to the allocation that may follow.
func (f *front) authenticate(username, realm string, _ net.Addr) ([]byte, bool) {
	m := &stun.Message{Raw: append([]byte(nil), f.current.raw...)}
	if err := m.Decode(); err != nil {
		return nil, f.refuse(ReasonMalformed)
	}
	id, reason := judge(attempt{
		username: username,
		realm:    realm,
		allocate: m.Type.Method == stun.MethodAllocate,
		owner:    f.owner(f.current.source),
	}, f.server.cfg.Realm, f.server.cfg.Now())
	if reason != "" {
		return nil, f.refuse(reason)
	}
	key := turn.GenerateAuthKey(username, realm, f.server.issuer.password(username))
	if err := stun.MessageIntegrity(key).Check(m); err != nil { // compares in constant time
		return nil, f.refuse(ReasonIntegrity)
	}
	if f.server.refused.Load().has(id) {
		return nil, f.refuse(ReasonRevoked)
	}
	if reason := examine(f.server.policy, m); reason != "" {
		return nil, f.refuse(reason)
	}
	f.current.username, f.current.identity = username, id
	return key, true
}

// refuse counts and returns false, the answer to pion.
func (f *front) refuse(r Reason) bool {
	f.server.counters.refuse(r)
	if r.failedAuthentication() {
		f.server.throttle.fail(f.current.source.Addr(), f.server.cfg.Now())
	}
	return false
}

// permit is pion's permission handler, asked for CreatePermission and for
// ChannelBind alike.
func (f *front) permit(_ net.Addr, ip net.IP) bool {
	if r := f.allocation(f.current.source); r != nil {
		r.use()
	}
	peer, ok := netip.AddrFromSlice(ip)
	if ok && decidePermission(f.server.policy, peer).allowed() {
		return true
	}
	return f.refuse(ReasonPeer)
}

// owner returns the username that opened the live allocation of source.
func (f *front) owner(source netip.AddrPort) string {
	if r := f.allocation(source); r != nil {
		return r.username
	}
	return ""
}

// allocation returns the live allocation of source, or nil.
func (f *front) allocation(source netip.AddrPort) *relaySocket {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.owners[source]
}

// live are the allocations there are.
func (f *front) live() []*relaySocket {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Collect(maps.Values(f.owners))
}

// own registers r as the allocation of source.
func (f *front) own(source netip.AddrPort, r *relaySocket) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.owners[source] = r
	if f.stream != nil {
		f.stream.setIdle(false)
	}
}

// disown forgets r. A client may have made a new allocation from the same
// address before the old socket was closed; that one stays.
func (f *front) disown(source netip.AddrPort, r *relaySocket) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.owners[source] != r {
		return
	}
	delete(f.owners, source)
	if f.stream != nil {
		f.stream.setIdle(true)
	}
}

// end closes the socket and all allocations made through it.
func (f *front) end(err error) {
	f.once.Do(func() {
		_ = f.PacketConn.Close() // it may be closed already; that is how most fronts end
		for _, r := range f.live() {
			_ = r.Close() // never fails
		}
		f.err = err
		close(f.ended)
		f.server.forget(f)
	})
}
