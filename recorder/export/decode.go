package export

import (
	"fmt"

	"parley/media/ogg"
	"parley/media/opus"
	"parley/recorder/level"
)

// chunkSamples is how much sound a whole chunk holds, per voice.
const chunkSamples = ogg.PacketsPerChunk * ogg.GridSamples48k

// stretchChunks is how many chunks are decoded from one start. What a decoder gives depends
// on all that it was given before, so for the same bytes however a recording is read, each
// chunk must be decoded from a place that is its own. Ten seconds keep the cost of a
// seek low (eleven seconds at worst, decoded some hundred times faster than they play) and
// make what is decoded twice a tenth.
const stretchChunks = 10

// cursor decodes the chunks of a source one after the other. It belongs to one goroutine.
type cursor struct {
	source   *Source
	decoders [voices]*opus.Decoder
	next     int // chunk to be decoded next
}

// stretchOf returns the first chunk of the stretch that chunk k is in.
func stretchOf(k int) int { return k - k%stretchChunks }

// newCursor returns a cursor at the beginning of the stretch that chunk k is in. Its decoders
// have heard the whole chunk before, of which nothing is kept. RFC 7845 section 4.6 asks for
// 80 ms at least. Measured with speech at 8 to 64 kbit/s, those leave an error of up to
// −22 dB in the second that follows, since SILK predicts from far back; after a second, what
// the recorder encodes is the same to the sample.
func newCursor(source *Source, k int) (*cursor, error) {
	c := &cursor{source: source, next: stretchOf(k)}
	for v := range c.decoders {
		var err error
		if c.decoders[v], err = opus.NewDecoder(); err != nil {
			return nil, err
		}
	}
	if c.next == 0 {
		return c, nil
	}
	c.next--
	_, err := c.decode()
	return c, err
}

// leadsTo tells whether the cursor comes to chunk k within its stretch.
func (c *cursor) leadsTo(k int) bool {
	return c.next <= k && c.next > stretchOf(k)
}

// sound is the PCM of both voices over the same time.
type sound [voices][]int16

// decode returns the sound of the next chunk and goes on behind it.
func (c *cursor) decode() (sound, error) {
	pairs, err := c.source.chunk(c.next)
	if err != nil {
		return sound{}, err
	}
	var out sound
	for v := range out {
		out[v] = make([]int16, len(pairs)*ogg.GridSamples48k)
		for i, both := range pairs {
			frame := out[v][i*ogg.GridSamples48k:][:ogg.GridSamples48k]
			n, err := c.decoders[v].Decode(both[v], frame)
			if err != nil {
				return sound{}, fmt.Errorf("second %d, packet %d, voice %d: %w", c.next, i, v, err)
			}
			if n != len(frame) {
				return sound{}, fmt.Errorf("%w: second %d, packet %d, voice %d: %d samples", ErrSource, c.next, i, v, n)
			}
		}
		level.Ramp(out[v], c.source.gains[v], c.source.gains[v])
	}
	c.next++
	return out, nil
}
