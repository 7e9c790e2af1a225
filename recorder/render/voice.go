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

// voice is one leg's packets on their way to PCM on the grid.
type voice struct {
	decoder *opus.Decoder
	line    timeline
	queue   []queued // by epoch and sequence number

	last   *queued // the packet that was decoded last
	pcm    []int16 // decoded, not yet taken; pcm[0] is sample taken
	taken  int64
	silent bool // the end of pcm is inserted silence

	scratch []int16
	stats   VoiceStats
	level   meter
}

func newVoice() (*voice, error) {
	d, err := opus.NewDecoder()
	if err != nil {
		return nil, err
	}
	return &voice{decoder: d, silent: true, scratch: make([]int16, opus.MaxPacketSamples48k)}, nil
}

// end is the first sample that has not been decoded yet.
func (v *voice) end() int64 { return v.taken + int64(len(v.pcm)) }

// add queues a packet; it copies the payload.
func (v *voice) add(p journal.Packet) {
	n, err := opus.DurationSamples48k(p.Payload)
	if err != nil {
		v.stats.Malformed++
		return
	}
	v.stats.Packets++
	q := v.line.add(p)
	q.samples = n
	q.payload = slices.Clone(p.Payload)
	at, found := slices.BinarySearchFunc(v.queue, q, order)
	switch {
	case found:
		v.stats.Duplicate++
	case v.last != nil && order(q, *v.last) <= 0:
		v.stats.Late++
	default:
		v.queue = slices.Insert(v.queue, at, q)
	}
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
		if err := v.commit(q); err != nil {
			return err
		}
	}
	// A packet still to come arrived after now − reorderWindow and was spoken
	// at most another window before.
	v.silence(now - 2*reorderWindow - v.end())
	return nil
}

// finish decodes the rest and fills up to the sample length.
func (v *voice) finish(length int64) error {
	for _, q := range v.queue {
		if err := v.commit(q); err != nil {
			return err
		}
	}
	v.queue = nil
	v.silence(length - v.end())
	return nil
}

// commit decodes one packet into its place.
func (v *voice) commit(q queued) error {
	distance := q.epoch.place(q) - v.end()
	lost := 0
	if v.last != nil && v.last.epoch == q.epoch {
		lost = int(q.seq - v.last.seq - 1)
	} else {
		v.stats.Sources++
	}
	v.stats.Lost += lost
	slew := 0
	switch {
	case lost == 0 && v.last != nil && abs(distance) <= slewReach:
		slew = int(min(max(distance, -slewStep), slewStep))
		distance = 0
	case distance > 0:
		if err := v.fill(distance, lost, q); err != nil {
			return err
		}
		distance = 0
	}
	v.last = &q
	return v.decode(q, int(min(-distance, int64(q.samples))), slew)
}

// fill bridges a gap before q: what was lost is concealed as far as that
// helps, and recovered from q's in-band copy; the rest is silence, for it was
// never sent.
func (v *voice) fill(gap int64, lost int, q queued) error {
	missing := min(gap, int64(lost)*int64(q.samples))
	recover := min(missing, int64(q.samples)) / fecGrain * fecGrain
	conceal := min(missing-recover, concealLimit) / fecGrain * fecGrain
	if conceal > 0 && !v.silent {
		buf := v.grow(int(conceal))
		if err := v.decoder.Conceal(buf); err != nil {
			return fmt.Errorf("conceal: %w", err)
		}
		fadeOut(buf)
	} else {
		conceal = 0
	}
	v.silence(gap - conceal - recover)
	if recover > 0 {
		buf := v.grow(int(recover))
		if err := v.decoder.DecodeFEC(q.payload, buf); err != nil {
			return fmt.Errorf("recover: %w", err)
		}
	}
	v.stats.ConcealedMs += float64(conceal+recover) * 1000 / sampleRate
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
	heard := v.scratch[skip:n]
	v.level.add(heard)
	out := v.grow(max(len(heard)+slew, 0))
	stretch(out, heard)
	if v.silent {
		fadeIn(out)
		v.silent = false
	}
	return nil
}

func (v *voice) silence(n int64) {
	if n <= 0 {
		return
	}
	if !v.silent {
		fadeOut(v.pcm[max(0, len(v.pcm)-fade):])
	}
	clear(v.grow(int(n)))
	v.silent = true
	v.stats.SilentMs += float64(n) * 1000 / sampleRate
}

// grow makes room for n samples at the end of pcm and returns it.
func (v *voice) grow(n int) []int16 {
	v.pcm = slices.Grow(v.pcm, n)
	v.pcm = v.pcm[:len(v.pcm)+n]
	return v.pcm[len(v.pcm)-n:]
}

// take moves one grid frame from the front of pcm into dst.
func (v *voice) take(dst []int16) {
	n := copy(dst, v.pcm)
	clear(dst[n:])
	v.pcm = v.pcm[:copy(v.pcm, v.pcm[n:])]
	v.taken += int64(len(dst))
}
