package relay

import (
	"errors"
	"net"
	"time"

	"github.com/pion/turn/v3"
)

var (
	errNoUser        = errors.New("no authenticated request")
	errRate          = errors.New("too many allocations within a short time")
	errQuota         = errors.New("allocation quota reached")
	errTCPAllocation = errors.New("relayed addresses are UDP only")
)

// generator makes the relayed addresses of one front. pion calls it on the read
// loop while it handles the Allocate request in front.current, and answers 508
// (Insufficient Capacity) to any error.
type generator struct{ front *front }

var _ turn.RelayAddressGenerator = generator{}

// Validate implements turn.RelayAddressGenerator.
func (generator) Validate() error { return nil }

// AllocatePacketConn binds a relayed address for the authenticated user, within
// the quota. The port is always the pool's choice: a particular one is asked for
// only with EVEN-PORT, which examine refuses.
func (g generator) AllocatePacketConn(string, int) (net.PacketConn, net.Addr, error) {
	s, req := g.front.server, g.front.current
	if req.username == "" {
		return nil, nil, errNoUser
	}
	if s.cfg.Admit != nil && !s.cfg.Admit(req.identity.user, req.source.Addr()) {
		s.counters.refuse(ReasonRate)
		return nil, nil, errRate
	}
	if reason, ok := s.reserve(req.identity.user); !ok {
		s.counters.refuse(reason)
		return nil, nil, errQuota
	}
	conn, err := s.ports.listen()
	if err != nil {
		s.quota.give(req.identity.user)
		s.counters.refuse(ReasonPorts)
		return nil, nil, err
	}
	r := g.wrap(conn, req)
	g.front.own(req.source, r)
	s.counters.allocations.Add(1)
	if s.refused.Load().has(req.identity) { // since it was authenticated
		_ = r.Close() // never fails; pion's reader finds it closed
	}
	return r, &net.UDPAddr{IP: s.cfg.PublicIP.AsSlice(), Port: int(r.port())}, nil
}

// AllocateConn implements turn.RelayAddressGenerator; pion never calls it.
func (generator) AllocateConn(string, int) (net.Conn, net.Addr, error) {
	return nil, nil, errTCPAllocation
}

// wrap puts conn under policy. pion starts exactly one reader for what this
// returns; Run waits for it.
func (g generator) wrap(conn *net.UDPConn, req request) *relaySocket {
	s := g.front.server
	s.readers.Add(1)
	r := &relaySocket{
		UDPConn:   conn,
		policy:    s.policy,
		counters:  s.counters,
		username:  req.username,
		identity:  req.identity,
		from:      time.Now().Add(s.cfg.DirectFirst),
		now:       s.cfg.Now,
		made:      s.cfg.Now(),
		told:      s.cfg.Told,
		real:      s.cfg.real(),
		readEnded: s.readers.Done,
	}
	port := r.port()
	r.release = func() {
		s.ports.giveBack(port)
		s.quota.give(req.identity.user)
		g.front.disown(req.source, r)
	}
	return r
}
