package ogg

import (
	"encoding/binary"
	"fmt"
)

const (
	headMagic   = "OpusHead"
	headSize    = 19 // family 0
	headVersion = 1
	// silentChannel in a mapping stands for a channel without sound.
	silentChannel = 255
)

// Head is the identification header of a stream (RFC 7845 section 5.1).
type Head struct {
	// Channels is the number of output channels: 1 or 2 in mapping family 0, 1 to 8
	// in family 1.
	Channels uint8
	// PreSkip is how many samples at 48 kHz a player drops from the start.
	PreSkip uint16
	// InputSampleRate is the rate of the original in Hz, for information; 0 is
	// unknown.
	InputSampleRate uint32
	// OutputGain is applied by the player, in 1/256 dB.
	OutputGain int16
	// MappingFamily says how streams make channels: 0 is one stream, mono or stereo; 1 is
	// the Vorbis channel order with the mapping below. Others are not supported.
	MappingFamily uint8
	// StreamCount is the number of Opus streams in each packet, CoupledCount how many of
	// them, the first ones, are stereo. Both are implied in family 0, where they are
	// ignored on writing.
	StreamCount, CoupledCount uint8
	// Mapping names for each channel the decoded channel that it plays; 255 is
	// silence. Implied in family 0.
	Mapping []uint8
}

// MonoHead is the head of one voice. The input rate it states is 48 kHz.
func MonoHead(preSkip uint16) Head {
	return Head{Channels: 1, PreSkip: preSkip, InputSampleRate: samplesPerSecond}
}

// complete fills what family 0 implies.
func (h Head) complete() Head {
	if h.MappingFamily == 0 && (h.Channels == 1 || h.Channels == 2) {
		h.StreamCount, h.CoupledCount = 1, h.Channels-1
		h.Mapping = []uint8{0, 1}[:h.Channels]
	}
	return h
}

// validate checks a complete head against section 5.1.1.
func (h Head) validate() error {
	maxChannels := uint8(8)
	switch h.MappingFamily {
	case 0:
		maxChannels = 2
	case 1:
	default:
		return fmt.Errorf("%w: mapping family %d", ErrHead, h.MappingFamily)
	}
	if h.Channels == 0 || h.Channels > maxChannels {
		return fmt.Errorf("%w: %d channels in family %d", ErrHead, h.Channels, h.MappingFamily)
	}
	decoded := int(h.StreamCount) + int(h.CoupledCount)
	if h.StreamCount == 0 || h.CoupledCount > h.StreamCount || decoded > silentChannel {
		return fmt.Errorf("%w: %d streams, %d of them coupled", ErrHead, h.StreamCount, h.CoupledCount)
	}
	if len(h.Mapping) != int(h.Channels) {
		return fmt.Errorf("%w: %d mappings for %d channels", ErrHead, len(h.Mapping), h.Channels)
	}
	for _, source := range h.Mapping {
		if int(source) >= decoded && source != silentChannel {
			return fmt.Errorf("%w: channel mapped to %d of %d", ErrHead, source, decoded)
		}
	}
	return nil
}

// appendTo appends the header packet to dst.
func (h Head) appendTo(dst []byte) []byte {
	dst = append(dst, headMagic...)
	dst = append(dst, headVersion, h.Channels)
	dst = binary.LittleEndian.AppendUint16(dst, h.PreSkip)
	dst = binary.LittleEndian.AppendUint32(dst, h.InputSampleRate)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(h.OutputGain))
	dst = append(dst, h.MappingFamily)
	if h.MappingFamily == 0 {
		return dst
	}
	dst = append(dst, h.StreamCount, h.CoupledCount)
	return append(dst, h.Mapping...)
}

// parseHead reads a header packet. Errors wrap [ErrHead].
func parseHead(packet []byte) (Head, error) {
	if len(packet) < headSize || string(packet[:8]) != headMagic {
		return Head{}, fmt.Errorf("%w: %d bytes, no %q", ErrHead, len(packet), headMagic)
	}
	// The upper half of the version changes only with the layout.
	if version := packet[8]; version == 0 || version > 15 {
		return Head{}, fmt.Errorf("%w: version %d", ErrHead, version)
	}
	head := Head{
		Channels:        packet[9],
		PreSkip:         binary.LittleEndian.Uint16(packet[10:]),
		InputSampleRate: binary.LittleEndian.Uint32(packet[12:]),
		OutputGain:      int16(binary.LittleEndian.Uint16(packet[16:])),
		MappingFamily:   packet[18],
	}.complete()
	if head.MappingFamily != 0 {
		table := packet[headSize:]
		if len(table) < 2+int(head.Channels) {
			return Head{}, fmt.Errorf("%w: mapping table of %d bytes", ErrHead, len(table))
		}
		head.StreamCount, head.CoupledCount = table[0], table[1]
		head.Mapping = append([]uint8(nil), table[2:2+int(head.Channels)]...)
	}
	return head, head.validate()
}
