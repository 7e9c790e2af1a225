package packet

// TOC is the first byte of a packet, its table of contents (RFC 6716 section 3.1):
// five bits of configuration, one of channels, two of frame count code.
type TOC byte

// Mode is the coder that made the frames of a packet.
type Mode int

// The modes of RFC 6716 section 3.1, table 2.
const (
	SILK Mode = iota
	Hybrid
	CELT
)

// Bandwidth is the audio bandwidth of a packet.
type Bandwidth int

// The bandwidths of RFC 6716 section 2, table 1, with their upper edge in kHz.
const (
	Narrowband    Bandwidth = iota // 4
	Mediumband                     // 6
	Wideband                       // 8
	SuperWideband                  // 12
	Fullband                       // 20
)

// silkConfigs and hybridConfigs are the first configurations beyond each mode.
const (
	silkConfigs   = 12
	hybridConfigs = 16
)

// Config returns the configuration number, 0 to 31.
func (t TOC) Config() int {
	return int(t >> 3)
}

// Stereo reports whether the packet was coded with two channels. A mono decoder
// takes such a packet and mixes it down.
func (t TOC) Stereo() bool {
	return t&0x04 != 0
}

// FrameCountCode returns 0 for one frame, 1 for two of one size, 2 for two of
// different sizes, 3 for a signalled number of frames.
func (t TOC) FrameCountCode() int {
	return int(t & 0x03)
}

// Mode returns the coder of the packet's frames.
func (t TOC) Mode() Mode {
	switch config := t.Config(); {
	case config < silkConfigs:
		return SILK
	case config < hybridConfigs:
		return Hybrid
	default:
		return CELT
	}
}

// Bandwidth returns the audio bandwidth of the packet's frames.
func (t TOC) Bandwidth() Bandwidth {
	config := t.Config()
	switch t.Mode() {
	case SILK:
		return Narrowband + Bandwidth(config/4)
	case Hybrid:
		return SuperWideband + Bandwidth((config-silkConfigs)/2)
	default:
		// CELT has no mediumband: narrowband, wideband, superwideband, fullband.
		return [...]Bandwidth{Narrowband, Wideband, SuperWideband, Fullband}[(config-hybridConfigs)/4]
	}
}

// FrameSamples48k returns how long each frame of the packet lasts, in samples at
// 48 kHz: from 120 (2.5 ms) to 2880 (60 ms).
func (t TOC) FrameSamples48k() int {
	config := t.Config()
	switch t.Mode() {
	case SILK:
		return [...]int{480, 960, 1920, 2880}[config%4]
	case Hybrid:
		return [...]int{480, 960}[config%2]
	default:
		return 120 << (config % 4)
	}
}
