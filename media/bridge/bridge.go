package bridge

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"

	"parley/media/audiolevel"
	"parley/media/red"
)

// ErrGeneration is returned for an answer or candidate that belongs to a
// connection which has been replaced.
var ErrGeneration = errors.New("bridge: the connection has been replaced by a newer one")

// ErrRestart is returned where there is no connection yet whose way could be
// found anew.
var ErrRestart = errors.New("bridge: the connection has not been made yet")

// Bridge is the media of one call.
type Bridge struct {
	dial    Dial
	onState func(leg, generation int, s State)
	legs    [2]leg
	sound   atomic.Bool
	tap     atomic.Pointer[Tap]
	closed  atomic.Bool
	ending  sync.WaitGroup // spares that are being closed
	made    time.Time
}

// leg is one participant's place; it survives the transports that serve it.
type leg struct {
	mu         sync.Mutex // guards what is below; never held during a callback
	transport  Transport
	generation int            // of transport
	newest     int            // generation that was made
	spares     map[int]*spare // by generation; none while a transport serves the leg

	outMu sync.Mutex // guards out; held for one send
	out   renumber
	// prompt is true while the server itself speaks to the leg: the other leg's
	// packets are withheld so long.
	prompt atomic.Bool
	live   atomic.Pointer[Transport] // what the other leg's packets go to

	// When the newest packet came, and the newest that was not digital silence:
	// nanoseconds since the bridge was made, 0 before.
	heard, loud atomic.Int64
}

// New makes the bridge of one call. onState is told of each change of a leg's
// connection and which generation reports it, spares included; it runs on the
// transport's goroutine and must not block.
func New(dial Dial, onState func(leg, generation int, s State)) *Bridge {
	return &Bridge{dial: dial, onState: onState, made: time.Now()}
}

// Follow lets generations count up from one that no earlier bridge of the call has
// reached; it comes before the first Offer.
func (b *Bridge) Follow(generation int) {
	for n := range b.legs {
		l := &b.legs[n]
		l.mu.Lock()
		l.generation, l.newest = generation, generation
		l.mu.Unlock()
	}
}

// Offer makes a new transport for a leg, ends the one that served it before and
// the spares, and returns the server's SDP offer with the generation that answers
// must name.
func (b *Bridge) Offer(ctx context.Context, n int) (generation int, sdp string, err error) {
	l := &b.legs[n]
	l.mu.Lock()
	defer l.mu.Unlock()
	if b.closed.Load() {
		return 0, "", errors.New("bridge: closed")
	}
	l.closeLocked()
	b.endSparesLocked(l)
	s, sdp, err := b.makeLocked(ctx, n)
	if err != nil {
		return 0, "", err
	}
	l.serveLocked(s)
	return l.generation, sdp, nil
}

// makeLocked makes a transport for a leg that does not serve it yet.
func (b *Bridge) makeLocked(ctx context.Context, n int) (*spare, string, error) {
	l := &b.legs[n]
	l.newest++
	from := &source{bridge: b, leg: n, generation: l.newest}
	t, err := b.dial(from)
	if err != nil {
		return nil, "", fmt.Errorf("open the transport of leg %d: %w", n, err)
	}
	sdp, err := t.Offer(ctx)
	if err != nil {
		return nil, "", errors.Join(fmt.Errorf("offer to leg %d: %w", n, err), t.Close())
	}
	return &spare{transport: t, source: from}, sdp, nil
}

// serveLocked lets a transport serve the leg.
func (l *leg) serveLocked(s *spare) {
	l.transport, l.generation = s.transport, s.source.generation
	// A new transport has a new SSRC and key. Its numbering begins before it is
	// live, or a packet in between would be numbered by the former one.
	l.outMu.Lock()
	l.out = renumber{}
	l.outMu.Unlock()
	l.live.Store(&s.transport)
	s.source.serves.Store(true)
}

// Restart makes the offer by which a leg's connection finds its way anew after
// the browser's network has changed, see Transport.Restart.
func (b *Bridge) Restart(ctx context.Context, n, generation int) (restart int, sdp string, err error) {
	t, err := b.legs[n].at(generation)
	if err != nil {
		return 0, "", err
	}
	restart, sdp, err = t.Restart(ctx)
	if err != nil {
		return 0, "", fmt.Errorf("restart ICE of leg %d: %w", n, err)
	}
	return restart, sdp, nil
}

// Answer applies a browser's SDP answer to the offer of a generation, and of a
// restart where that is not 0.
func (b *Bridge) Answer(n, generation, restart int, sdp string) error {
	l := &b.legs[n]
	t, err := l.at(generation)
	if err != nil {
		return err
	}
	if err := t.Answer(restart, sdp); err != nil {
		return err
	}
	l.answered(generation)
	return nil
}

// AddCandidate adds one candidate of a browser.
func (b *Bridge) AddCandidate(n, generation int, c Candidate) error {
	t, err := b.legs[n].at(generation)
	if err != nil {
		return err
	}
	return t.AddCandidate(c)
}

// OpenSound lets packets pass from leg to leg. Until then they are dropped:
// nobody hears the other before both are ready.
func (b *Bridge) OpenSound() { b.sound.Store(true) }

// CloseSound drops packets again, until OpenSound: nobody hears the other.
func (b *Bridge) CloseSound() { b.sound.Store(false) }

// SetTap shows every packet from now on to t, but none that was sent before and
// comes late; nil ends it. A packet that is under way at that moment may still
// reach the former tap, which has its own gate.
func (b *Bridge) SetTap(t Tap) {
	if t == nil {
		b.tap.Store(nil)
		return
	}
	b.tap.Store(&t)
}

// Generation is the number of a leg's present connection, 0 before the first.
func (b *Bridge) Generation(n int) int {
	l := &b.legs[n]
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.generation
}

// Quiet tells for how long nothing has come from a leg, whatever connection serves
// it, and for how long nothing but digital silence (RFC 6464 level 126 or 127).
// Before the first packet it is since the bridge was made.
func (b *Bridge) Quiet(n int) (packets, sound time.Duration) {
	now, l := time.Since(b.made), &b.legs[n]
	return now - time.Duration(l.heard.Load()), now - time.Duration(l.loud.Load())
}

// Stats returns the counters of a leg's present transport.
func (b *Bridge) Stats(n int) Stats {
	if t := b.legs[n].live.Load(); t != nil {
		return (*t).Stats()
	}
	return Stats{}
}

// Close ends all transports and waits for them.
func (b *Bridge) Close() {
	b.closed.Store(true)
	b.SetTap(nil)
	for n := range b.legs {
		l := &b.legs[n]
		l.mu.Lock()
		b.endSparesLocked(l)
		l.closeLocked()
		l.mu.Unlock()
	}
	b.ending.Wait()
}

func (l *leg) at(generation int) (Transport, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.spares[generation]; s != nil {
		return s.transport, nil
	}
	if l.transport == nil || l.generation != generation {
		return nil, ErrGeneration
	}
	return l.transport, nil
}

func (l *leg) closeLocked() {
	if l.transport == nil {
		return
	}
	l.live.Store(nil)
	_ = l.transport.Close() // it is being thrown away: nothing can be done about its error
	l.transport = nil
}

// source is what one transport reports to: its leg and generation.
type source struct {
	bridge     *Bridge
	leg        int
	generation int
	serves     atomic.Bool           // false: it is a spare, and what comes is dropped
	state      atomic.Pointer[State] // newest report; nil: none yet
	muted      bool                  // packets were withheld since the last one that passed
	audible    red.Threshold
	floor      floor
}

func (s *source) Packet(arrival time.Time, h *rtp.Header, payload []byte) {
	b := s.bridge
	if !s.serves.Load() {
		s.floor.shows(nil, h)
		s.muted = true
		return
	}
	b.legs[s.leg].note(arrival.Sub(b.made), h)
	if t := b.tap.Load(); s.floor.shows(t, h) {
		(*t).Packet(s.leg, arrival, h, payload)
	}
	if !b.sound.Load() || b.legs[1-s.leg].prompt.Load() {
		s.muted = true
		return
	}
	if p, ok := s.pass(h, payload); ok {
		b.legs[1-s.leg].send(p, arrival)
	}
}

// note takes down when the leg was heard.
func (l *leg) note(at time.Duration, h *rtp.Header) {
	l.heard.Store(int64(at))
	if audiolevel.IsSound(h) {
		l.loud.Store(int64(at))
	}
}

// pass readies a packet for the other leg. Copies of what was withheld go no
// further.
func (s *source) pass(h *rtp.Header, payload []byte) (p outgoing, ok bool) {
	p = outgoing{header: h, payload: payload, resumed: s.muted}
	if s.muted {
		s.muted = false
		s.audible.Begin()
	}
	switch h.PayloadType {
	case red.TypeOpus:
		s.audible.Passes(h.SSRC, h.Timestamp, nil)
	case red.TypeRED:
		if !s.audible.Passes(h.SSRC, h.Timestamp, payload) {
			h.PayloadType, p.payload = red.TypeOpus, red.Primary(payload)
			return p, p.payload != nil
		}
	}
	return p, true
}

// outgoing is a packet on its way to a leg.
type outgoing struct {
	header  *rtp.Header
	payload []byte
	resumed bool // packets before it were withheld
}

func (l *leg) send(p outgoing, at time.Time) {
	t := l.live.Load()
	if t == nil {
		return
	}
	var lost copies
	if p.header.PayloadType == red.TypeRED && !(*t).TakesRED() {
		p.payload = lost.unpack(p.payload, p.header.Timestamp)
		if p.payload == nil {
			return
		}
		p.header.PayloadType = red.TypeOpus
	}
	spoken := p.header.Timestamp
	l.outMu.Lock()
	if p.resumed {
		l.out.breakSource()
	}
	ok := l.out.apply(p.header, at)
	if ok {
		lost.claim(&l.out, p.header.SequenceNumber)
	}
	l.outMu.Unlock()
	if !ok {
		return
	}
	lost.send(*t, p.header, p.header.Timestamp-spoken)
	// An error here means that the receiving side is not connected (yet, or
	// any more); its state is reported by its own transport.
	_ = (*t).WriteRTP(p.header, p.payload)
}

func (s *source) SenderReport(arrival time.Time, ssrc uint32, ntp uint64, rtpTime uint32) {
	if t := s.bridge.tap.Load(); t != nil && s.serves.Load() {
		(*t).SenderReport(s.leg, arrival, ssrc, ntp, rtpTime)
	}
}

func (s *source) State(st State) {
	s.state.Store(&st)
	if !s.bridge.closed.Load() {
		s.bridge.onState(s.leg, s.generation, st)
	}
}
