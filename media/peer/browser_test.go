package peer

import (
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	"github.com/rs/zerolog"

	"parley/media/bridge"
)

const patience = 20 * time.Second

func factory(t testing.TB) *Factory {
	t.Helper()
	f, err := NewFactory(Config{Loopback: true, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Errorf("close the factory: %v", err)
		}
	})
	return f
}

// seen is what a Handler was told.
type seen struct {
	mu      sync.Mutex
	changed chan struct{} // closed and replaced at each change
	packets []rtp.Packet
	reports []uint32
	states  []bridge.State
	closed  bool // the peer's Close has returned
	late    int  // calls after that
}

func newSeen() *seen { return &seen{changed: make(chan struct{})} }

func (s *seen) update(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		s.late++
	}
	f()
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *seen) Packet(_ time.Time, h *rtp.Header, payload []byte) {
	s.update(func() {
		s.packets = append(s.packets, rtp.Packet{Header: h.Clone(), Payload: append([]byte(nil), payload...)})
	})
}

func (s *seen) SenderReport(_ time.Time, ssrc uint32, _ uint64, _ uint32) {
	s.update(func() { s.reports = append(s.reports, ssrc) })
}

func (s *seen) State(st bridge.State) { s.update(func() { s.states = append(s.states, st) }) }

// wait waits until ok holds; ok runs under the lock.
func (s *seen) wait(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(patience)
	for {
		s.mu.Lock()
		done, changed := ok(), s.changed
		summary := []any{len(s.packets), len(s.reports), s.states}
		s.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("waiting for %s: got %d packets, %d reports and states %v", append([]any{what}, summary...)...)
		}
	}
}

func (s *seen) last() bridge.State {
	if len(s.states) == 0 {
		return bridge.StateNone
	}
	return s.states[len(s.states)-1]
}

// server is a peer with its handler and its offer.
type server struct {
	*Peer
	seen  *seen
	offer string
}

func serve(t testing.TB, f *Factory) *server {
	t.Helper()
	s := &server{seen: newSeen()}
	var err error
	if s.Peer, err = f.New(s.seen); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.shut(t))
	if s.offer, err = s.Offer(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// shut closes the peer once and checks that nothing is reported afterwards.
func (s *server) shut(t testing.TB) func() {
	return sync.OnceFunc(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the peer: %v", err)
		}
		s.seen.mu.Lock()
		s.seen.closed = true
		s.seen.mu.Unlock()
	})
}

// browser is a client as a browser would be.
type browser struct {
	pc    *webrtc.PeerConnection
	out   *rawTrack
	heard *seen
	work  sync.WaitGroup
}

func newBrowser(t testing.TB) *browser {
	t.Helper()
	e := &webrtc.MediaEngine{}
	if err := e.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	return newClient(t, e)
}

func (b *browser) leave(t testing.TB) {
	t.Helper()
	if err := b.pc.GracefulClose(); err != nil {
		t.Errorf("close the browser: %v", err)
	}
	b.work.Wait()
}

func (b *browser) listen(track *webrtc.TrackRemote) {
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		b.heard.update(func() { b.heard.packets = append(b.heard.packets, *p) })
	}
}

// answer takes an offer and speaks on one audio track.
func (b *browser) answer(t testing.TB, offer string) string {
	t.Helper()
	answer, err := b.take(offer)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func (b *browser) take(offer string) (string, error) {
	if b.out == nil {
		b.out = &rawTrack{}
		if _, err := b.pc.AddTrack(b.out); err != nil {
			return "", err
		}
	}
	if err := b.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", err
	}
	answer, err := b.pc.CreateAnswer(nil)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(b.pc)
	if err := b.pc.SetLocalDescription(answer); err != nil {
		return "", err
	}
	<-gathered
	return b.pc.LocalDescription().SDP, nil
}

// connect joins a server's peer and a browser.
func connect(t testing.TB, f *Factory) (*server, *browser) {
	t.Helper()
	s, b := serve(t, f), newBrowser(t)
	if err := s.Answer(0, b.answer(t, s.offer)); err != nil {
		t.Fatal(err)
	}
	s.seen.wait(t, "the connection", func() bool { return s.seen.last() == bridge.StateConnected })
	return s, b
}

// until repeats something that may be lost on the way until it has had its
// effect on what s has seen.
func until(t testing.TB, s *seen, what string, do func(n int), ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for n := 0; ; n++ {
		do(n)
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waiting for %s", what)
		}
		s.mu.Lock()
		done := ok()
		s.mu.Unlock()
		if done {
			return
		}
	}
}

// speak sends one packet as the browser.
func (b *browser) speak(n int, payload string) {
	b.out.write(rtp.Header{Version: 2, PayloadType: 111, SequenceNumber: uint16(n), Timestamp: uint32(n) * 960}, payload)
}

// senderReport sends an RTCP sender report as the browser.
func (b *browser) senderReport(t testing.TB) {
	t.Helper()
	b.rtcp(t, &rtcp.SenderReport{SSRC: uint32(b.pc.GetSenders()[0].GetParameters().Encodings[0].SSRC), NTPTime: 1, RTPTime: 2})
}

func (b *browser) rtcp(t testing.TB, packets ...rtcp.Packet) {
	t.Helper()
	if err := b.pc.WriteRTCP(packets); err != nil {
		t.Fatal(err)
	}
}

// rawTrack sends whatever header it is given. SSRC 0 stands for its own.
type rawTrack struct {
	mu     sync.Mutex // guards what follows
	ssrc   uint32
	stream webrtc.TrackLocalWriter
}

func (r *rawTrack) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ssrc, r.stream = uint32(c.SSRC()), c.WriteStream()
	return c.CodecParameters()[0], nil
}

func (r *rawTrack) Unbind(webrtc.TrackLocalContext) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stream = nil
	return nil
}

func (r *rawTrack) ID() string                { return "audio" }
func (r *rawTrack) RID() string               { return "" }
func (r *rawTrack) StreamID() string          { return "browser" }
func (r *rawTrack) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }

func (r *rawTrack) write(h rtp.Header, payload string) {
	r.mu.Lock()
	stream := r.stream
	if h.SSRC == 0 {
		h.SSRC = r.ssrc
	}
	r.mu.Unlock()
	if stream != nil {
		_, _ = stream.WriteRTP(&h, []byte(payload)) // may be lost, as on any network
	}
}
