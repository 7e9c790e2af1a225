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

var errTooSlow = errors.New("ws: the client reads too slowly")

// socket is one connection with its bounded queue of outgoing messages.
type socket struct {
	conn  *websocket.Conn
	queue chan wire.ServerMessage
	once  sync.Once
	slow  chan struct{} // closed when the queue was found full
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

// write sends what is queued and pings; it ends the reader through cancel.
func (s *socket) write(ctx context.Context, cancel context.CancelFunc) error {
	defer cancel()
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-s.slow:
			return errTooSlow
		case m := <-s.queue:
			err = s.send(ctx, m)
		case <-ping.C:
			err = s.ping(ctx)
		}
		if err != nil {
			return err
		}
	}
}

func (s *socket) send(ctx context.Context, m wire.ServerMessage) error {
	data, err := wire.Encode(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	if err := s.conn.Write(ctx, websocket.MessageText, data); err != nil {
		return fmt.Errorf("write to socket: %w", err)
	}
	return nil
}

func (s *socket) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pongWithin)
	defer cancel()
	if err := s.conn.Ping(ctx); err != nil {
		return fmt.Errorf("ping socket: %w", err)
	}
	return nil
}

// refuse answers a failed sign-in with its problem.
func (s *socket) refuse(ctx context.Context, err error) (websocket.StatusCode, string) {
	if websocket.CloseStatus(err) != -1 || errors.Is(err, context.Canceled) {
		return websocket.StatusNormalClosure, ""
	}
	p := problem.From(err, "")
	if p.Status == 500 {
		return websocket.StatusPolicyViolation, "say hello first"
	}
	_ = s.send(ctx, wire.Error{Problem: p}) // the close code says the same
	if p.Status == 401 {
		return closeSignedOut, p.Title
	}
	return websocket.StatusPolicyViolation, p.Title
}
