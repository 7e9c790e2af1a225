package pipeline

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/rs/zerolog"

	"parley/recorder/capture"
	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/journal"
	"parley/storage/id"
	"parley/storage/meta"
)

// backlog bounds the batches that wait for a render: a minute. When it is
// full the render falls behind and is made from the journal afterwards.
const backlog = 120

// Recording is one call's recording while the call goes on. Its methods are
// safe for concurrent use.
type Recording struct {
	p       *Pipeline
	rec     meta.Recording
	header  journal.Header
	start   Start
	capture *capture.Capture
	log     zerolog.Logger

	batches chan *batch
	behind  atomic.Bool
	erase   atomic.Bool // it is erased in place of being finished
	// suspended lets a later process finish it.
	suspended atomic.Bool
	// behindBatch is the last batch that an earlier process wrote; 0: none did.
	behindBatch uint64
	saved       atomic.Int64 // µs since time 0 up to which the journal has everything
	lost        error        // what the journal could not take; set before batches closes
}

// batch is a copy of what the node wrote.
type batch struct {
	lanes [3][]byte
	until time.Duration
	last  uint64 // number of the newest batch in the journal
}

// follow opens the gate and starts the recording's goroutine. zero is time 0,
// the recording's StartedAt with a monotonic reading; the gate opens as soon as
// everything is durable.
func (p *Pipeline) follow(zero time.Time, rec meta.Recording, h journal.Header, w *journal.Writer, s Start) *Recording {
	r := p.newRecording(rec, h, s, capture.New(zero))
	r.capture.OpenGate(p.cfg.Now(), s.Proof)
	p.care(r, w)
	r.log.Info().Msg("recording begun")
	return r
}

func (p *Pipeline) newRecording(rec meta.Recording, h journal.Header, s Start, c *capture.Capture) *Recording {
	return &Recording{
		p: p, rec: rec, header: h, start: s, capture: c,
		log:     p.cfg.Log.With().Str("recording_id", string(rec.ID)).Str("call_id", string(rec.CallID)).Logger(),
		batches: make(chan *batch, backlog),
	}
}

// care writes the recording's journal and follows it from now on.
func (p *Pipeline) care(r *Recording, w *journal.Writer) {
	p.cfg.Node.Add(r.capture, w, r)
	p.work.Go(r.run)
}

// ID is the recording's id.
func (r *Recording) ID() id.RecordingID { return r.rec.ID }

// Packet implements media/bridge.Tap.
func (r *Recording) Packet(leg int, arrival time.Time, h *rtp.Header, payload []byte) {
	r.capture.Packet(leg, arrival, h, payload)
}

// Spoken implements media/bridge.Tap.
func (r *Recording) Spoken(leg int, due time.Time, frame []byte) { r.capture.Spoken(leg, due, frame) }

// SenderReport implements media/bridge.Tap.
func (r *Recording) SenderReport(leg int, arrival time.Time, ssrc uint32, ntp uint64, rtpTime uint32) {
	r.capture.SenderReport(leg, arrival, ssrc, ntp, rtpTime)
}

// OpenGate lets packets in again; a further span begins. The error is
// ErrNoGrant, or ErrCaptureFailed once the journal could not be written.
func (r *Recording) OpenGate(_ context.Context, g consent.Grant, why ledger.Proof) error {
	if !covers(g, r.rec.CallID) {
		return ErrNoGrant
	}
	if !r.capture.OpenGate(r.p.cfg.Now(), why) {
		return ErrCaptureFailed
	}
	return nil
}

// CloseGate lets no packet in once it has returned.
func (r *Recording) CloseGate() { r.capture.CloseGate(r.p.cfg.Now()) }

// Mark notes something that happened to the recording; kind is one of
// journal's.
func (r *Recording) Mark(kind string, leg journal.Leg, at time.Time) { r.capture.Mark(kind, leg, at) }

// Finish says that the call is over. It does not wait for the recording.
func (r *Recording) Finish() {
	r.CloseGate()
	r.p.cfg.Node.End(r.capture)
}

// Batch implements capture.Sink.
func (r *Recording) Batch(b capture.Batch) {
	r.saved.Store(b.Until.Microseconds())
	if r.behind.Load() {
		return
	}
	c := &batch{until: b.Until, last: b.Last}
	for i, l := range b.Lanes {
		c.lanes[i] = slices.Clone(l)
	}
	select {
	case r.batches <- c:
	default:
		r.behind.Store(true)
		r.log.Warn().Msg("render falls behind; it will be made from the journal after the call")
	}
}

// Capturing implements capture.Sink. It does not go through the render's
// goroutine: people must be told in time, however busy the renders are.
func (r *Recording) Capturing(ok bool) {
	r.log.Warn().Bool("capturing", ok).Msg("capture has changed")
	r.start.OnStatus(ok)
}

// Ended implements capture.Sink.
func (r *Recording) Ended(err error) {
	r.lost = err
	close(r.batches)
}

// run renders what comes and finishes the recording.
func (r *Recording) run() {
	live := newLive(r)
	defer live.abandon()
	if r.behindBatch > 0 {
		live.begin(r.behindBatch)
	}
	for {
		select {
		case b, more := <-r.batches:
			if !more && r.suspended.Load() {
				return // the journal is for the next process
			}
			if !more && r.erase.Load() {
				r.p.retry(r.rec.ID, func() error { return r.p.eraseRecording(r.rec) })
				return
			}
			if !more {
				r.finish(live)
				return
			}
			live.add(*b)
		case <-r.p.ctx.Done():
			return // the journal is finished after the next start
		}
	}
}
