package relay

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"time"
)

const (
	// streamBuffer holds any frame that is relayed.
	streamBuffer = 2048
	// streamWrite is how long a client may leave its connection unread. Audio
	// that waited so long is useless, so the connection is given up.
	streamWrite = 5 * time.Second
	// streamIdle is how long a connection may live without an allocation,
	// whatever it sends.
	streamIdle = 15 * time.Second
)

// stream makes datagrams of a TCP connection (RFC 8656 §12.5). It takes the
// place of pion's own, which a length near 65535 sends into an endless loop.
// One goroutine reads; any may write.
type stream struct {
	net.Conn
	reader *bufio.Reader
}

var _ net.PacketConn = (*stream)(nil)

func newStream(conn net.Conn) *stream {
	return &stream{Conn: conn, reader: bufio.NewReaderSize(conn, streamBuffer)}
}

// ReadFrom returns the next frame. Frames that do not fit p are skipped.
func (s *stream) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		header, err := s.reader.Peek(4)
		if err != nil {
			return 0, nil, fmt.Errorf("read a frame: %w", err)
		}
		length, err := frameLength([4]byte(header))
		if err != nil {
			return 0, nil, err
		}
		if length > len(p) {
			if _, err := s.reader.Discard(length); err != nil {
				return 0, nil, fmt.Errorf("skip a frame: %w", err)
			}
			continue
		}
		if _, err := io.ReadFull(s.reader, p[:length]); err != nil {
			return 0, nil, fmt.Errorf("read a frame: %w", err)
		}
		return length, s.RemoteAddr(), nil
	}
}

// WriteTo sends p as one frame. After an error the frame may be cut, so the
// connection is closed; its reader then ends the allocation.
func (s *stream) WriteTo(p []byte, _ net.Addr) (int, error) {
	if err := s.SetWriteDeadline(time.Now().Add(streamWrite)); err != nil {
		return 0, err
	}
	n, err := s.Write(p)
	if err != nil {
		_ = s.Close() // the write error is the one to report
	}
	return n, err
}

// setIdle starts the time a connection may live without an allocation, or stops
// it. A connection that is closed already has no use for either.
func (s *stream) setIdle(idle bool) {
	var deadline time.Time
	if idle {
		deadline = time.Now().Add(streamIdle)
	}
	_ = s.SetReadDeadline(deadline)
}
