package peer

import (
	"sync/atomic"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// outTrack is the outgoing audio of a peer. Unlike webrtc's static track it
// writes the caller's header and payload as they are, without a copy.
type outTrack struct{ bound atomic.Pointer[binding] }

type binding struct {
	ssrc    uint32
	payload uint8
	stream  webrtc.TrackLocalWriter
}

var _ webrtc.TrackLocal = (*outTrack)(nil)

func (t *outTrack) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	for _, codec := range c.CodecParameters() {
		if codec.MimeType == webrtc.MimeTypeOpus {
			t.bound.Store(&binding{ssrc: uint32(c.SSRC()), payload: uint8(codec.PayloadType), stream: c.WriteStream()})
			return codec, nil
		}
	}
	return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
}

func (t *outTrack) Unbind(webrtc.TrackLocalContext) error {
	t.bound.Store(nil)
	return nil
}

func (t *outTrack) ID() string                { return "audio" }
func (t *outTrack) RID() string               { return "" }
func (t *outTrack) StreamID() string          { return "parley" }
func (t *outTrack) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }

// write sends one packet; 0 when the connection is not up.
func (t *outTrack) write(h *rtp.Header, payload []byte) (int, error) {
	b := t.bound.Load()
	if b == nil {
		return 0, nil
	}
	h.SSRC, h.PayloadType = b.ssrc, b.payload
	// Extension ids are negotiated per connection; the sender's mean nothing
	// to the receiver.
	h.Extension, h.Extensions, h.CSRC = false, h.Extensions[:0], h.CSRC[:0]
	return b.stream.WriteRTP(h, payload)
}
