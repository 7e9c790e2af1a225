package ogg

import (
	"errors"
	"fmt"
)

// ErrLayout says that a [Layout] contradicts itself or the voices it is used with.
var ErrLayout = errors.New("stereo layout does not fit")

const (
	// GridSamples48k is the length of every packet of a pair of voices: 20 ms.
	GridSamples48k = 960
	// PacketsPerChunk is how many of them make a chunk, the unit of random access: one
	// second.
	PacketsPerChunk = samplesPerSecond / GridSamples48k

	layoutVersion = 1
	// maxChunkSize bounds what a layout can make a reader allocate: 50 packets of the
	// largest size, twice.
	maxChunkSize = 2 * PacketsPerChunk * (MaxPacketSize + maxSegments + pageHeaderSize)
)

// Layout is the map of a stereo stream that is made out of two voices on demand. A
// [PairWriter] draws it; a [StereoReader] needs nothing else to know every byte's place.
// It holds about three numbers per second and is kept as JSON beside the voices. It says
// nothing about what was spoken, but packet sizes follow the loudness of speech, so keep
// it as safe as the voices.
type Layout struct {
	// Version is 1. The bytes of a stereo stream never change for one version.
	Version int `json:"version"`
	// Packets is the number of packets in each voice and in the stereo stream.
	Packets int `json:"packets"`
	// TotalSamples is the playing time in samples at 48 kHz.
	TotalSamples int64 `json:"total_samples"`
	// PreSkip is what a player drops from the start, in samples at 48 kHz.
	PreSkip uint16 `json:"pre_skip"`
	// Stereo names the stereo stream.
	Stereo Stream `json:"stereo"`
	// LeftStart and RightStart are the sizes of the voices' header pages in bytes.
	LeftStart  int `json:"left_start"`
	RightStart int `json:"right_start"`
	// LeftBytes, RightBytes and StereoBytes are the size of each chunk in the voices
	// and in the stereo stream. The last chunk may have fewer than [PacketsPerChunk]
	// packets; streams without packets have one chunk, their end page.
	LeftBytes   []int `json:"left_bytes"`
	RightBytes  []int `json:"right_bytes"`
	StereoBytes []int `json:"stereo_bytes"`
	// SplitChunks are the stereo chunks that take more than one page, in order. Speech
	// has none.
	SplitChunks []SplitChunk `json:"split_chunks,omitempty"`
}

// SplitChunk is a stereo chunk of more than one page.
type SplitChunk struct {
	Chunk int `json:"chunk"`
	Pages int `json:"pages"`
}

// Stream is what a caller says about one of the streams.
type Stream struct {
	// Serial is the stream's serial number in Ogg.
	Serial uint32 `json:"serial"`
	// Comments are the stream's tags, as in [Tags].
	Comments []string `json:"comments,omitempty"`
}

// chunkCount returns the number of chunks that packets make; no packets still make the
// end page.
func chunkCount(packets int) int {
	return max(1, (packets+PacketsPerChunk-1)/PacketsPerChunk)
}

// packetsIn returns how many packets chunk k has.
func (l *Layout) packetsIn(k int) int {
	return min(PacketsPerChunk, l.Packets-k*PacketsPerChunk)
}

// end returns the granule position of the end page.
func (l *Layout) end() (int64, error) {
	return endGranule(int64(l.PreSkip), l.TotalSamples, int64(l.Packets)*GridSamples48k, GridSamples48k)
}

// validate checks all that can be checked without the voices. Errors wrap [ErrLayout].
func (l *Layout) validate() error {
	if l.Version != layoutVersion {
		return fmt.Errorf("%w: version %d", ErrLayout, l.Version)
	}
	if l.Packets < 0 || l.LeftStart <= 0 || l.RightStart <= 0 {
		return fmt.Errorf("%w: %d packets, voices starting at %d and %d", ErrLayout, l.Packets, l.LeftStart, l.RightStart)
	}
	if _, err := l.end(); err != nil {
		return fmt.Errorf("%w: %w", ErrLayout, err)
	}
	chunks := chunkCount(l.Packets)
	for _, sizes := range [][]int{l.LeftBytes, l.RightBytes, l.StereoBytes} {
		if len(sizes) != chunks {
			return fmt.Errorf("%w: %d sizes for %d chunks", ErrLayout, len(sizes), chunks)
		}
		for k, size := range sizes {
			if size < pageHeaderSize || size > maxChunkSize {
				return fmt.Errorf("%w: chunk %d of %d bytes", ErrLayout, k, size)
			}
		}
	}
	return l.validateSplits(chunks)
}

func (l *Layout) validateSplits(chunks int) error {
	previous := -1
	for _, split := range l.SplitChunks {
		if split.Chunk <= previous || split.Chunk >= chunks || split.Pages < 2 || split.Pages > PacketsPerChunk {
			return fmt.Errorf("%w: chunk %d in %d pages", ErrLayout, split.Chunk, split.Pages)
		}
		previous = split.Chunk
	}
	return nil
}

// sequences returns the page number with which each chunk begins.
func (l *Layout) sequences(headerPages int) []uint32 {
	sequences := make([]uint32, chunkCount(l.Packets))
	splits, next := l.SplitChunks, uint32(headerPages)
	for k := range sequences {
		sequences[k] = next
		next++
		if len(splits) > 0 && splits[0].Chunk == k {
			next += uint32(splits[0].Pages - 1)
			splits = splits[1:]
		}
	}
	return sequences
}
