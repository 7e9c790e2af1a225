package render

import (
	"errors"
	"fmt"
	"slices"

	"parley/media/opus"
	"parley/recorder/journal"
)

const (
	// concealLimit is how much of one gap is guessed at; beyond it a guess is
	// no better than silence.
	concealLimit = sampleRate / 10
	// slewReach is how far a packet may lie from the end of the one before it
	// and still count as its continuation; the difference is taken up slewStep
	// samples a packet (0.4 %, inaudible, and more than any clock drifts).
	slewReach = sampleRate / 100
	slewStep  = 4
	// fade is the length of the ramps around inserted silence.
	fade = 120
	// fecGrain is the grain of libopus's concealment, 2.5 ms.
	fecGrain = 120
)

// VoiceStats tell what a voice is made of. Milliseconds are of the timeline.
type VoiceStats struct {
	Packets     int     `json:"packets"`
	Lost        int     `json:"lost"`
	Late        int     `json:"late"`
	Duplicate   int     `json:"duplicate"`
	Malformed   int     `json:"malformed"`
	Sources     int     `json:"sources"` // epochs of the timeline: reconnects, stalls, jumps
	ConcealedMs float64 `json:"concealed_ms"`
	SilentMs    float64 `json:"silent_ms"`
	LevelDBFS   float64 `json:"level_dbfs"` // mean over what is not silence; -120 when all is silent
}

// voice is one leg's packets on their way to PCM on the grid. Everything that
// happens in it depends on the packets' times alone, not on when or how often
// it is told to advance.
type voice struct {
	decoder *opus.Decoder
	line    timeline
	queue   []queued // by epoch and sequence number

	last   *queued // the packet that was decoded last
	tape   tape
	silent bool // the end of the tape is silence

	scratch   []int16
	stats     VoiceStats
	concealed int64 // samples
	quiet     int64 // samples of silence that were put
	level     meter
}

func newVoice() (*voice, error) {
	d, err := opus.NewDecoder()
	if err != nil {
		return nil, err
	}
	return &voice{decoder: d, silent: true, scratch: make([]int16, opus.MaxPacketSamples48k)}, nil
}

// add queues a packet; it copies the payload. First it decodes what the packet
// came too late to overtake.
func (v *voice) add(p journal.Packet) error {
	n, err := opus.DurationSamples48k(p.Payload)
	if err != nil || p.Arrival > longest {
		v.stats.Malformed++
		return nil
	}
	if err := v.advance(samples(p.Arrival)); err != nil {
		return err
	}
	v.stats.Packets++
	q := v.line.add(p)
	q.samples = n
	q.payload = slices.Clone(p.Payload)
	at, found := slices.BinarySearchFunc(v.queue, q, order)
	switch {
	case found, v.last != nil && order(q, *v.last) == 0:
		v.stats.Duplicate++
	case v.last != nil && order(q, *v.last) < 0:
		v.stats.Late++
	default:
		v.queue = slices.Insert(v.queue, at, q)
	}
	return nil
}

func order(a, b queued) int {
	if a.epoch != b.epoch {
		return a.epoch.number - b.epoch.number
	}
	switch {
	case a.seq < b.seq:
		return -1
	case a.seq > b.seq:
		return 1
	}
	return 0
}

// advance decodes every packet that can no longer be overtaken when all
// arrivals up to now are known, and fills with silence up to what is settled.
func (v *voice) advance(now int64) error {
	for len(v.queue) > 0 && v.queue[0].arrival+reorderWindow <= now {
		q := v.queue[0]
		v.queue = v.queue[1:]
		v.silenceTo(q.arrival + reorderWindow - horizon)
		if err := v.commit(q); err != nil {
			return err
		}
	}
	v.silenceTo(now - horizon)
	return nil
}

// settled is how many samples nothing still to come can change: the end of
// sound may yet be faded.
func (v *voice) settled() int64 {
	if v.silent {
		return v.tape.length
	}
	return v.tape.length - fade
}

// finish decodes the rest and fills up to the sample length.
func (v *voice) finish(length int64) error {
	for _, q := range v.queue {
		if err := v.commit(q); err != nil {
			return err
		}
	}
	v.queue = nil
	v.silenceTo(length)
	return nil
}

// report tells what a finished voice of length samples is made of.
func (v *voice) report(length int64) VoiceStats {
	quiet := v.quiet
	if v.silent {
		quiet -= min(quiet, max(0, v.tape.end()-length)) // beyond the end
	}
	s := v.stats
	s.ConcealedMs, s.SilentMs = millis(v.concealed), millis(quiet)
	s.LevelDBFS = v.level.dbfs()
	return s
}

func millis(samples int64) float64 { return float64(samples) * 1000 / sampleRate }

// commit decodes one packet into its place.
func (v *voice) commit(q queued) error {
	distance := q.epoch.place(q) - v.tape.end()
	lost, slew := int64(0), 0
	if v.last != nil && v.last.epoch == q.epoch {
		lost = q.seq - v.last.seq - 1
		distance, slew = v.smooth(q, distance, lost)
	} else {
		v.stats.Sources++
	}
	v.stats.Lost += int(lost)
	v.last = &q
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
func (v *voice) smooth(q queued, distance, lost int64) (gap int64, slew int) {
	due := q.ts - v.last.ts - int64(v.last.samples)
	off := distance - due
	if due < 0 || due > lost*int64(q.samples) || abs(off) > slewReach {
		return distance, 0
	}
	return due, int(min(max(off, -slewStep), slewStep))
}

// fill bridges a gap before q: what was lost is concealed as far as that
// helps, and recovered from q's in-band copy; the rest is silence, for it was
// never sent.
func (v *voice) fill(gap, lost int64, q queued) error {
	missing := min(gap, lost*int64(q.samples))
	copied := min(missing, int64(q.samples)) / fecGrain * fecGrain
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
	v.concealed += guessed + copied
	return v.copied(q, int(copied))
}

// copied adds n samples from q's in-band copy of what came before it.
func (v *voice) copied(q queued, n int) error {
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
func (v *voice) decode(q queued, skip, slew int) error {
	n, err := v.decoder.Decode(q.payload, v.scratch)
	if errors.Is(err, opus.ErrInvalidPacket) {
		v.stats.Malformed++
		v.silence(int64(q.samples - skip))
		return nil
	}
	if err != nil {
		return err
	}
	heard := v.scratch[min(skip, n):n]
	v.level.add(heard)
	out := v.tape.sound(max(len(heard)+slew, 0))
	stretch(out, heard)
	v.sounded(out)
	return nil
}

// sounded eases in sound that was put after silence.
func (v *voice) sounded(pcm []int16) {
	if v.silent && len(pcm) > 0 {
		fadeIn(pcm)
		v.silent = false
	}
}

// silence adds n samples of silence, and eases out the sound before it.
func (v *voice) silence(n int64) {
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

func (v *voice) silenceTo(sample int64) { v.silence(sample - v.tape.end()) }
