package probe

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"parley/media/ogg"
	"parley/media/opus"
	"parley/media/opus/packet"
)

// decodeStereo decodes a stream of two uncoupled voices into its channels, the
// pre-skip cut off.
func decodeStereo(data []byte) (channels [2][]int16, err error) {
	r, err := ogg.NewReader(bytes.NewReader(data))
	if err != nil {
		return channels, err
	}
	if h := r.Head(); h.Channels != 2 || h.StreamCount != 2 || h.CoupledCount != 0 {
		return channels, fmt.Errorf("the stream has %d channels in %d streams, want 2 uncoupled", h.Channels, h.StreamCount)
	}
	var decoders [2]*opus.Decoder
	for i := range decoders {
		if decoders[i], err = opus.NewDecoder(); err != nil {
			return channels, err
		}
	}
	pcm := make([]int16, opus.MaxPacketSamples48k)
	for {
		p, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return channels, err
		}
		left, taken, err := packet.AppendUndelimited(nil, p.Data)
		if err != nil {
			return channels, err
		}
		for i, voice := range [][]byte{left, p.Data[taken:]} {
			n, err := decoders[i].Decode(voice, pcm)
			if err != nil {
				return channels, err
			}
			channels[i] = append(channels[i], pcm[:n]...)
		}
	}
	skip := int(r.Head().PreSkip)
	for i := range channels {
		channels[i] = channels[i][min(skip, len(channels[i])):]
	}
	return channels, nil
}
