package opus

import (
	"fmt"

	"github.com/hraban/opus"
)

// Lookahead48k is the delay of the encoder in samples at 48 kHz: what a decoder
// gives first and a container must tell players to skip (pre-skip, RFC 7845
// section 4.2). It holds for both applications at 48 kHz: 2.5 ms of CELT overlap
// and 4 ms that keep SILK and CELT in step.
const Lookahead48k = 312

// Application chooses what libopus is tuned for.
type Application int

const (
	// VoIP favours intelligible speech.
	VoIP Application = iota
	// Audio favours faithfulness to the input.
	Audio
)

// Limits and defaults of [Config].
const (
	MinBitrateBps     = 6_000
	MaxBitrateBps     = 510_000
	DefaultBitrateBps = 24_000
	MaxComplexity     = 10
	DefaultComplexity = 5
)

// Config tunes an [Encoder]. The zero value is good for recorded speech.
type Config struct {
	// BitrateBps is the mean bit rate, 6000 to 510000 bit/s; zero means 24000.
	BitrateBps int
	// Complexity trades CPU for quality, 1 to 10; zero means 5. libopus's own
	// zero is not offered: it saves next to nothing over one.
	Complexity int
	// Application is VoIP unless set.
	Application Application
}

// withDefaults fills what is unset.
func (c Config) withDefaults() Config {
	if c.BitrateBps == 0 {
		c.BitrateBps = DefaultBitrateBps
	}
	if c.Complexity == 0 {
		c.Complexity = DefaultComplexity
	}
	return c
}

// validate names the field that is out of range and its limits.
func (c Config) validate() error {
	if c.BitrateBps < MinBitrateBps || c.BitrateBps > MaxBitrateBps {
		return fmt.Errorf("BitrateBps %d is not within %d to %d", c.BitrateBps, MinBitrateBps, MaxBitrateBps)
	}
	if c.Complexity < 1 || c.Complexity > MaxComplexity {
		return fmt.Errorf("Complexity %d is not within 1 to %d", c.Complexity, MaxComplexity)
	}
	if c.Application != VoIP && c.Application != Audio {
		return fmt.Errorf("Application %d is neither VoIP nor Audio", c.Application)
	}
	return nil
}

// Encoder turns PCM into packets of one 20 ms mono frame. Use one per voice, from
// one goroutine at a time.
type Encoder struct {
	codec *opus.Encoder
}

// NewEncoder returns an encoder, or an error that names the field of config that is
// out of range.
func NewEncoder(config Config) (*Encoder, error) {
	config = config.withDefaults()
	if err := config.validate(); err != nil {
		return nil, fmt.Errorf("opus encoder: %w", err)
	}
	application := opus.AppVoIP
	if config.Application == Audio {
		application = opus.AppAudio
	}
	codec, err := opus.NewEncoder(SampleRate, 1, application)
	if err != nil {
		return nil, translate("opus encoder", err)
	}
	if err := codec.SetBitrate(config.BitrateBps); err != nil {
		return nil, translate("set bit rate", err)
	}
	if err := codec.SetComplexity(config.Complexity); err != nil {
		return nil, translate("set complexity", err)
	}
	return &Encoder{codec: codec}, nil
}

// Encode writes the packet for one frame of [FrameSamples48k] samples to dst and
// returns its size, 1 to [MaxFramePacketBytes]. dst must be at least that long, lest
// libopus lower the quality to fit. Wrong lengths give [ErrBuffer]. It allocates
// nothing.
func (e *Encoder) Encode(pcm []int16, dst []byte) (int, error) {
	if len(pcm) != FrameSamples48k {
		return 0, fmt.Errorf("encode: %w: %d samples, want %d", ErrBuffer, len(pcm), FrameSamples48k)
	}
	if len(dst) < MaxFramePacketBytes {
		return 0, fmt.Errorf("encode: %w: room for %d bytes, want %d", ErrBuffer, len(dst), MaxFramePacketBytes)
	}
	n, err := e.codec.Encode(pcm, dst[:len(dst):len(dst)])
	if err != nil {
		return 0, translate("encode", err)
	}
	return n, nil
}
