package peer

import (
	"slices"
	"strings"
	"testing"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	"github.com/rs/zerolog"

	"parley/media/bridge"
	"parley/media/red"
)

// newChromium is a client that takes redundant audio.
func newChromium(t testing.TB, codecs ...webrtc.RTPCodecParameters) *browser {
	t.Helper()
	e := &webrtc.MediaEngine{}
	for _, c := range codecs {
		if err := e.RegisterCodec(c, webrtc.RTPCodecTypeAudio); err != nil {
			t.Fatal(err)
		}
	}
	return newClient(t, e)
}

func newClient(t testing.TB, e *webrtc.MediaEngine, by ...webrtc.NetworkType) *browser {
	t.Helper()
	var set webrtc.SettingEngine
	set.SetIncludeLoopbackCandidate(true)
	if len(by) == 0 {
		by = []webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6}
	}
	set.SetNetworkTypes(by)
	set.LoggerFactory = loggerFactory{zerolog.Nop()}
	set.DisableSRTPReplayProtection(true) // to see packets that are sent again
	api := webrtc.NewAPI(webrtc.WithMediaEngine(e), webrtc.WithSettingEngine(set), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{pc: pc, heard: newSeen()}
	t.Cleanup(func() { b.leave(t) })
	pc.OnTrack(func(track *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
		b.work.Go(func() { b.listen(track) })
		b.work.Go(func() { b.reports(r) })
	})
	return b
}

// reports reads RTCP so that interceptors see it.
func (b *browser) reports(r *webrtc.RTPReceiver) {
	for {
		if _, _, err := r.ReadRTCP(); err != nil {
			return
		}
	}
}

// with is a codec with other parameters.
func with(c webrtc.RTPCodecParameters, fmtp string, feedback ...webrtc.RTCPFeedback) webrtc.RTPCodecParameters {
	c.SDPFmtpLine, c.RTCPFeedback = fmtp, feedback
	return c
}

func TestOfferPrefersRedundantAudio(t *testing.T) {
	offer := serve(t, factory(t)).offer
	for _, want := range []string{"m=audio 9 UDP/TLS/RTP/SAVPF 63 111\r\n", "a=rtpmap:63 red/48000/2\r\n", "a=fmtp:63 111/111\r\n", "a=rtcp-fb:111 nack"} {
		if !strings.Contains(offer, want) {
			t.Errorf("the offer lacks %q:\n%s", want, offer)
		}
	}
}

// redPayload is a packet of redundant audio: "now", and a copy of what was
// "past" 20 ms before.
const redPayload = "\xef\x0f\x00\x04\x6fpastnow"

// TestRedundantAudioBothWays: with answers as browsers give them.
func TestRedundantAudioBothWays(t *testing.T) {
	for name, tt := range map[string]struct {
		codecs []webrtc.RTPCodecParameters
		wish   string // for Opus, in the answer
		takes  bool
	}{
		"Chromium":               {[]webrtc.RTPCodecParameters{with(redCodec, "111/111"), with(opusCodec, "useinbandfec=1")}, "minptime=10;useinbandfec=1", true},
		"Firefox":                {[]webrtc.RTPCodecParameters{with(opusCodec, "useinbandfec=1")}, "maxplaybackrate=48000;stereo=1;useinbandfec=1", false},
		"another wish for Opus":  {[]webrtc.RTPCodecParameters{with(redCodec, "111/111"), with(opusCodec, "useinbandfec=1")}, "minptime=20;useinbandfec=0", true},
		"Opus first in the list": {[]webrtc.RTPCodecParameters{with(opusCodec, "useinbandfec=1"), with(redCodec, "111/111")}, "useinbandfec=1", true},
	} {
		t.Run(name, func(t *testing.T) {
			s, b := serve(t, factory(t)), newChromium(t, tt.codecs...)
			if s.TakesRED() {
				t.Error("before the answer: redundant audio is taken")
			}
			answer := replaceLine(b.answer(t, s.offer), "a=fmtp:111", "a=fmtp:111 "+tt.wish+"\r\n")
			if err := s.Answer(0, answer); err != nil {
				t.Fatal(err)
			}
			s.seen.wait(t, "the connection", func() bool { return s.seen.last() == bridge.StateConnected })
			until(t, s.seen, "packets of both types", func(n int) {
				b.out.write(rtp.Header{Version: 2, PayloadType: red.TypeOpus, SequenceNumber: uint16(2 * n)}, "plain")
				b.out.write(rtp.Header{Version: 2, PayloadType: red.TypeRED, SequenceNumber: uint16(2*n + 1)}, redPayload)
			}, func() bool {
				return tt.takes == s.seen.has(red.TypeRED, redPayload) && s.seen.has(red.TypeOpus, "plain")
			})
			if got := s.TakesRED(); got != tt.takes {
				t.Errorf("takes redundant audio: got %v, want %v", got, tt.takes)
			}
			until(t, b.heard, "packets from the server", func(n int) {
				for k, pt := range []uint8{red.TypeRED, red.TypeOpus} {
					if err := s.WriteRTP(&rtp.Header{Version: 2, PayloadType: pt, SequenceNumber: uint16(2*n + k)}, []byte(redPayload)); err != nil {
						t.Fatal(err)
					}
				}
			}, func() bool {
				return b.heard.has(red.TypeOpus, redPayload) && b.heard.has(red.TypeRED, redPayload) == tt.takes
			})
		})
	}
}

// has tells whether a packet was seen; it runs under the lock.
func (s *seen) has(pt uint8, payload string) bool {
	return slices.ContainsFunc(s.packets, func(p rtp.Packet) bool { return p.PayloadType == pt && string(p.Payload) == payload })
}

// TestMalformedRedundantAudio never reaches the handler, and is counted.
func TestMalformedRedundantAudio(t *testing.T) {
	s, b := serve(t, factory(t)), newChromium(t, redCodec, opusCodec)
	if err := s.Answer(0, b.answer(t, s.offer)); err != nil {
		t.Fatal(err)
	}
	s.seen.wait(t, "the connection", func() bool { return s.seen.last() == bridge.StateConnected })
	bad := []string{"", "\xef", "\xef\x0f\x00\x04", "\xef\x0f\x00\x04\x6fpas", "\xef\x0f\x00\x04\x6fpast", "\x80\x0f\x00\x04\x6fpastnow", "\x3fnow", strings.Repeat("\xff", 1100)}
	until(t, s.seen, "an honest packet after the bad ones", func(n int) {
		for k, payload := range append(bad, redPayload) {
			b.out.write(rtp.Header{Version: 2, PayloadType: red.TypeRED, SequenceNumber: uint16(n*20 + k)}, payload)
		}
	}, func() bool { return s.seen.has(red.TypeRED, redPayload) && s.Stats().Malformed >= uint64(len(bad)) })
	for _, p := range s.seen.packets {
		if string(p.Payload) != redPayload {
			t.Errorf("the handler got %q, want the honest packets only", p.Payload)
		}
	}
}

// TestLostPacketsAreAskedFor: both ways, though the answer says nothing of
// NACK, as Chromium's does not.
func TestLostPacketsAreAskedFor(t *testing.T) {
	s, b := serve(t, factory(t)), newChromium(t, with(redCodec, "111/111"), with(opusCodec, "useinbandfec=1"))
	asked := newSeen()
	answer := b.answer(t, s.offer)
	if strings.Contains(answer, "nack") {
		t.Fatalf("the answer says NACK, which is not what is tested:\n%s", answer)
	}
	b.work.Go(func() {
		for {
			packets, _, err := b.pc.GetSenders()[0].ReadRTCP()
			if err != nil {
				return
			}
			for _, p := range packets {
				if n, ok := p.(*rtcp.TransportLayerNack); ok {
					asked.update(func() { asked.reports = append(asked.reports, uint32(n.Nacks[0].PacketID)) })
				}
			}
		}
	})
	if err := s.Answer(0, answer); err != nil {
		t.Fatal(err)
	}
	until(t, asked, "the server to ask for packet 7", func(n int) {
		if n != 7 {
			b.speak(n, "x")
		}
	}, func() bool { return slices.Contains(asked.reports, 7) })
	until(t, b.heard, "packets from the server", func(n int) {
		if err := s.WriteRTP(&rtp.Header{Version: 2, PayloadType: red.TypeOpus, SequenceNumber: uint16(n)}, []byte("again")); err != nil {
			t.Fatal(err)
		}
	}, func() bool { return len(b.heard.packets) > 0 })
	first := b.heard.packets[0]
	until(t, b.heard, "the packet that was asked for again", func(int) {
		b.rtcp(t, &rtcp.TransportLayerNack{MediaSSRC: first.SSRC, Nacks: rtcp.NackPairsFromSequenceNumbers([]uint16{first.SequenceNumber})})
	}, func() bool {
		n := 0
		for _, p := range b.heard.packets {
			if p.SequenceNumber == first.SequenceNumber {
				n++
			}
		}
		return n > 1
	})
}
