package peer

import (
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"parley/media/bridge"
)

const (
	clockRate = 48000 // of Opus and of redundant audio that carries it
	// maxDropout is the gap in numbers beyond which a source counts anew (RFC 3550
	// appendix A.1).
	maxDropout = 3000
)

// receipt keeps how a browser's packets arrive, as RFC 3550 appendices A.3 and A.8
// have it.
type receipt struct {
	mu      sync.Mutex // guards what follows: one goroutine writes, others ask
	started bool
	ssrc    uint32
	newest  uint16
	ahead   uint64 // packets expected of this source
	got     uint64 // packets of it that came, doubles included
	// Packets of former sources.
	expected uint64
	lost     int64

	transit int64 // of the newest packet in order, in ticks of the clock
	jitter  float64
	began   time.Time
}

// arrived notes a packet.
func (r *receipt) arrived(h *rtp.Header, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	step := int16(h.SequenceNumber - r.newest)
	if !r.started || h.SSRC != r.ssrc || step > maxDropout || step < -maxDropout {
		r.begin(h, at)
		return
	}
	r.got++
	if step <= 0 {
		return // it says nothing of the jitter: it was sent again, or overtaken
	}
	r.ahead += uint64(step)
	r.newest = h.SequenceNumber
	transit := r.ticks(at) - int64(h.Timestamp)
	d := int64(int32(transit - r.transit))
	r.transit = transit
	r.jitter += (float64(max(d, -d)) - r.jitter) / 16
}

func (r *receipt) begin(h *rtp.Header, at time.Time) {
	r.expected += r.ahead
	r.lost += int64(r.ahead) - int64(r.got)
	if !r.started {
		r.began = at
	}
	r.started, r.ssrc, r.newest, r.ahead, r.got, r.jitter = true, h.SSRC, h.SequenceNumber, 1, 1, 0
	r.transit = r.ticks(at) - int64(h.Timestamp)
}

func (r *receipt) ticks(at time.Time) int64 {
	return int64(at.Sub(r.began) * clockRate / time.Second)
}

func (r *receipt) reception() bridge.Reception {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bridge.Reception{
		Expected: r.expected + r.ahead, Lost: r.lost + int64(r.ahead) - int64(r.got), Jitter: ticksTime(r.jitter),
	}
}

// feedback keeps what a browser reports of our packets (RFC 3550 section 6.4.1).
type feedback struct {
	mu    sync.Mutex
	first uint32 // extended number of the first report
	told  bridge.Reception
}

// report takes in one block of a report about our source.
func (f *feedback) report(b rtcp.ReceptionReport) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.told.Reports == 0 {
		f.first = b.LastSequenceNumber
	}
	f.told.Reports++
	f.told.Expected = uint64(b.LastSequenceNumber - f.first)
	f.told.Lost = int64(int32(b.TotalLost<<8) >> 8) // 24 bits with a sign
	f.told.Jitter = ticksTime(float64(b.Jitter))
}

func (f *feedback) reception() bridge.Reception {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.told
}

func ticksTime(ticks float64) time.Duration {
	return time.Duration(ticks / clockRate * float64(time.Second))
}

// take reads the reports among the browser's RTCP.
func (p *Peer) take(packets []rtcp.Packet) {
	ours, bound := p.out.ssrc()
	for _, pkt := range packets {
		var blocks []rtcp.ReceptionReport
		switch pkt := pkt.(type) {
		case *rtcp.ReceiverReport:
			blocks = pkt.Reports
		case *rtcp.SenderReport:
			blocks = pkt.Reports
		}
		for _, b := range blocks {
			if bound && b.SSRC == ours {
				p.heard.report(b)
			}
		}
	}
}

// roundTrip is the newest time that a check of the connection took, 0 while there
// is none (RFC 7675).
func (p *Peer) roundTrip() time.Duration {
	p.stateMu.Lock()
	up := p.state == bridge.StateConnected
	p.stateMu.Unlock()
	if !up {
		return 0
	}
	pair, ok := p.pc.GetTransceivers()[0].Sender().Transport().ICETransport().GetSelectedCandidatePairStats()
	if !ok {
		return 0
	}
	return time.Duration(pair.CurrentRoundTripTime * float64(time.Second))
}
