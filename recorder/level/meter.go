package level

import "math"

// FrameSamples is the length of a frame, 20 ms at 48 kHz.
const FrameSamples = 960

// Silence is the level of a frame without any sound, in dBFS.
const Silence = -120.0

// The rule of speech, on the level of each frame: it is louder than the noise
// by aboveFloor dB. The line lies between quietest and loudest whatever the
// noise, so that murmurs of a quiet line are none, and sound without pauses is.
// The noise is the lowest level of late: it follows downwards at once and
// upwards slowly, or each word would lift it. Digital silence says nothing
// about the noise.
const (
	aboveFloor = 10.0
	quietest   = -55.0
	loudest    = -30.0
	floorRise  = 0.04 // dB a frame, 2 dB/s
	floorFall  = 3.0  // dB a frame: the half-silent frame at an edge is not the noise
	audible    = -60.0
)

// Meter measures a voice's level. Its zero value has heard nothing.
type Meter struct {
	floor float64
	begun bool // floor is known

	spoken, heard tally // over speech, and over all that is audible
}

// tally is a mean in power and in decibels.
type tally struct{ frames, power, decibels float64 }

func (t *tally) add(dbfs, frames float64) {
	t.frames += frames
	t.power += frames * math.Pow(10, dbfs/10)
	t.decibels += frames * dbfs
}

// Of is the mean level of samples in dBFS: 0 is a square wave of full scale, as
// RFC 6464 counts.
func Of(pcm []int16) float64 {
	energy := int64(0)
	for _, s := range pcm {
		energy += int64(s) * int64(s)
	}
	if energy == 0 {
		return Silence
	}
	const full = math.MaxInt16 * math.MaxInt16
	return 10 * math.Log10(float64(energy)/float64(len(pcm))/full)
}

// Add takes frames of one level in a row, which may be a part of one, and tells
// whether they are speech.
func (m *Meter) Add(dbfs, frames float64) (speech bool) {
	if dbfs <= -90 {
		return false
	}
	switch {
	case !m.begun:
		m.floor, m.begun = dbfs, true
	case dbfs < m.floor:
		m.floor = max(dbfs, m.floor-floorFall*frames)
	default:
		m.floor = min(dbfs, m.floor+floorRise*frames)
	}
	if dbfs > audible {
		m.heard.add(dbfs, frames)
	}
	if dbfs < min(max(m.floor+aboveFloor, quietest), loudest) {
		return false
	}
	m.spoken.add(dbfs, frames)
	return true
}

// mean is of the speech, or of all that was audible if nobody spoke.
func (m *Meter) mean() tally {
	if m.spoken.frames > 0 {
		return m.spoken
	}
	return m.heard
}

// DBFS is the mean level while somebody spoke, to a tenth of a dB; of all that
// was audible if nobody did, and Silence if nothing was.
func (m *Meter) DBFS() float64 {
	t := m.mean()
	if t.frames == 0 {
		return Silence
	}
	return tenths(10 * math.Log10(t.power/t.frames))
}

// Gain is the gain in dB that brings a voice to the common level, to a tenth;
// 0 if nobody spoke.
func (m *Meter) Gain() float64 {
	if m.spoken.frames == 0 {
		return 0
	}
	return tenths(towards(m.spoken.decibels / m.spoken.frames))
}

// tenths rounds, and makes no −0.
func tenths(v float64) float64 { return math.Round(10*v)/10 + 0 }
