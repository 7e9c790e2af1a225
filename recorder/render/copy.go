package render

import (
	"fmt"

	"parley/media/opus"
	"parley/media/opus/packet"
	"parley/recorder/journal"
	"parley/recorder/level"
)

// NotCopyableError says why a voice's packets cannot be put on the grid as
// they were sent; the voice must be encoded.
type NotCopyableError struct {
	Leg int // 0 member, 1 expert
	Why string
}

func (e *NotCopyableError) Error() string { return "voice cannot be copied: " + e.Why }

const (
	// copyReach is how far from its true place a frame may come to lie that
	// follows another without a gap; beyond it a frame is added or left out.
	copyReach = sampleRate * 15 / 1000
	// copyLossLimit is the share of lost packets from which a voice had better
	// be decoded and encoded, for that can use what copies cannot: the in-band
	// copies of lost frames. It counts from copyLossLeast lost packets on.
	copyLossLimit = 0.02
	copyLossLeast = 25
)

// silentFrame is 20 ms of silence: CELT, fullband, mono, with the two bytes
// that encoders send for digital silence.
var silentFrame = []byte{0xf8, 0xff, 0xfe}

// copier puts one voice's packets on the grid as they were sent: no second
// lossy coding, and almost no work. A lost frame becomes a packet of only a
// TOC byte, which every decoder conceals; a clock that drifts is followed by
// leaving out or adding a frame, where the speaker pauses if it can wait.
type copier struct {
	lossLimit float64 // share of packets that may be lost

	first  int64    // grid number of frames[0]
	frames [][]byte // what has no packet yet is silence, or nil

	last    *queued // in newest
	newest  queued
	toc     packet.TOC // of the packet that came last
	pausing bool       // the sender has stopped sending (DTX)
	short   [][]byte   // frames below 20 ms that wait for the rest of theirs
	whole   [1][]byte  // what split returns for a packet that is a grid frame

	packets, lost int64 // packets
	gone, rested  int64 // grid frames that were lost, and for which none was sent
	tail          int64 // of the latter, those since the last packet
	left          int64 // silent grid frames that were left out
	level         level.Meter
}

func (c *copier) next() int64 { return c.first + int64(len(c.frames)) }

func (c *copier) end() int64 { return c.next() * frame }

func (c *copier) put(q queued, place, lost int64, fresh bool) error {
	c.packets, c.lost = c.packets+1, c.lost+lost
	if c.lost >= copyLossLeast && float64(c.lost) > c.lossLimit*float64(c.packets+c.lost) {
		return &NotCopyableError{Why: fmt.Sprintf("%d of %d packets were lost", c.lost, c.packets+c.lost)}
	}
	unbroken := !fresh && lost == 0 && c.last != nil && q.ts == c.last.ts+int64(c.last.samples)
	seat, frames, err := c.split(q, place, unbroken)
	if err != nil {
		return err
	}
	c.bridge(seat-c.next(), lost*int64(q.samples), unbroken)
	c.toc = packet.TOC(q.payload[0]) &^ 3
	// What is covered already is left out.
	c.frames = append(c.frames, frames[min(max(c.next()-seat, 0), int64(len(frames))):]...)
	c.pausing, c.tail = len(q.payload) == 1, 0
	if q.level < journal.DigitalSilence {
		c.level.Add(-float64(q.level), float64(q.samples)/frame)
	}
	c.newest = q
	c.last = &c.newest
	return nil
}

// grid is the number of the grid frame whose sound is heard nearest to a
// sample: players drop the pre-skip, so each frame is heard that much before
// its start.
func grid(place int64) int64 { return max(0, (place+opus.Lookahead48k+frame/2)/frame) }

// seat is the grid number for a packet: right behind the one before it where
// the sender sent it so and the clocks still agree, else where it belongs.
func (c *copier) seat(place int64, unbroken bool) int64 {
	off := place + opus.Lookahead48k - c.end()
	if unbroken && !c.pausing && abs(off) <= copyReach {
		return c.next()
	}
	return grid(place)
}

// bridge fills gap grid frames. What was lost is left to the decoder, and so
// is a pause of the sender, for which decoders make quiet noise, and the frame
// that a drifting clock adds in the midst of sound; the rest was never sent
// and is silence.
func (c *copier) bridge(gap, missing int64, unbroken bool) {
	for ; gap > 0 && missing > 0; gap, missing = gap-1, missing-frame {
		c.frames = append(c.frames, lostFrame(c.toc))
		c.gone++
	}
	for ; gap > 0; gap-- {
		c.rest(c.pausing || unbroken)
	}
}

// rest adds a frame for which nothing was sent.
func (c *copier) rest(concealed bool) {
	c.rested, c.tail = c.rested+1, c.tail+1
	if concealed {
		c.frames = append(c.frames, lostFrame(c.toc))
		return
	}
	c.frames = append(c.frames, nil)
}

// lostFrame is 20 ms of frames without data, coded as toc says (RFC 6716
// section 3.2.1: length 0 stands for a lost frame).
func lostFrame(toc packet.TOC) []byte {
	p, err := packet.Join(nil, toc, make([][]byte, frame/toc.FrameSamples48k()))
	if err != nil {
		panic("render: lost frame: " + err.Error()) // split admits no frame above 20 ms
	}
	return p
}

// split cuts a packet into grid frames, or gathers it with others that are
// shorter, and tells which seat the first of them has.
func (c *copier) split(q queued, place int64, unbroken bool) (seat int64, frames [][]byte, err error) {
	toc := packet.TOC(q.payload[0])
	size := toc.FrameSamples48k()
	if size > frame {
		return 0, nil, &NotCopyableError{Why: fmt.Sprintf("its frames are %d ms long", size/48)}
	}
	if q.samples == frame && size == frame {
		c.whole[0] = q.payload
		return c.seat(place, unbroken), c.whole[:], nil
	}
	parts, err := packet.Frames(q.payload)
	if err != nil {
		return 0, nil, &NotCopyableError{Why: "a packet is malformed"}
	}
	if len(c.short) > 0 && unbroken && toc&^3 == c.toc {
		seat = c.next() // it completes a grid frame that has its seat
	} else {
		c.short, seat = nil, c.seat(place, unbroken)
	}
	c.short = append(c.short, parts...)
	for per := frame / size; len(c.short) >= per; c.short = c.short[per:] {
		p, err := packet.Join(nil, toc, c.short[:per])
		if err != nil {
			return 0, nil, &NotCopyableError{Why: "its frames cannot be joined"}
		}
		frames = append(frames, p)
	}
	return seat, frames, nil
}

func (c *copier) silenceTo(sample int64) {
	for c.end()+frame <= sample {
		c.rest(c.pausing)
	}
}

func (c *copier) ready() int64 { return int64(len(c.frames)) }

// frame is silence while the gate is shut: after a sender's pause (DTX) a
// decoder would go on making its noise.
func (c *copier) frame(s seam) ([]byte, error) {
	f := c.take()
	if f == nil || s.shut {
		f = silentFrame
	}
	return f, nil
}

func (c *copier) drop() {
	if c.take() == nil {
		c.left++
	}
}

// take takes the next frame, nil for silence.
func (c *copier) take() []byte {
	if len(c.frames) == 0 {
		c.rest(c.pausing)
	}
	f := c.frames[0]
	c.frames = c.frames[1:]
	c.first++
	return f
}

func (c *copier) report(length int64, s *VoiceStats) {
	beyond := min(c.tail, max(0, c.next()-length/frame))
	s.Mode = ModeCopy
	s.ConcealedMs, s.SilentMs = float64(c.gone*20), float64((c.rested-beyond)*20)
}

func (c *copier) settle(s *VoiceStats) {
	s.LevelDBFS, s.GainDB = c.level.DBFS(), c.level.Gain()
	s.SilentMs = max(0, s.SilentMs-float64(c.left*20))
}
