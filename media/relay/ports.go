package relay

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
)

// portTries bounds the search when other programs hold ports of the range.
const portTries = 16

var errNoPort = errors.New("no relayed port is free")

// portPool binds relay sockets, on ports the kernel chooses or, when a range is
// configured, on a random free one of it, so that a relayed address cannot be
// guessed from the one before (RFC 8656 §7.2). Safe for concurrent use.
type portPool struct {
	ranged bool

	mu   sync.Mutex // guards free
	free []uint16
}

// newPortPool takes the inclusive range; 0, 0 is none.
func newPortPool(low, high uint16) *portPool {
	p := &portPool{ranged: low != 0}
	for port := int(low); p.ranged && port <= int(high); port++ {
		p.free = append(p.free, uint16(port))
	}
	return p
}

// listen binds a UDP socket. Whoever closes it calls giveBack with its port.
func (p *portPool) listen() (*net.UDPConn, error) {
	if !p.ranged {
		return bindRelay(0)
	}
	var busy []uint16
	defer func() { p.giveBack(busy...) }()
	for range portTries {
		port, ok := p.take()
		if !ok {
			break
		}
		conn, err := bindRelay(port)
		if err == nil {
			return conn, nil
		}
		busy = append(busy, port)
	}
	return nil, errNoPort
}

// bindRelay binds the IPv4 wildcard; the package comment says why.
func bindRelay(port uint16) (*net.UDPConn, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4zero, Port: int(port)})
	if err != nil {
		return nil, fmt.Errorf("bind a relayed port: %w", err)
	}
	return conn, nil
}

func (p *portPool) take() (uint16, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) == 0 {
		return 0, false
	}
	i, last := rand.IntN(len(p.free)), len(p.free)-1
	port := p.free[i]
	p.free[i] = p.free[last]
	p.free = p.free[:last]
	return port, true
}

// giveBack returns ports whose sockets are closed.
func (p *portPool) giveBack(ports ...uint16) {
	if !p.ranged {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, ports...)
}
