package softphone

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"parley/media/opus"
	"parley/media/rtptime"
	"parley/recorder/level"
	"parley/signaling/wire"
)

const (
	sampleRate = 48000
	frameTime  = 20 * time.Millisecond
	frame      = sampleRate / 50
	// heardLimit bounds what a phone keeps: two minutes.
	heardLimit = 120 * sampleRate
	// audible is the sample value from which a packet counts as sound.
	audible = 300
)

// media is one PeerConnection of a phone.
type media struct {
	pc   *webrtc.PeerConnection
	out  *webrtc.TrackLocalStaticRTP
	from *webrtc.RTPSender
	end  context.CancelFunc
	work sync.WaitGroup

	stamped bool

	mu     sync.Mutex // guards what follows
	say    []int16
	heard  []int16
	first  time.Time
	delays []time.Duration
	lose   int // of ten packets
}

// newMedia answers an offer and returns the SDP answer, candidates inside.
func newMedia(ctx context.Context, phone Config, offer string, servers []wire.ICEServer) (*media, string, error) {
	pc, err := newPeerConnection(phone, servers)
	if err != nil {
		return nil, "", err
	}
	m := &media{pc: pc, end: func() {}, stamped: phone.Stamped}
	answer, err := m.negotiate(ctx, offer, phone.Way.relayed())
	if err != nil {
		m.close()
		return nil, "", err
	}
	return m, answer, nil
}

// begin lets the phone speak; before it sends nothing.
func (m *media) begin(ctx context.Context) {
	ctx, m.end = context.WithCancel(ctx)
	m.work.Go(func() { m.speak(ctx) })
}

func newPeerConnection(phone Config, servers []wire.ICEServer) (*webrtc.PeerConnection, error) {
	e := &webrtc.MediaEngine{}
	if err := e.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	extension := webrtc.RTPHeaderExtensionCapability{URI: sdp.AudioLevelURI}
	if err := e.RegisterHeaderExtension(extension, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, err
	}
	var s webrtc.SettingEngine
	s.SetIncludeLoopbackCandidate(true)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	switch tcp := []webrtc.NetworkType{webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6}; phone.Way {
	case ICETCP:
		s.SetNetworkTypes(tcp)
	case Any:
		s.SetNetworkTypes(append(tcp, webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6))
	}
	receiver, err := report.NewReceiverInterceptor() // as browsers tell the server what they hear
	if err != nil {
		return nil, err
	}
	registry := &interceptor.Registry{}
	registry.Add(receiver)
	api := webrtc.NewAPI(webrtc.WithMediaEngine(e), webrtc.WithSettingEngine(s), webrtc.WithInterceptorRegistry(registry))
	var cfg webrtc.Configuration
	if phone.Way.relayed() {
		cfg.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	for _, s := range servers {
		urls := slices.DeleteFunc(slices.Clone(s.URLs), func(u string) bool { return !phone.Way.takes(u) })
		cfg.ICEServers = append(cfg.ICEServers, webrtc.ICEServer{URLs: urls, Username: s.Username, Credential: s.Credential})
	}
	return api.NewPeerConnection(cfg)
}

func (m *media) negotiate(ctx context.Context, offer string, gather bool) (string, error) {
	capability := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: sampleRate, Channels: 2}
	var err error
	if m.out, err = webrtc.NewTrackLocalStaticRTP(capability, "audio", "softphone"); err != nil {
		return "", err
	}
	if m.from, err = m.pc.AddTrack(m.out); err != nil {
		return "", err
	}
	m.pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { m.work.Go(func() { m.listen(t) }) })
	return m.answer(ctx, offer, gather)
}

// answer answers the first offer, or one that restarts ICE.
func (m *media) answer(ctx context.Context, offer string, gather bool) (string, error) {
	desc := webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}
	if err := m.pc.SetRemoteDescription(desc); err != nil {
		return "", fmt.Errorf("take the offer: %w", err)
	}
	answer, err := m.pc.CreateAnswer(nil)
	if err != nil {
		return "", fmt.Errorf("make the answer: %w", err)
	}
	gathered := webrtc.GatheringCompletePromise(m.pc)
	if err := m.pc.SetLocalDescription(answer); err != nil {
		return "", fmt.Errorf("make the answer: %w", err)
	}
	if gather {
		select {
		case <-gathered:
		case <-ctx.Done():
		}
	}
	// The server is reachable at its own candidates, so the answer need not
	// wait for ours: the server finds them as peer-reflexive.
	return m.pc.LocalDescription().SDP, ctx.Err()
}

func (m *media) close() {
	m.end()
	_ = m.pc.GracefulClose() // thrown away
	m.work.Wait()
}

// Say implements Media.
func (m *media) Say(pcm []int16) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.say = append(m.say, pcm...)
}

// SayNow implements Media.
func (m *media) SayNow(pcm []int16) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.say = append([]int16(nil), pcm...)
}

// Lose implements Media.
func (m *media) Lose(ofTen int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lose = ofTen
}

// loses tells whether the packet of a number is kept back.
func (m *media) loses(number uint16) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return int(number%10) < m.lose
}

// Heard implements Media.
func (m *media) Heard() []int16 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]int16(nil), m.heard...)
}

// FirstSound implements Media.
func (m *media) FirstSound() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.first
}

// Path implements Media.
func (m *media) Path() string {
	pair, err := m.from.Transport().ICETransport().GetSelectedCandidatePair()
	switch {
	case err != nil || pair == nil:
		return ""
	case pair.Local.Typ == webrtc.ICECandidateTypeRelay:
		return "relay"
	}
	return pair.Local.Protocol.String()
}

// next takes one frame of what is to be said.
func (m *media) next(pcm []int16) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := copy(pcm, m.say)
	clear(pcm[n:])
	m.say = m.say[n:]
}

// speak sends a frame each 20 ms. Like a sound card it never skips one: after
// a stall what is due goes out at once, so that RTP time keeps to the clock.
func (m *media) speak(ctx context.Context) {
	enc, err := opus.NewEncoder(opus.Config{BitrateBps: 32000})
	if err != nil {
		return // without libopus nothing is heard, and the check says so
	}
	pcm, packet := make([]int16, frame), make([]byte, 1500)
	h := rtp.Header{Version: 2, SequenceNumber: uint16(rand.Uint32()), Timestamp: rand.Uint32()}
	due := time.NewTimer(0)
	defer due.Stop()
	for next := time.Now(); ; next = next.Add(frameTime) {
		due.Reset(time.Until(next))
		select {
		case <-ctx.Done():
			return
		case <-due.C:
		}
		n := stampBytes
		if m.stamped {
			binary.LittleEndian.PutUint64(packet, uint64(time.Now().UnixNano()))
		} else if n, err = m.encode(enc, pcm, packet); err != nil {
			return
		}
		m.state(&h, m.level(pcm))
		if !m.loses(h.SequenceNumber) {
			// Until the connection is up the track writes to nobody.
			_ = m.out.WriteRTP(&rtp.Packet{Header: h, Payload: packet[:n]})
		}
		h.SequenceNumber++
		h.Timestamp += frame
	}
}

// state puts the frame's audio level into the header as browsers do (RFC 6464),
// if the other side asked for it.
func (m *media) state(h *rtp.Header, level byte) {
	for _, e := range m.from.GetParameters().HeaderExtensions {
		if e.URI == sdp.AudioLevelURI {
			_ = h.SetExtension(uint8(e.ID), []byte{level}) // one byte under a negotiated id fits
		}
	}
}

// level is what is stated of a frame; a stamp stands for sound.
func (m *media) level(pcm []int16) byte {
	if m.stamped {
		return 30
	}
	return audioLevel(pcm)
}

// audioLevel is a frame's level in -dBov, 127 for digital silence.
func audioLevel(pcm []int16) byte {
	const silence = 127
	if dbfs := level.Of(pcm); dbfs > level.Silence {
		return byte(min(silence-1, max(0, math.Round(-dbfs))))
	}
	return silence
}

// stampBytes is the size of a stamped packet, that of speech at 24 kbit/s.
const stampBytes = 60

func (m *media) encode(enc *opus.Encoder, pcm []int16, packet []byte) (int, error) {
	m.next(pcm)
	return enc.Encode(pcm, packet)
}

// Delays implements Media.
func (m *media) Delays() []time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]time.Duration(nil), m.delays...)
}

func (m *media) clock(payload []byte) {
	at := time.Now()
	if len(payload) != stampBytes {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.delays = append(m.delays, at.Sub(time.Unix(0, int64(binary.LittleEndian.Uint64(payload)))))
}

// listen decodes what arrives into its place by RTP time.
func (m *media) listen(t *webrtc.TrackRemote) {
	dec, err := opus.NewDecoder()
	if err != nil {
		return
	}
	var stamps rtptime.TimestampExtender
	pcm := make([]int16, opus.MaxPacketSamples48k)
	origin := int64(-1)
	for {
		p, _, err := t.ReadRTP()
		if err != nil {
			return
		}
		if m.stamped {
			m.clock(p.Payload)
			continue
		}
		ts := stamps.Extend(p.Timestamp)
		if origin < 0 {
			origin = ts
		}
		n, err := dec.Decode(p.Payload, pcm)
		if err == nil {
			m.place(ts-origin, pcm[:n])
		}
	}
}

func (m *media) place(at int64, pcm []int16) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at < 0 || at+int64(len(pcm)) > heardLimit {
		return
	}
	if need := int(at) + len(pcm); need > len(m.heard) {
		m.heard = append(m.heard, make([]int16, need-len(m.heard))...)
	}
	copy(m.heard[at:], pcm)
	for _, s := range pcm {
		if m.first.IsZero() && (s > audible || s < -audible) {
			m.first = time.Now()
		}
	}
}
