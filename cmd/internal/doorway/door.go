package doorway

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

const (
	// maxUndecided are the connections of which it is not known yet what they are.
	maxUndecided = 2048
	// decideWithin is how long a connection may take to say it, TLS included.
	decideWithin = 10 * time.Second
	// handOver is how long a connection waits for who is to take it.
	handOver = 5 * time.Second
	// acceptPause lets a process that is out of file descriptors recover.
	acceptPause = 50 * time.Millisecond
)

// Protocols that TLS may agree on (ALPN). That of ACME's challenge ends with the
// handshake (RFC 8737); a TURN client may name its own (RFC 7443) or none.
const (
	protocolHTTP = "http/1.1"
	protocolTURN = "stun.turn"
)

// Door is one TCP port. Its listeners may be used from its making on; they end
// with Run.
type Door struct {
	listener net.Listener
	tls      *tls.Config

	http, plain, turn, ice *room

	slots chan struct{} // one for each undecided connection
	work  sync.WaitGroup
}

// Open makes the door of l. config must have what a server needs to end TLS; its
// protocols are set here, but for what it has beside HTTP.
func Open(l net.Listener, config *tls.Config) *Door {
	config = config.Clone()
	config.NextProtos = append([]string{protocolHTTP, protocolTURN}, config.NextProtos...)
	addr := l.Addr()
	return &Door{
		listener: l, tls: config, slots: make(chan struct{}, maxUndecided),
		http: newRoom(addr), plain: newRoom(addr), turn: newRoom(addr), ice: newRoom(addr),
	}
}

// HTTP has requests over TLS.
func (d *Door) HTTP() net.Listener { return d.http }

// Plain has requests of HTTP without TLS.
func (d *Door) Plain() net.Listener { return d.plain }

// TURN has messages of STUN, decrypted where they came by TLS.
func (d *Door) TURN() net.Listener { return d.turn }

// ICE has frames of ICE-TCP.
func (d *Door) ICE() net.Listener { return d.ice }

// Run accepts until ctx ends, then ends the listeners and all connections that
// nobody has taken, and waits for what it started. An error is that of the port.
func (d *Door) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = d.listener.Close() })
	defer stop()
	err := d.accept(ctx)
	cancel()
	_ = d.listener.Close() // may be closed already
	for _, r := range []*room{d.http, d.plain, d.turn, d.ice} {
		_ = r.Close() // never fails
	}
	d.work.Wait()
	return err
}

func (d *Door) accept(ctx context.Context) error {
	for {
		conn, err := d.listener.Accept()
		switch {
		case err == nil:
			d.admit(ctx, conn)
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("accept connections: %w", err)
		default:
			pause(ctx, acceptPause)
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// admit begins to decide about a connection, unless too many wait for that.
func (d *Door) admit(ctx context.Context, conn net.Conn) {
	select {
	case d.slots <- struct{}{}:
	default:
		_ = conn.Close() // nothing was said on it yet
		return
	}
	d.work.Go(func() {
		defer func() { <-d.slots }()
		d.receive(ctx, conn)
	})
}

// receive hands a connection on, or hangs up.
func (d *Door) receive(ctx context.Context, conn net.Conn) {
	ctx, cancel := context.WithTimeout(ctx, decideWithin)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	found, to := d.decide(ctx, conn)
	// After stop nothing closes the connection behind the back of its taker.
	if !stop() || to == nil || !to.put(found) {
		_ = conn.Close() // nobody wants it
	}
}

// decide finds out what a connection is for; a nil room: nothing.
func (d *Door) decide(ctx context.Context, conn net.Conn) (net.Conn, *room) {
	p := newPeeked(conn)
	switch p.kind() {
	case kindTLS:
		return d.decideInside(ctx, tls.Server(p, d.tls))
	case kindHTTP:
		return p, d.plain
	case kindTURN:
		return p, d.turn
	case kindICE:
		return p, d.ice
	}
	return nil, nil
}

func (d *Door) decideInside(ctx context.Context, conn *tls.Conn) (net.Conn, *room) {
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, nil
	}
	switch conn.ConnectionState().NegotiatedProtocol {
	case protocolHTTP:
		return conn, d.http
	case protocolTURN:
		return conn, d.turn
	case "":
		p := newPeeked(conn)
		switch p.kind() {
		case kindHTTP:
			return p, d.http
		case kindTURN:
			return p, d.turn
		}
	}
	return nil, nil
}
