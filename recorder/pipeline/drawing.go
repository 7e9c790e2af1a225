package pipeline

import (
	"encoding/json"
	"fmt"
	"math"

	"parley/media/opus"
	"parley/recorder/journal"
	"parley/recorder/level"
	"parley/recorder/render"
	"parley/recorder/waveform"
)

// drawing draws one voice while it is rendered: by the levels that its sender
// states, and as long as it has stated none, by decoding its packets.
type drawing struct {
	builder *waveform.Builder
	stated  bool
	last    uint8         // level of the packet before
	decoder *opus.Decoder // made when it is needed
	pcm     []int16
}

func newDrawing() (*drawing, error) {
	b, err := waveform.NewBuilder(waveform.Config{})
	if err != nil {
		return nil, err
	}
	return &drawing{builder: b, last: silentLevel}, nil
}

// silentLevel is no sound at all (RFC 6464).
const silentLevel = 127

// samplesPerMs is the voices' rate.
const samplesPerMs = 48

// hear draws one packet and returns its level.
func (d *drawing) hear(h render.Heard) uint8 {
	switch {
	case h.Copied: // redundant copies come without a level
	case h.Level != journal.NoLevel:
		d.stated, d.last, d.decoder = true, h.Level, nil
		if h.Level == journal.DigitalSilence {
			d.last = silentLevel
		}
	case d.stated: // a sender that states levels left it out
		d.last = silentLevel
	default:
		d.last = d.decode(h.Payload)
	}
	d.builder.AddLevel(int(h.Place/samplesPerMs), h.Samples/samplesPerMs, d.last)
	return d.last
}

// decode measures a packet. What cannot be decoded is drawn as silence: whether
// it can be heard is the renderer's affair.
func (d *drawing) decode(packet []byte) uint8 {
	if d.decoder == nil {
		var err error
		if d.decoder, err = opus.NewDecoder(); err != nil {
			return silentLevel
		}
		d.pcm = make([]int16, opus.MaxPacketSamples48k)
	}
	n, err := d.decoder.Decode(packet, d.pcm)
	if err != nil || n == 0 {
		return silentLevel
	}
	return uint8(min(silentLevel, max(0, math.Round(-level.Of(d.pcm[:n])))))
}

// finish is the drawing of a voice of total samples.
func (d *drawing) finish(total int64) ([]byte, error) {
	d.builder.Finish(total)
	data, err := json.Marshal(d.builder.Drawing())
	if err != nil {
		return nil, fmt.Errorf("encode peaks: %w", err)
	}
	return data, nil
}
