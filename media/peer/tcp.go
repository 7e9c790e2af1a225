package peer

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/rs/zerolog"
)

// How ICE-TCP (RFC 6544) is bounded.
const (
	// maxStreams are the TCP connections of one port; 0.5 MiB of buffers each in
	// the worst case.
	maxStreams = 4096
	// firstCheck is how long a connection may take to say which leg it is of.
	firstCheck = 5 * time.Second
	// directFirst is how long a connection is not listened to, so that UDP comes
	// first where it gets through: the first way that works is taken and kept, and
	// TCP delivers late what it delivers.
	directFirst = 250 * time.Millisecond
	// streamBuffer holds about two seconds of audio. What does not get through
	// for longer is dropped: a slow browser must not hold up whoever sends to it.
	streamBuffer = 16 << 10
	// streamReads are datagrams that wait for ICE.
	streamReads = 32
)

// listenTCP serves ICE-TCP on what shared accepts, which may be nil, and on a
// port of its own.
func listenTCP(port int, shared net.Listener, log zerolog.Logger) (ice.TCPMux, error) {
	own, err := net.Listen("tcp", fmt.Sprintf(":%d", port))
	if err != nil {
		return nil, err
	}
	muxes := []ice.TCPMux{tcpMux(own, log)}
	if shared != nil {
		muxes = append(muxes, tcpMux(shared, log))
	}
	return ice.NewMultiTCPMuxDefault(muxes...), nil
}

func tcpMux(l net.Listener, log zerolog.Logger) ice.TCPMux {
	return ice.NewTCPMuxDefault(ice.TCPMuxParams{
		Listener: &bounded{Listener: l, open: map[net.Conn]struct{}{}}, Logger: loggerFactory{log}.NewLogger("ice-tcp"),
		ReadBufferSize: streamReads, WriteBufferSize: streamBuffer,
		FirstStunBindTimeout: firstCheck, AliveDurationForConnFromStun: firstCheck,
	})
}

// bounded is a listener with at most maxStreams connections, all of which end
// with it. Those above are closed at once.
type bounded struct {
	net.Listener

	mu     sync.Mutex // guards what follows
	closed bool
	open   map[net.Conn]struct{}
}

func (b *bounded) Accept() (net.Conn, error) {
	for {
		conn, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if b.enter(conn) {
			return &boundedConn{Conn: conn, from: b, closed: make(chan struct{}), due: time.Now().Add(directFirst)}, nil
		}
		_ = conn.Close() // nothing was said on it yet
	}
}

func (b *bounded) enter(conn net.Conn) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || len(b.open) >= maxStreams {
		return false
	}
	b.open[conn] = struct{}{}
	return true
}

// Close ends the connections too: pion waits for those that have said nothing.
func (b *bounded) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	errs := []error{b.Listener.Close()}
	for conn := range b.open {
		_ = conn.Close() // may be closed already
	}
	return errors.Join(errs...)
}

type boundedConn struct {
	net.Conn
	from   *bounded
	due    time.Time // when it may be read from
	once   sync.Once
	closed chan struct{}
}

// Read implements net.Conn. Only one goroutine reads.
func (c *boundedConn) Read(b []byte) (int, error) {
	if wait := time.Until(c.due); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-c.closed:
		}
	}
	return c.Conn.Read(b)
}

func (c *boundedConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	c.from.mu.Lock()
	delete(c.from.open, c.Conn)
	c.from.mu.Unlock()
	return c.Conn.Close()
}
