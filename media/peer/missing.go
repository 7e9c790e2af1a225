package peer

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
)

const (
	// askEvery is how long an answer to a request may take before the next.
	askEvery = 50 * time.Millisecond
	// askLimit is how often one packet is asked for: a browser that does not
	// have it any more is left in peace.
	askLimit = 10
	// askWindow is how many packets behind the newest one may be and be asked
	// for; a wider gap is no loss but a source that counts anew.
	askWindow = 100
)

// missing follows which packets of one source have not come.
type missing struct {
	started bool
	newest  uint16
	gaps    []gap // ascending
}

type gap struct {
	seq   uint16
	asked int
	next  time.Time // when to ask
}

// arrived notes a packet.
func (m *missing) arrived(seq uint16, now time.Time) {
	ahead := int(int16(seq - m.newest))
	switch {
	case !m.started, ahead > askWindow, ahead < -askWindow:
		m.started, m.newest, m.gaps = true, seq, m.gaps[:0]
		return
	case ahead <= 0:
		m.gaps = slices.DeleteFunc(m.gaps, func(g gap) bool { return g.seq == seq })
		return
	}
	for s := m.newest + 1; s != seq; s++ {
		m.gaps = append(m.gaps, gap{seq: s, next: now})
	}
	m.newest = seq
	m.gaps = slices.DeleteFunc(m.gaps, func(g gap) bool {
		return g.asked == askLimit || int16(seq-g.seq) > askWindow
	})
}

// due appends the numbers that are to be asked for now.
func (m *missing) due(now time.Time, numbers []uint16) []uint16 {
	for i := range m.gaps {
		if g := &m.gaps[i]; g.asked < askLimit && !now.Before(g.next) {
			g.asked++
			g.next = now.Add(askEvery)
			numbers = append(numbers, g.seq)
		}
	}
	return numbers
}

// asker asks a browser for packets that are missing (NACK, RFC 4585 section
// 6.2.1) when the next packet shows it, and again with those that follow. Unlike
// pion's generator it needs no timer, which would wake the process all the time
// for calls that lose nothing.
type asker struct {
	interceptor.NoOp
	writer interceptor.RTCPWriter
}

// NewInterceptor implements interceptor.Factory: an asker serves one
// connection.
func (asker) NewInterceptor(string) (interceptor.Interceptor, error) { return &asker{}, nil }

// BindRTCPWriter implements interceptor.Interceptor. It is called before any
// stream is bound.
func (a *asker) BindRTCPWriter(w interceptor.RTCPWriter) interceptor.RTCPWriter {
	a.writer = w
	return w
}

// BindRemoteStream implements interceptor.Interceptor. It asks whatever the
// answer says of NACK: Chromium sends again what it is asked for where the offer
// alone says so, and its answer does not repeat it.
func (a *asker) BindRemoteStream(info *interceptor.StreamInfo, reader interceptor.RTPReader) interceptor.RTPReader {
	var lost missing // belongs to the one goroutine that reads the stream
	var numbers []uint16
	ours := rand.Uint32()
	return interceptor.RTPReaderFunc(func(b []byte, attr interceptor.Attributes) (int, interceptor.Attributes, error) {
		n, attr, err := reader.Read(b, attr)
		if err != nil || n < 4 {
			return n, attr, err
		}
		now := time.Now()
		lost.arrived(binary.BigEndian.Uint16(b[2:]), now)
		if numbers = lost.due(now, numbers[:0]); len(numbers) > 0 {
			// A request that cannot be sent is made again.
			_, _ = a.writer.Write([]rtcp.Packet{&rtcp.TransportLayerNack{
				SenderSSRC: ours, MediaSSRC: info.SSRC, Nacks: rtcp.NackPairsFromSequenceNumbers(numbers),
			}}, nil)
		}
		return n, attr, nil
	})
}
