package relay

import "sync/atomic"

// Reason names why a request, connection or allocation was refused. The values
// are stable and fit a metrics label.
type Reason string

// Reasons of refusal, the keys of Stats.Refused.
const (
	ReasonRealm       Reason = "realm"       // the client answered in another realm
	ReasonUsername    Reason = "username"    // not a username this package writes
	ReasonExpired     Reason = "expired"     // the credential's time is over
	ReasonRevoked     Reason = "revoked"     // the credential was taken back
	ReasonOwner       Reason = "owner"       // the allocation belongs to another credential
	ReasonIntegrity   Reason = "integrity"   // wrong password, or a message changed on the way
	ReasonThrottled   Reason = "throttled"   // too many failures from this source address
	ReasonMalformed   Reason = "malformed"   // neither STUN nor ChannelData, or an unusable peer address
	ReasonUnsupported Reason = "unsupported" // EVEN-PORT or RESERVATION-TOKEN
	ReasonPeer        Reason = "peer"        // permission or channel for a peer that policy denies
	ReasonUserQuota   Reason = "user_quota"  // Config.MaxAllocationsPerUser reached
	ReasonRate        Reason = "rate"        // Config.Admit said no
	ReasonQuota       Reason = "quota"       // Config.MaxAllocations reached
	ReasonPorts       Reason = "ports"       // no relayed port could be bound
	ReasonConnections Reason = "connections" // too many TCP connections
)

func allReasons() []Reason {
	return []Reason{
		ReasonRealm, ReasonUsername, ReasonExpired, ReasonRevoked, ReasonOwner, ReasonIntegrity, ReasonThrottled, ReasonMalformed,
		ReasonUnsupported, ReasonPeer, ReasonUserQuota, ReasonRate, ReasonQuota, ReasonPorts, ReasonConnections,
	}
}

// failedAuthentication reports whether r means that the sender could not prove
// who it is. Only these count against a source address.
func (r Reason) failedAuthentication() bool {
	switch r {
	case ReasonRealm, ReasonUsername, ReasonExpired, ReasonOwner, ReasonIntegrity:
		return true
	default:
		return false
	}
}

// Stats is a snapshot of the counters, all since New but the two gauges.
type Stats struct {
	Allocations      int               // live now
	AllocationsTotal uint64            // ever made
	Connections      int               // TCP connections open now
	Refused          map[Reason]uint64 // every Reason is present
	DroppedToPeer    uint64            // datagrams of clients for peers that policy denies
	DroppedFromPeer  uint64            // datagrams that reached a relayed address from such peers
}

// counters is the live form of Stats; safe for concurrent use.
type counters struct {
	allocations     atomic.Uint64
	connections     atomic.Int64
	droppedToPeer   atomic.Uint64
	droppedFromPeer atomic.Uint64
	refused         map[Reason]*atomic.Uint64 // filled by newCounters, never changed
}

func newCounters() *counters {
	c := &counters{refused: make(map[Reason]*atomic.Uint64)}
	for _, r := range allReasons() {
		c.refused[r] = new(atomic.Uint64)
	}
	return c
}

func (c *counters) refuse(r Reason) { c.refused[r].Add(1) }

func (c *counters) snapshot(live int) Stats {
	s := Stats{
		Allocations:      live,
		AllocationsTotal: c.allocations.Load(),
		Connections:      int(c.connections.Load()),
		Refused:          make(map[Reason]uint64, len(c.refused)),
		DroppedToPeer:    c.droppedToPeer.Load(),
		DroppedFromPeer:  c.droppedFromPeer.Load(),
	}
	for r, n := range c.refused {
		s.Refused[r] = n.Load()
	}
	return s
}
