package doorway

import (
	"bufio"
	"crypto/tls"
	"net"
	"sync"
	"time"
)

// peeked is a connection of which some bytes were looked at.
type peeked struct {
	net.Conn
	reader *bufio.Reader
}

func newPeeked(conn net.Conn) *peeked {
	return &peeked{Conn: conn, reader: bufio.NewReader(conn)}
}

// Read implements net.Conn.
func (p *peeked) Read(b []byte) (int, error) { return p.reader.Read(b) }

// ConnectionState is that of TLS; net/http shows it to its handlers.
func (p *peeked) ConnectionState() tls.ConnectionState {
	if conn, ok := p.Conn.(*tls.Conn); ok {
		return conn.ConnectionState()
	}
	return tls.ConnectionState{}
}

// kind waits for as many bytes as it takes to tell.
func (p *peeked) kind() kind {
	first, err := p.reader.Peek(1)
	if err != nil {
		return kindOther
	}
	head, err := p.reader.Peek(needs(first[0]))
	if err != nil {
		return kindOther
	}
	return classify(head)
}

// room is the listener of one kind of connection.
type room struct {
	addr net.Addr
	in   chan net.Conn
	once sync.Once
	done chan struct{} // closed by Close
}

var _ net.Listener = (*room)(nil)

func newRoom(addr net.Addr) *room {
	return &room{addr: addr, in: make(chan net.Conn), done: make(chan struct{})}
}

// put waits for who accepts the connection, for a bounded time.
func (r *room) put(conn net.Conn) bool {
	timer := time.NewTimer(handOver)
	defer timer.Stop()
	select {
	case r.in <- conn:
		return true
	case <-r.done:
	case <-timer.C:
	}
	return false
}

// Accept implements net.Listener.
func (r *room) Accept() (net.Conn, error) {
	select {
	case conn := <-r.in:
		return conn, nil
	case <-r.done:
		return nil, &net.OpError{Op: "accept", Net: r.addr.Network(), Addr: r.addr, Err: net.ErrClosed}
	}
}

// Close implements net.Listener: nothing is handed on any more.
func (r *room) Close() error {
	r.once.Do(func() { close(r.done) })
	return nil
}

// Addr implements net.Listener: the address of the port.
func (r *room) Addr() net.Addr { return r.addr }
