package ws

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/coder/websocket"

	"parley/signaling/problem"
	"parley/signaling/wire"
)

// ending says how a socket is closed. The zero ending closes nothing.
type ending struct {
	code   websocket.StatusCode
	reason string
}

// Close codes beside those of RFC 6455 are 4001 and 4002.
var (
	byReader  = ending{}
	noHello   = ending{websocket.StatusPolicyViolation, "say hello first"}
	brokeRule = ending{websocket.StatusPolicyViolation, "too many malformed messages"}
	restart   = ending{websocket.StatusServiceRestart, "the server restarts"}
	tryAgain  = ending{websocket.StatusInternalError, "try again"}
	signedOut = ending{4001, "the token has expired"}
	revoked   = ending{4001, "the token was revoked"}
	tooSlow   = ending{4002, "reading too slowly"}
	// gone is for a peer that does not answer: nobody is there to read a code.
	gone = ending{code: -1}
)

// socket is one connection with its bounded queue of outgoing messages.
type socket struct {
	conn     *websocket.Conn
	queue    chan wire.ServerMessage
	once     sync.Once
	slow     chan struct{}      // closed when the queue was found full
	signedIn chan time.Duration // how long the token is good, once known
	revoked  chan struct{}      // gets one when the token was taken back
}

func newSocket(c *websocket.Conn) *socket {
	return &socket{
		conn: c, queue: make(chan wire.ServerMessage, queueLength),
		slow: make(chan struct{}), signedIn: make(chan time.Duration, 1),
		revoked: make(chan struct{}, 1),
	}
}

// Send queues a message; a full queue ends the socket, for a client that
// misses one message would show something untrue.
func (s *socket) Send(m wire.ServerMessage) {
	select {
	case s.queue <- m:
	default:
		s.once.Do(func() { close(s.slow) })
	}
}

// run writes until the socket ends and closes it where the writer is who ends
// it, which unblocks the reader. Cancelling a read would cut the connection
// before the client could learn the code, so nothing but this ends a read.
func (s *socket) run(stop, readerDone <-chan struct{}) {
	switch e := s.write(stop, readerDone); e {
	case byReader:
	case gone:
		_ = s.conn.CloseNow() // it is gone already
	default:
		_ = s.conn.Close(e.code, e.reason) // the peer may be gone already
	}
}

// write sends what is queued, pings, and watches the time.
func (s *socket) write(stop, readerDone <-chan struct{}) ending {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	limit, atLimit := time.NewTimer(helloWithin), noHello
	defer limit.Stop()
	for {
		select {
		case <-readerDone:
			return byReader
		case <-stop:
			return restart
		case <-limit.C:
			return atLimit
		case left := <-s.signedIn:
			limit.Reset(left)
			atLimit = signedOut
		case <-s.revoked:
			return revoked
		case <-s.slow:
			return tooSlow
		case m := <-s.queue:
			if s.send(m) != nil {
				return tooSlow
			}
		case <-ping.C:
			if s.ping() != nil {
				return gone
			}
		}
	}
}

func (s *socket) send(m wire.ServerMessage) error {
	data, err := wire.Encode(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), writeWithin)
	defer cancel()
	if err := s.conn.Write(ctx, websocket.MessageText, data); err != nil {
		return fmt.Errorf("write to socket: %w", err)
	}
	return nil
}

func (s *socket) ping() error {
	ctx, cancel := context.WithTimeout(context.Background(), pongWithin)
	defer cancel()
	if err := s.conn.Ping(ctx); err != nil {
		return fmt.Errorf("ping socket: %w", err)
	}
	return nil
}

// errClosed marks a read that ended because the connection did.
var errClosed = errors.New("ws: the connection has ended")

// receive waits for the next message and decodes it. Only closing the
// connection ends the wait; the error is then errClosed.
func (s *socket) receive() (wire.ClientMessage, error) {
	kind, data, err := s.conn.Read(context.Background())
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errClosed, err)
	case kind != websocket.MessageText:
		return nil, &wire.DecodeError{Reason: "a binary frame; messages are text frames"}
	}
	return wire.Decode(data)
}

// refuse answers a failed sign-in with its problem.
func (s *socket) refuse(err error) ending {
	if errors.Is(err, errClosed) {
		return byReader
	}
	p := problem.From(err, "")
	_ = s.send(wire.Error{Problem: p}) // the close code says the same
	if p.Status == 401 {
		return ending{signedOut.code, p.Title}
	}
	return ending{websocket.StatusPolicyViolation, p.Title}
}
