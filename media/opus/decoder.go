package opus

import (
	"fmt"

	"github.com/hraban/opus"
)

// concealStep is the granularity of what can be concealed: 2.5 ms, the shortest
// Opus frame.
const concealStep = 120

// Decoder turns packets into mono PCM at 48 kHz. A stereo packet is mixed down by
// libopus. Use one per voice, from one goroutine at a time, and give it every
// packet or gap in order: its state is the voice's past.
type Decoder struct {
	codec *opus.Decoder
}

// NewDecoder returns a decoder that has heard nothing yet.
func NewDecoder() (*Decoder, error) {
	codec, err := opus.NewDecoder(SampleRate, 1)
	if err != nil {
		return nil, translate("opus decoder", err)
	}
	return &Decoder{codec: codec}, nil
}

// Decode writes the packet's audio to pcm and returns the number of samples, which
// is what [DurationSamples48k] says. A packet of only a TOC byte is a lost frame and
// is concealed. It returns [ErrInvalidPacket] for a packet that libopus refuses and
// [ErrBuffer] when pcm is too short ([MaxPacketSamples48k] always suffices). It
// allocates nothing.
func (d *Decoder) Decode(packet []byte, pcm []int16) (int, error) {
	samples, err := DurationSamples48k(packet)
	if err != nil {
		return 0, fmt.Errorf("decode: %w", err)
	}
	if len(pcm) < samples {
		return 0, fmt.Errorf("decode: %w: room for %d samples of %d", ErrBuffer, len(pcm), samples)
	}
	n, err := d.codec.Decode(packet, pcm[:samples:samples])
	if err != nil {
		return 0, translate("decode", err)
	}
	return n, nil
}

// DecodeFEC fills all of pcm with the audio missing before the packet next, from the
// copy that next carries of it (in-band FEC, RFC 6716 section 2.1.7), or by
// concealment where it carries none. Call it before Decode of next. The length of pcm
// is the missing duration: a positive multiple of 120 samples (2.5 ms), else it
// returns [ErrBuffer]. When the gap is longer than one frame of next, the part that
// next does not cover is concealed.
func (d *Decoder) DecodeFEC(next []byte, pcm []int16) error {
	if err := checkGap(pcm); err != nil {
		return fmt.Errorf("decode FEC: %w", err)
	}
	if _, err := DurationSamples48k(next); err != nil {
		return fmt.Errorf("decode FEC: %w", err)
	}
	return translate("decode FEC", d.codec.DecodeFEC(next, pcm[:len(pcm):len(pcm)]))
}

// Conceal fills all of pcm with libopus's guess at what was lost, which fades to near
// silence in long gaps. The length of pcm is the missing duration, under the
// rule of [Decoder.DecodeFEC].
func (d *Decoder) Conceal(pcm []int16) error {
	if err := checkGap(pcm); err != nil {
		return fmt.Errorf("conceal: %w", err)
	}
	return translate("conceal", d.codec.DecodePLC(pcm[:len(pcm):len(pcm)]))
}

func checkGap(pcm []int16) error {
	if len(pcm) == 0 || len(pcm)%concealStep != 0 {
		return fmt.Errorf("%w: %d samples missing, want a positive multiple of %d", ErrBuffer, len(pcm), concealStep)
	}
	return nil
}
