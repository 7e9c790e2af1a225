package peer

import (
	"io"
	"sync"

	"github.com/pion/transport/v4/packetio"
)

const (
	// maxSources is how many streams of packets (RTP and RTCP of one SSRC each,
	// RFC 3550 section 8) a browser may begin on one connection. One needs a
	// handful; each holds some kilobytes until the connection ends.
	maxSources = 1024
	// Bounds of what waits to be read of a stream, in bytes.
	mediaWaits  = 1 << 20
	reportsWait = 100 << 10
)

// sources bounds the streams of one connection.
type sources struct {
	mu      sync.Mutex
	streams int
	// tooMany is called once, on the goroutine that reads the network.
	tooMany func()
}

// buffer makes the buffer of a stream that begins. Those beyond the bound take
// nothing.
func (s *sources) buffer(kind packetio.BufferPacketType, _ uint32) io.ReadWriteCloser {
	b := packetio.NewBuffer()
	b.SetLimitSize(mediaWaits)
	if kind == packetio.RTCPBufferPacket {
		b.SetLimitSize(reportsWait)
	}
	s.mu.Lock()
	s.streams++
	n := s.streams
	s.mu.Unlock()
	if n > maxSources {
		_ = b.Close() // it holds nothing
	}
	if n == maxSources+1 {
		s.tooMany()
	}
	return b
}
