package vnettest

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/rtp"
	"github.com/pion/transport/v4"
	"github.com/pion/webrtc/v4"

	"parley/media/opus"
	"parley/media/red"
)

const (
	frame     = opus.FrameSamples48k
	frameTime = 20 * time.Millisecond
	mimeRED   = "audio/red"
)

// Caller is a headless browser.
type Caller struct {
	pc   *webrtc.PeerConnection
	mic  *microphone
	ear  Ear
	end  context.CancelFunc
	ctx  context.Context
	work sync.WaitGroup
}

// NewCaller makes a caller on a host; with RED it is like Chromium, without
// like Firefox.
func NewCaller(t testing.TB, host transport.Net, withRED bool) *Caller {
	t.Helper()
	pc, err := newPeerConnection(host, withRED)
	if err != nil {
		t.Fatal(err)
	}
	c := &Caller{pc: pc, mic: &microphone{}, ear: Ear{frames: map[uint32]time.Time{}}}
	c.ctx, c.end = context.WithCancel(context.Background())
	t.Cleanup(func() { c.close(t) })
	pc.OnTrack(func(track *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
		c.work.Go(func() { c.listen(track) })
		c.work.Go(func() { drain(r.ReadRTCP) })
	})
	return c
}

func newPeerConnection(host transport.Net, withRED bool) (*webrtc.PeerConnection, error) {
	opusCodec := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1"}
	redCodec := webrtc.RTPCodecCapability{MimeType: mimeRED, ClockRate: 48000, Channels: 2, SDPFmtpLine: fmt.Sprintf("%d/%d", red.TypeOpus, red.TypeOpus)}
	e := &webrtc.MediaEngine{}
	if withRED {
		if err := e.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: redCodec, PayloadType: red.TypeRED}, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, err
		}
	}
	if err := e.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: opusCodec, PayloadType: red.TypeOpus}, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, err
	}
	registry, err := interceptors()
	if err != nil {
		return nil, err
	}
	var set webrtc.SettingEngine
	set.SetNet(host)
	set.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	set.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	return webrtc.NewAPI(webrtc.WithMediaEngine(e), webrtc.WithSettingEngine(set), webrtc.WithInterceptorRegistry(registry)).
		NewPeerConnection(webrtc.Configuration{})
}

// interceptors ask for lost packets and send them again as soon as browsers do.
func interceptors() (*interceptor.Registry, error) {
	always := func(*interceptor.StreamInfo) bool { return true }
	generator, err := nack.NewGeneratorInterceptor(nack.GeneratorStreamsFilter(always),
		nack.GeneratorInterval(frameTime), nack.GeneratorMaxNacksPerPacket(10))
	if err != nil {
		return nil, err
	}
	responder, err := nack.NewResponderInterceptor(nack.ResponderStreamsFilter(always))
	if err != nil {
		return nil, err
	}
	reports, err := report.NewSenderInterceptor()
	if err != nil {
		return nil, err
	}
	r := &interceptor.Registry{}
	r.Add(responder)
	r.Add(generator)
	r.Add(reports)
	return r, nil
}

// Answer takes the server's offer.
func (c *Caller) Answer(t testing.TB, offer string) string {
	t.Helper()
	sender, err := c.pc.AddTrack(c.mic)
	if err != nil {
		t.Fatal(err)
	}
	c.work.Go(func() { drain(sender.ReadRTCP) })
	if err := c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		t.Fatal(err)
	}
	answer, err := c.pc.CreateAnswer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(c.pc)
	if err := c.pc.SetLocalDescription(answer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	return c.pc.LocalDescription().SDP
}

// drain reads RTCP, which interceptors see only when somebody does.
func drain[T any](read func() (T, interceptor.Attributes, error)) {
	for {
		if _, _, err := read(); err != nil {
			return
		}
	}
}

// Speak says PCM at 48 kHz, 20 ms a packet, and returns when it is said.
func (c *Caller) Speak(pcm []int16) error {
	enc, err := opus.NewEncoder(opus.Config{BitrateBps: 32_000})
	if err != nil {
		return err
	}
	tick := time.NewTicker(frameTime)
	defer tick.Stop()
	packet := make([]byte, opus.MaxFramePacketBytes)
	for ; len(pcm) >= frame; pcm = pcm[frame:] {
		select {
		case <-tick.C:
		case <-c.ctx.Done():
			return nil
		}
		n, err := enc.Encode(pcm[:frame], packet)
		if err != nil {
			return err
		}
		c.mic.send(packet[:n])
	}
	return nil
}

// Ear is what has reached the caller.
func (c *Caller) Ear() *Ear { return &c.ear }

func (c *Caller) close(t testing.TB) {
	c.end()
	if err := c.pc.GracefulClose(); err != nil {
		t.Errorf("close the caller: %v", err)
	}
	c.work.Wait()
}

func (c *Caller) listen(track *webrtc.TrackRemote) {
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		c.ear.hear(p, time.Now())
	}
}

// microphone sends Opus, with the packet before it where the server takes
// redundant audio.
type microphone struct {
	mu       sync.Mutex // guards what follows
	red      bool
	ssrc     uint32
	stream   webrtc.TrackLocalWriter
	sent     uint32 // packets
	previous []byte
}

func (m *microphone) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	codecs := c.CodecParameters()
	m.ssrc, m.stream, m.red = uint32(c.SSRC()), c.WriteStream(), codecs[0].MimeType == mimeRED
	return codecs[0], nil
}

func (m *microphone) Unbind(webrtc.TrackLocalContext) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stream = nil
	return nil
}

func (m *microphone) ID() string                { return "audio" }
func (m *microphone) RID() string               { return "" }
func (m *microphone) StreamID() string          { return "vnettest" }
func (m *microphone) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }

func (m *microphone) send(packet []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stream == nil {
		return
	}
	h := rtp.Header{
		Version: 2, PayloadType: red.TypeOpus, SSRC: m.ssrc, SequenceNumber: uint16(1000 + m.sent), Timestamp: m.sent * frame,
	}
	payload := packet
	if m.red {
		h.PayloadType, payload = red.TypeRED, redundant(m.previous, packet)
	}
	m.sent++
	m.previous = append(m.previous[:0], packet...)
	_, _ = m.stream.WriteRTP(&h, payload) // may be lost, as on any network
}

// redundant makes a payload of RFC 2198 with one copy.
func redundant(previous, now []byte) []byte {
	var out []byte
	if len(previous) > 0 && len(previous) <= red.MaxBlockBytes {
		out = binary.BigEndian.AppendUint32(out, 1<<31|red.TypeOpus<<24|frame<<10|uint32(len(previous)))
	} else {
		previous = nil
	}
	out = append(out, red.TypeOpus)
	return append(append(out, previous...), now...)
}
