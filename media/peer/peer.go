package peer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"parley/media/bridge"
	"parley/media/red"
)

var _ bridge.Transport = (*Peer)(nil)

// Peer is one PeerConnection with one audio section, sending and receiving.
type Peer struct {
	pc      *webrtc.PeerConnection
	handler bridge.Handler
	out     *outTrack
	remote  remote
	closed  atomic.Bool
	mu      sync.Mutex     // orders enter against Close
	readers sync.WaitGroup // readers and callbacks
	counts  counters
	totals  *totals
	came    receipt  // how the browser's packets arrive
	heard   feedback // how ours arrive there

	restarts atomic.Int32 // offers that restart ICE so far

	stateMu sync.Mutex // guards state and orders its reports
	state   bridge.State
}

type counters struct {
	packetsIn, bytesIn, packetsOut, bytesOut, malformed atomic.Uint64
}

// New makes a peer; it does nothing before Offer.
func (f *Factory) New(h bridge.Handler) (*Peer, error) {
	p := &Peer{handler: h, out: &outTrack{}, remote: remote{judge: f.judge}, totals: &f.totals, state: bridge.StateConnecting}
	// A sender that begins ever more streams ends its connection.
	from := &sources{tooMany: func() { p.start(func() { _ = p.pc.Close() }) }}
	pc, err := f.api(from).NewPeerConnection(webrtc.Configuration{
		Certificates: []webrtc.Certificate{f.cert},
		BundlePolicy: webrtc.BundlePolicyMaxBundle,
	})
	if err != nil {
		return nil, fmt.Errorf("new peer connection: %w", err)
	}
	p.pc = pc
	if err := p.addTrack(); err != nil {
		return nil, errors.Join(err, pc.Close())
	}
	pc.OnTrack(func(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
		p.start(func() { p.readTrack(t) })
		p.start(func() { p.readReports(r) })
	})
	pc.OnConnectionStateChange(p.connectionState)
	return p, nil
}

func (p *Peer) addTrack() error {
	tr, err := p.pc.AddTransceiverFromTrack(p.out, webrtc.RTPTransceiverInit{
		Direction: webrtc.RTPTransceiverDirectionSendrecv,
	})
	if err != nil {
		return fmt.Errorf("add the audio track: %w", err)
	}
	// Interceptors see the browser's RTCP (NACK among it) only when somebody
	// reads it.
	p.start(func() {
		buf := make([]byte, receiveMTU)
		for {
			n, _, err := tr.Sender().Read(buf)
			if err != nil {
				return
			}
			if packets, err := rtcp.Unmarshal(buf[:n]); err == nil {
				p.take(packets)
			}
		}
	})
	return nil
}

// start runs f on a goroutine that Close waits for.
func (p *Peer) start(f func()) {
	if !p.enter() {
		return
	}
	go func() {
		defer p.readers.Done()
		f()
	}()
}

// enter makes Close wait for readers.Done, unless Close has begun.
func (p *Peer) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed.Load() {
		return false
	}
	p.readers.Add(1)
	return true
}

// Offer makes the SDP offer and waits until the host candidates are in it.
func (p *Peer) Offer(ctx context.Context) (string, error) { return offer(ctx, p.pc, nil) }

// Restart implements bridge.Transport. The server's credentials and candidates
// change at once (RFC 8839 section 4.4.1.1), so nothing passes until the browser
// has answered.
func (p *Peer) Restart(ctx context.Context) (n int, sdp string, err error) {
	switch {
	case p.pc.CurrentRemoteDescription() == nil:
		return 0, "", bridge.ErrRestart
	case p.pc.SignalingState() == webrtc.SignalingStateHaveLocalOffer: // the last one got lost, or its answer
		return int(p.restarts.Load()), p.pc.LocalDescription().SDP, nil
	}
	p.remote.restart()
	n = int(p.restarts.Add(1))
	sdp, err = offer(ctx, p.pc, &webrtc.OfferOptions{ICERestart: true})
	return n, sdp, err
}

func offer(ctx context.Context, pc *webrtc.PeerConnection, options *webrtc.OfferOptions) (string, error) {
	offer, err := pc.CreateOffer(options)
	if err != nil {
		return "", fmt.Errorf("create offer: %w", err)
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(offer); err != nil {
		return "", fmt.Errorf("set local description: %w", err)
	}
	select {
	case <-gathered:
		return pc.LocalDescription().SDP, nil
	case <-ctx.Done():
		return "", fmt.Errorf("gather candidates: %w", ctx.Err())
	}
}

// Answer applies the browser's answer; *SDPError when it cannot carry a call.
func (p *Peer) Answer(restart int, sdp string) error {
	if err := checkAnswer(sdp, p.pc.GetTransceivers()[0].Mid()); err != nil {
		return err
	}
	if restart != int(p.restarts.Load()) {
		return &SDPError{Reason: "a newer offer has taken this one's place"}
	}
	return answer(p.pc, &p.remote, sdp)
}

// answer applies an answer that was looked at, without the candidates of it that
// may not be used.
func answer(pc *webrtc.PeerConnection, from *remote, sdp string) error {
	if pc.SignalingState() != webrtc.SignalingStateHaveLocalOffer {
		return &SDPError{Reason: "this offer has been answered already"}
	}
	sdp, err := from.cleaned(sdp)
	if err != nil {
		return err
	}
	err = pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: sdp})
	if err != nil {
		return &SDPError{Reason: "the answer does not fit the offer"}
	}
	return nil
}

// AddCandidate adds one candidate of the browser. Names of mDNS and addresses
// that may not be sent to on its word are passed over: the browser reaches us by
// our own candidates.
func (p *Peer) AddCandidate(c bridge.Candidate) error {
	if text := bare(c.Candidate); text != "" {
		if err := readable(text); err != nil {
			return err
		}
		if !p.remote.takes(text) {
			return nil
		}
	}
	err := p.pc.AddICECandidate(webrtc.ICECandidateInit{
		Candidate:        c.Candidate,
		SDPMid:           c.SDPMid,
		SDPMLineIndex:    c.SDPMLineIndex,
		UsernameFragment: c.UsernameFragment,
	})
	if err != nil {
		return &SDPError{Reason: "the candidate cannot be read"}
	}
	return nil
}

// TakesRED tells whether the browser's answer took redundant audio.
func (p *Peer) TakesRED() bool { return p.out.takesRED() }

// WriteRTP sends one packet with the SSRC and payload type of this leg.
func (p *Peer) WriteRTP(h *rtp.Header, payload []byte) error {
	n, err := p.out.write(h, payload)
	if err == nil && n > 0 {
		p.counts.packetsOut.Add(1)
		p.totals.out.Add(1)
		p.counts.bytesOut.Add(uint64(n))
	}
	return err
}

// Stats returns the counters since the peer was made.
func (p *Peer) Stats() bridge.Stats {
	return bridge.Stats{
		PacketsIn: p.counts.packetsIn.Load(), PacketsOut: p.counts.packetsOut.Load(),
		BytesIn: p.counts.bytesIn.Load(), BytesOut: p.counts.bytesOut.Load(),
		Malformed: p.counts.malformed.Load(),
		In:        p.came.reception(), Out: p.heard.reception(), RoundTrip: p.roundTrip(),
	}
}

// Close ends the connection and waits until no callback can run any more. It
// must not be called from a Handler's method.
func (p *Peer) Close() error {
	p.mu.Lock()
	p.closed.Store(true)
	p.mu.Unlock()
	err := p.pc.GracefulClose()
	p.readers.Wait()
	if err != nil {
		return fmt.Errorf("close peer connection: %w", err)
	}
	return nil
}

const receiveMTU = 1500

// readTrack is the hot path: one buffer, one header, no allocation a packet.
func (p *Peer) readTrack(t *webrtc.TrackRemote) {
	buf := make([]byte, receiveMTU)
	var h rtp.Header
	for {
		n, _, err := t.Read(buf)
		switch {
		case err != nil && n == 0:
			return
		case err != nil: // a packet of a type that was not negotiated
			p.counts.malformed.Add(1)
			continue
		}
		at := time.Now()
		size, err := h.Unmarshal(buf[:n])
		if err != nil {
			p.counts.malformed.Add(1)
			continue
		}
		payload, ok := withoutPadding(&h, buf[size:n])
		if !ok || !negotiated(h.PayloadType, payload) {
			p.counts.malformed.Add(1)
			continue
		}
		p.counts.packetsIn.Add(1)
		p.totals.in.Add(1)
		p.counts.bytesIn.Add(uint64(n))
		p.came.arrived(&h, at)
		if !p.closed.Load() {
			p.handler.Packet(at, &h, payload)
		}
	}
}

// negotiated tells whether a payload is of a type that was offered. Redundant
// audio must be sound: whoever gets it need not doubt it.
func negotiated(payloadType uint8, payload []byte) bool {
	switch payloadType {
	case red.TypeOpus:
		return true
	case red.TypeRED:
		return red.Check(payload) == nil
	}
	return false
}

// withoutPadding cuts RTP padding off (RFC 3550 section 5.1).
func withoutPadding(h *rtp.Header, payload []byte) ([]byte, bool) {
	if !h.Padding {
		return payload, true
	}
	if len(payload) == 0 || int(payload[len(payload)-1]) > len(payload) {
		return nil, false
	}
	h.Padding = false
	return payload[:len(payload)-int(payload[len(payload)-1])], true
}

func (p *Peer) readReports(r *webrtc.RTPReceiver) {
	buf := make([]byte, receiveMTU)
	for {
		n, _, err := r.Read(buf)
		if err != nil {
			return
		}
		at := time.Now()
		packets, err := rtcp.Unmarshal(buf[:n])
		if err != nil {
			p.counts.malformed.Add(1)
			continue
		}
		for _, pkt := range packets {
			if sr, ok := pkt.(*rtcp.SenderReport); ok && !p.closed.Load() {
				p.handler.SenderReport(at, sr.SSRC, sr.NTPTime, sr.RTPTime)
			}
		}
	}
}

// connectionState reports the connection's present state. Callbacks run each
// on a goroutine of its own and may overtake each other, so the argument may
// be out of date; whichever comes last reads what holds.
func (p *Peer) connectionState(webrtc.PeerConnectionState) {
	if !p.enter() {
		return
	}
	defer p.readers.Done()
	p.stateMu.Lock()
	defer p.stateMu.Unlock()
	if s := stateOf(p.pc.ConnectionState()); s != p.state {
		p.state = s
		p.handler.State(s)
	}
}

func stateOf(s webrtc.PeerConnectionState) bridge.State {
	switch s {
	case webrtc.PeerConnectionStateConnected:
		return bridge.StateConnected
	case webrtc.PeerConnectionStateNew, webrtc.PeerConnectionStateConnecting:
		return bridge.StateConnecting
	}
	return bridge.StateLost
}
