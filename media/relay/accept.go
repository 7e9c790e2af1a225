package relay

import (
	"context"
	"errors"
	"net"
	"time"
)

const (
	// acceptPause lets a process that is out of file descriptors recover.
	acceptPause = 100 * time.Millisecond
	// acceptTries in a row without success end the server.
	acceptTries = 100
)

// accept serves the connections of a listener until it is closed, which is no
// error. Only these goroutines launch fronts for connections, so once they ended
// their number only falls.
func (s *Server) accept(ctx context.Context, l net.Listener) error {
	for failed := 0; ; {
		conn, err := l.Accept()
		switch {
		case err == nil:
			failed = 0
			s.welcome(conn)
		case errors.Is(err, net.ErrClosed):
			return nil
		case failed == acceptTries:
			return err
		default:
			failed++
			s.pause(ctx)
		}
	}
}

// welcome starts serving conn, unless there are too many connections.
func (s *Server) welcome(conn net.Conn) {
	if s.counters.connections.Add(1) > int64(2*s.cfg.MaxAllocations) {
		s.counters.connections.Add(-1)
		s.counters.refuse(ReasonConnections)
		_ = conn.Close() // nothing was said on it yet
		return
	}
	if err := s.launch(newFront(s, newStream(conn))); err != nil {
		s.log.Error().Err(err).Msg("connection refused")
	}
}

func (s *Server) pause(ctx context.Context) {
	timer := time.NewTimer(acceptPause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-s.stop:
	}
}
