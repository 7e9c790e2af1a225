package peer

import (
	"fmt"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/webrtc/v4"

	"parley/media/red"
)

const (
	mimeOpus = "audio/opus"
	mimeRED  = "audio/red" // redundant audio (RFC 2198)
)

// Opus as offered to browsers (RFC 7587): in-band FEC and DTX, mono.
var opusCodec = webrtc.RTPCodecParameters{
	RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType:     mimeOpus,
		ClockRate:    48000,
		Channels:     2, // RFC 7587 section 7: always 2 in rtpmap
		SDPFmtpLine:  "minptime=10;useinbandfec=1;usedtx=1",
		RTCPFeedback: []webrtc.RTCPFeedback{{Type: webrtc.TypeRTCPFBNACK}},
	},
	PayloadType: red.TypeOpus,
}

// Opus in redundant audio: each packet brings the frame before it once more.
var redCodec = webrtc.RTPCodecParameters{
	RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType:     mimeRED,
		ClockRate:    opusCodec.ClockRate,
		Channels:     opusCodec.Channels,
		SDPFmtpLine:  fmt.Sprintf("%d/%d", red.TypeOpus, red.TypeOpus),
		RTCPFeedback: opusCodec.RTCPFeedback,
	},
	PayloadType: red.TypeRED,
}

// codecs registers the codecs, redundant audio first so that browsers prefer
// it, and the interceptors that a voice call needs: NACK both ways and receiver
// reports. webrtc's default set costs more than the forwarding itself.
func codecs() (*webrtc.MediaEngine, *interceptor.Registry, error) {
	m := &webrtc.MediaEngine{}
	for _, c := range []webrtc.RTPCodecParameters{redCodec, opusCodec} {
		if err := m.RegisterCodec(c, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, nil, fmt.Errorf("register %s: %w", c.MimeType, err)
		}
	}
	const audioLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level" // RFC 6464
	if err := m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: audioLevel}, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, nil, fmt.Errorf("register audio level: %w", err)
	}
	always := func(*interceptor.StreamInfo) bool { return true } // as in asker
	responder, err := nack.NewResponderInterceptor(nack.ResponderStreamsFilter(always))
	if err != nil {
		return nil, nil, fmt.Errorf("send lost packets again: %w", err)
	}
	receiver, err := report.NewReceiverInterceptor(report.ReceiverInterval(signOfLife))
	if err != nil {
		return nil, nil, fmt.Errorf("report what is received: %w", err)
	}
	r := &interceptor.Registry{}
	r.Add(responder)
	r.Add(asker{})
	r.Add(receiver)
	return m, r, nil
}
