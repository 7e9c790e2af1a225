package waveform

// Segment is a stretch of speech, in milliseconds from the start of the voice, to 20 ms.
type Segment struct {
	StartMs int `json:"start_ms"`
	EndMs   int `json:"end_ms"`
}

// The rule of speech, on the level of each frame of 20 ms:
//
//  1. The noise around a frame is the level that a tenth of the frames from 5 s before to 5 s after
//     it do not reach. Digital silence does not count: it is a mute, or a pause of DTX, and
//     says nothing about the room. Since the window reaches ahead and slides, the floor follows
//     a room that changes and does not creep up while someone talks.
//  2. Speech begins with three frames in a row that are 12 dB above that. The line lies between
//     −50 and −30 dBov whatever the noise: murmurs of a quiet line are no speech, and speech
//     without any pause, which lifts the floor, stays speech. Three frames pass over
//     clicks, which touch two.
//  3. It goes on until 400 ms have been more than 6 dB below the line, so the pauses between words
//     do not cut it, and ends with the last frame that was not.
const (
	frameSamples   = 960
	frameMs        = 20
	silent         = 127
	halfWindow     = 250 // frames, 5 s
	floorShare     = 10  // a tenth
	aboveFloorDB   = 12
	loudestLine    = 30
	quietestLine   = 50
	hysteresisDB   = 6
	onsetFrames    = 3
	hangoverFrames = 20
)

// findSpeech applies the rule to levels in −dBov.
func findSpeech(levels []uint8) []Segment {
	var g gate
	var f noise
	for _, level := range levels[:min(halfWindow, len(levels))] {
		f.add(level)
	}
	for i, level := range levels {
		if ahead := i + halfWindow; ahead < len(levels) {
			f.add(levels[ahead])
		}
		if behind := i - halfWindow - 1; behind >= 0 {
			f.remove(levels[behind])
		}
		g.step(i, level, f.line())
	}
	g.shut()
	return g.found
}

// noise finds the level of the room in a window of frames.
type noise struct {
	counts  [silent]int // frames of each level; louder ones have lower numbers
	audible int
}

func (n *noise) add(level uint8) {
	if level < silent {
		n.counts[level]++
		n.audible++
	}
}

func (n *noise) remove(level uint8) {
	if level < silent {
		n.counts[level]--
		n.audible--
	}
}

// line returns the level from which on a frame is speech.
func (n *noise) line() uint8 {
	quieter := 0
	for level := silent - 1; level >= 0; level-- {
		quieter += n.counts[level]
		if quieter*floorShare >= n.audible && quieter > 0 {
			return uint8(max(loudestLine, min(quietestLine, level-aboveFloorDB)))
		}
	}
	return quietestLine
}

// gate is open while someone speaks.
type gate struct {
	found []Segment
	loud  int // frames in a row above the line, while it is shut
	open  bool
	start int // frame with which speech began
	last  int // last frame of speech
}

// step goes on to frame i.
func (g *gate) step(i int, level, line uint8) {
	switch {
	case !g.open && level > line:
		g.loud = 0
	case !g.open:
		g.loud++
		if g.loud == onsetFrames {
			g.open, g.start, g.last = true, i-onsetFrames+1, i
		}
	case level <= line+hysteresisDB:
		g.last = i
	case i-g.last >= hangoverFrames:
		g.shut()
	}
}

// shut ends the segment that is open.
func (g *gate) shut() {
	if g.open {
		g.found = append(g.found, Segment{StartMs: g.start * frameMs, EndMs: (g.last + 1) * frameMs})
	}
	g.open, g.loud = false, 0
}
