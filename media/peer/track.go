package peer

import (
	"strings"
	"sync/atomic"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"parley/media/red"
)

// outTrack is the outgoing audio of a peer. Unlike webrtc's static track it
// writes the caller's header and payload as they are, without a copy.
type outTrack struct{ bound atomic.Pointer[binding] }

type binding struct {
	ssrc   uint32
	opus   uint8 // payload type
	red    uint8 // payload type, 0 where the browser takes no redundant audio
	stream webrtc.TrackLocalWriter
}

var _ webrtc.TrackLocal = (*outTrack)(nil)

func (t *outTrack) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	b := binding{ssrc: uint32(c.SSRC()), stream: c.WriteStream()}
	var chosen webrtc.RTPCodecParameters
	for _, codec := range c.CodecParameters() {
		switch strings.ToLower(codec.MimeType) {
		case mimeOpus:
			b.opus, chosen = uint8(codec.PayloadType), codec
		case mimeRED:
			b.red = uint8(codec.PayloadType)
		}
	}
	if b.opus == 0 {
		return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
	}
	if b.opus != red.TypeOpus {
		b.red = 0 // its blocks would name a type that the browser does not know
	}
	t.bound.Store(&b)
	return chosen, nil
}

func (t *outTrack) Unbind(webrtc.TrackLocalContext) error {
	t.bound.Store(nil)
	return nil
}

func (t *outTrack) ID() string                { return "audio" }
func (t *outTrack) RID() string               { return "" }
func (t *outTrack) StreamID() string          { return "parley" }
func (t *outTrack) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }

// ssrc is that of what is sent, once the connection is up.
func (t *outTrack) ssrc() (ssrc uint32, bound bool) {
	if b := t.bound.Load(); b != nil {
		return b.ssrc, true
	}
	return 0, false
}

// takesRED tells whether redundant audio was negotiated.
func (t *outTrack) takesRED() bool {
	b := t.bound.Load()
	return b != nil && b.red != 0
}

// write sends one packet; 0 when the connection is not up.
func (t *outTrack) write(h *rtp.Header, payload []byte) (int, error) {
	b := t.bound.Load()
	if b == nil {
		return 0, nil
	}
	if h.PayloadType == red.TypeRED {
		if b.red == 0 {
			return 0, nil // asked for before the answer, which took none
		}
		h.PayloadType = b.red
	} else {
		h.PayloadType = b.opus
	}
	h.SSRC = b.ssrc
	// Extension ids are negotiated per connection; the sender's mean nothing
	// to the receiver.
	h.Extension, h.Extensions, h.CSRC = false, h.Extensions[:0], h.CSRC[:0]
	return b.stream.WriteRTP(h, payload)
}
