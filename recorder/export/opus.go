package export

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"

	"parley/media/ogg"
	"parley/media/opus"
)

// vendor is what exported streams name as their maker.
const vendor = "parley"

// mixSerial names the mono mix in Ogg; the voices have 1 and 2, as they are stored.
const mixSerial = 4

// WriteVoice writes one voice to w as mono Ogg Opus, packet by packet as it is stored: no
// sound is decoded. comments are the file's tags, "NAME=value"; with those of the stored
// voice the file is the stored one to the byte. It returns [ErrSource], the errors of
// media/ogg, of the stream or of w, and leaves half a file then.
func (s *Source) WriteVoice(w io.Writer, voice Voice, comments []string) error {
	if voice != Member && voice != Expert {
		return fmt.Errorf("export voice %d: there is none", voice)
	}
	tags := ogg.Tags{Vendor: vendor, Comments: comments}
	out, err := ogg.NewWriter(w, ogg.MonoHead(s.layout.PreSkip), tags, uint32(voice)+1)
	if err != nil {
		return fmt.Errorf("export voice %d: %w", voice, err)
	}
	for k := range s.chunks() {
		pairs, err := s.chunk(k)
		if err != nil {
			return fmt.Errorf("export voice %d: %w", voice, err)
		}
		for _, both := range pairs {
			if err := out.WritePacket(both[voice], ogg.GridSamples48k); err != nil {
				return fmt.Errorf("export voice %d: %w", voice, err)
			}
		}
	}
	if err := out.Close(s.layout.TotalSamples); err != nil {
		return fmt.Errorf("export voice %d: %w", voice, err)
	}
	return nil
}

// WriteMix writes both voices to w as one, mono Ogg Opus, encoded anew: what [Mono] gives, as
// long to the sample. config is libopus's; comments are the file's tags, "NAME=value". Errors
// are those of [Source.WriteVoice], of [WAVReader.ReadAt] and of media/opus.
func (s *Source) WriteMix(w io.Writer, config opus.Config, comments []string) error {
	encoder, err := opus.NewEncoder(config)
	if err != nil {
		return fmt.Errorf("export mix: %w", err)
	}
	tags := ogg.Tags{Vendor: vendor, Comments: comments}
	out, err := ogg.NewWriter(w, ogg.MonoHead(opus.Lookahead48k), tags, mixSerial)
	if err != nil {
		return fmt.Errorf("export mix: %w", err)
	}
	if err := s.encodeMix(out, encoder); err != nil {
		return fmt.Errorf("export mix: %w", err)
	}
	if err := out.Close(s.layout.TotalSamples); err != nil {
		return fmt.Errorf("export mix: %w", err)
	}
	return nil
}

// encodeMix encodes the whole mix, and as much silence behind it as the encoder needs to give
// the last of it out.
func (s *Source) encodeMix(out *ogg.Writer, encoder *opus.Encoder) error {
	mono := newReader(s, Mono)
	samples := bufio.NewReaderSize(io.NewSectionReader(mono, wavHeaderSize, mono.size-wavHeaderSize), chunkSamples*bytesPerSample)
	raw := make([]byte, opus.FrameSamples48k*bytesPerSample)
	pcm := make([]int16, opus.FrameSamples48k)
	packet := make([]byte, opus.MaxFramePacketBytes)
	total := s.layout.TotalSamples
	for at := int64(0); at < total+opus.Lookahead48k; at += opus.FrameSamples48k {
		heard := raw[:max(0, min(total-at, opus.FrameSamples48k))*bytesPerSample]
		clear(raw[len(heard):])
		if _, err := io.ReadFull(samples, heard); err != nil {
			return err
		}
		for i := range pcm {
			pcm[i] = int16(binary.LittleEndian.Uint16(raw[i*bytesPerSample:]))
		}
		n, err := encoder.Encode(pcm, packet)
		if err != nil {
			return err
		}
		if err := out.WritePacket(packet[:n], opus.FrameSamples48k); err != nil {
			return err
		}
	}
	return nil
}
