package relay

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// relaySocket is the relayed address of one allocation. Datagrams pass between
// it and allowed peers only; pion checks permissions by address, this checks the
// port as well. pion writes from the front's goroutine and reads from the
// allocation's own, which ends with the first error.
type relaySocket struct {
	*net.UDPConn
	policy   policy
	counters *counters
	username string // of the credential that opened the allocation
	identity identity

	from       time.Time      // when it begins to carry
	told, real netip.AddrPort // what clients know one media address by, and that address

	now  func() time.Time
	made time.Time
	used atomic.Int64 // when the client used it last, ns since 1970; 0: never

	closeOnce sync.Once
	release   func() // gives back slot and port
	endOnce   sync.Once
	readEnded func() // tells the owner that the reader is gone
}

var _ net.PacketConn = (*relaySocket)(nil)

func (r *relaySocket) port() uint16 { return addrPort(r.LocalAddr()).Port() }

// ReadFrom returns the next datagram of an allowed peer.
func (r *relaySocket) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		n, from, err := r.ReadFromUDPAddrPort(p)
		if err != nil {
			r.endOnce.Do(r.readEnded)
			return 0, nil, err
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		if !decide(r.policy, from).allowed() {
			r.counters.droppedFromPeer.Add(1)
			continue
		}
		if r.told.IsValid() && from == r.real {
			from = r.told
		}
		return n, net.UDPAddrFromAddrPort(from), nil
	}
}

// WriteTo sends p to an allowed peer. For any other it reports success: to the
// client a datagram is lost either way, as RFC 8656 §10.2 has it.
func (r *relaySocket) WriteTo(p []byte, to net.Addr) (int, error) {
	r.use()
	peer := addrPort(to)
	if !decide(r.policy, peer).allowed() {
		r.counters.droppedToPeer.Add(1)
		return len(p), nil
	}
	if time.Now().Before(r.from) {
		return len(p), nil
	}
	if r.told.IsValid() && peer == r.told {
		peer = r.real
	}
	return r.WriteToUDPAddrPort(p, peer)
}

// Close ends the allocation's socket and frees its slot, once. It never fails:
// pion gives up closing the other allocations at the first error.
func (r *relaySocket) Close() error {
	r.closeOnce.Do(func() {
		_ = r.UDPConn.Close() // fails only when closed already, which closeOnce rules out
		r.release()
	})
	return nil
}
