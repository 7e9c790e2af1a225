package render

import (
	"errors"
	"fmt"
	"slices"

	"parley/media/ogg"
	"parley/media/opus"
	"parley/media/opus/packet"
	"parley/recorder/level"
)

const (
	// concealLimit is how much of one gap is guessed at; beyond it a guess is
	// no better than silence.
	concealLimit = sampleRate / 10
	// slewReach is how far a packet may lie from the end of the one before it
	// and still count as its continuation; the difference is taken up slewStep
	// samples a packet (0.8 %, inaudible, and more than any clock drifts).
	slewReach = sampleRate / 100
	slewStep  = 8
	// fade is the length of the ramps around inserted silence.
	fade = 120
	// restAfter is how many frames of silence the codec is given before it is
	// left out: its state has settled, and each voice is silent half of a call.
	restAfter = 10
	// fecGrain is the grain of libopus's concealment, 2.5 ms.
	fecGrain = 120
)

// encoder decodes a voice's packets to PCM on the grid, mends what is missing,
// evens its level out, and encodes it again.
type encoder struct {
	decoder *opus.Decoder
	codec   *opus.Encoder

	last   *queued // the packet that was decoded last, in newest
	newest queued
	tape   tape
	silent bool // the end of the tape is silence

	resting int // frames of silence that the codec has heard last

	evener   level.Evener
	measured int     // frames at the front of the tape that the evener knows
	gain     float64 // at the end of the frame that was taken last

	scratch, pcm []int16
	packet       []byte
	concealed    int64 // samples
	fec          int64 // samples from in-band copies
	quiet        int64 // samples of silence that were put
	left         int64 // of those, what was left out
	malformed    int   // packets that only libopus found to be broken
}

func newEncoder(cfg opus.Config) (*encoder, error) {
	d, err := opus.NewDecoder()
	if err != nil {
		return nil, err
	}
	e, err := opus.NewEncoder(cfg)
	if err != nil {
		return nil, err
	}
	return &encoder{
		decoder: d, codec: e, silent: true, scratch: make([]int16, opus.MaxPacketSamples48k),
		pcm: make([]int16, frame), packet: make([]byte, ogg.MaxPacketSize),
	}, nil
}

func (v *encoder) end() int64 { return v.tape.end() }

// ready leaves out the end of sound, which may yet be faded, and what the
// evener must know beyond a frame.
func (v *encoder) ready() int64 {
	settled := v.tape.length
	if !v.silent {
		settled -= fade
	}
	return settled/frame - int64(level.Lookahead)
}

func (v *encoder) frame(s seam) ([]byte, error) {
	rests := v.tape.rests(frame)
	v.take()
	if s.before {
		fadeIn(v.pcm)
	}
	if s.after {
		fadeOut(v.pcm)
	}
	if rests && v.resting >= restAfter {
		return silentFrame, nil
	}
	return v.encode()
}

func (v *encoder) drop() {
	if v.tape.rests(frame) {
		v.left += frame
	}
	v.take()
}

// take moves the next frame from the tape to pcm, evened out.
func (v *encoder) take() {
	for ; v.measured <= level.Lookahead; v.measured++ {
		v.evener.Add(v.tape.peek(int64(v.measured)*frame, v.pcm))
	}
	v.tape.take(v.pcm)
	v.measured--
	before := v.gain
	v.gain = v.evener.Next()
	level.Ramp(v.pcm, before, v.gain)
}

// encode encodes the frame in pcm and counts how long the codec has heard
// nothing but silence.
func (v *encoder) encode() ([]byte, error) {
	if v.resting++; slices.ContainsFunc(v.pcm, func(s int16) bool { return s != 0 }) {
		v.resting = 0
	}
	n, err := v.codec.Encode(v.pcm, v.packet)
	return v.packet[:n], err
}

func (v *encoder) report(length int64, s *VoiceStats) {
	quiet := v.quiet
	if v.silent {
		quiet -= min(quiet, max(0, v.tape.end()-length)) // beyond the end
	}
	s.Mode = ModeEncode
	s.Malformed += v.malformed
	s.ConcealedMs, s.FECMs, s.SilentMs = millis(v.concealed), millis(v.fec), millis(quiet)
}

func (v *encoder) settle(s *VoiceStats) {
	s.LevelDBFS = v.evener.Meter().DBFS()
	s.SilentMs -= millis(min(v.left, v.quiet))
}

// put decodes one packet into its place.
func (v *encoder) put(q queued, place, lost int64, fresh bool) error {
	distance, slew := place-v.end(), 0
	if !fresh {
		distance, slew = v.smooth(q, distance, lost)
	}
	v.newest = q
	v.last = &v.newest
	if distance > 0 {
		if err := v.fill(distance, lost, q); err != nil {
			return err
		}
	}
	skip := min(max(-distance, 0), int64(q.samples))
	return v.decode(q, int(skip), slew)
}

// smooth takes up a small difference between where RTP time and where arrivals
// put a packet. Where the sender paused, silence absorbs it; in the midst of
// sound the packet follows RTP time, stretched a little towards its place.
func (v *encoder) smooth(q queued, distance, lost int64) (gap int64, slew int) {
	due := q.ts - v.last.ts - int64(v.last.samples)
	off := distance - due
	if due < 0 || due > lost*int64(q.samples) || abs(off) > slewReach {
		return distance, 0
	}
	return due, int(min(max(off, -slewStep), slewStep))
}

// fill bridges a gap before q: what was lost is concealed as far as that
// helps, and the last frame of it recovered from q's in-band copy, if q has
// one; the rest is silence, for it was never sent.
func (v *encoder) fill(gap, lost int64, q queued) error {
	missing := min(gap, lost*int64(q.samples))
	copied := min(missing, int64(packet.TOC(q.payload[0]).FrameSamples48k())) / fecGrain * fecGrain
	guessed := min(missing-copied, concealLimit) / fecGrain * fecGrain
	if v.silent {
		guessed = 0
	}
	if guessed > 0 {
		if err := v.decoder.Conceal(v.tape.sound(int(guessed))); err != nil {
			return fmt.Errorf("conceal: %w", err)
		}
	}
	v.silence(gap - guessed - copied)
	v.concealed += guessed
	if packet.HasLBRR(q.payload) {
		v.fec += copied
	} else {
		v.concealed += copied
	}
	return v.copied(q, int(copied))
}

// copied adds n samples from q's in-band copy of what came before it.
func (v *encoder) copied(q queued, n int) error {
	if n == 0 {
		return nil
	}
	buf := v.tape.sound(n)
	switch err := v.decoder.DecodeFEC(q.payload, buf); {
	case errors.Is(err, opus.ErrInvalidPacket):
		clear(buf) // decode counts it
	case err != nil:
		return fmt.Errorf("recover: %w", err)
	}
	v.sounded(buf)
	return nil
}

// decode appends a packet's audio without its first skip samples, which
// overlap what is there already, stretched by slew samples.
func (v *encoder) decode(q queued, skip, slew int) error {
	n, err := v.decoder.Decode(q.payload, v.scratch)
	if errors.Is(err, opus.ErrInvalidPacket) {
		v.malformed++
		v.silence(int64(q.samples - skip))
		return nil
	}
	if err != nil {
		return err
	}
	heard := v.scratch[min(skip, n):n]
	out := v.tape.sound(max(len(heard)+slew, 0))
	stretch(out, heard)
	v.sounded(out)
	return nil
}

// sounded eases in sound that was put after silence.
func (v *encoder) sounded(pcm []int16) {
	if v.silent && len(pcm) > 0 {
		fadeIn(pcm)
		v.silent = false
	}
}

// silence adds n samples of silence, and eases out the sound before it.
func (v *encoder) silence(n int64) {
	if n <= 0 {
		return
	}
	if !v.silent {
		fadeOut(v.tape.tail(fade))
	}
	v.tape.rest(n)
	v.silent = true
	v.quiet += n
}

func (v *encoder) silenceTo(sample int64) { v.silence(sample - v.tape.end()) }
