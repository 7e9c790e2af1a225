package render

import (
	"errors"
	"fmt"
	"io"
	"time"

	"parley/media/ogg"
	"parley/media/opus"
	"parley/recorder/journal"
)

// Config says where the two voices go and how they are encoded.
type Config struct {
	// Voices receive the Ogg Opus streams of member and expert.
	Voices [2]io.Writer
	// Comments are the tags of the three streams: member, expert, stereo.
	Comments [3][]string
	// Modes say how each voice is made: ModeCopy, ModeAuto, or ModeEncode,
	// which is the zero value too. A voice that cannot be copied, or in
	// ModeAuto should not, ends the render with a *NotCopyableError.
	Modes [2]string
	// Encoder holds libopus's settings; the zero value is mono speech at
	// 24 kbit/s.
	Encoder opus.Config
	// Pauses says what becomes of the time in which the gate was shut:
	// PausesSilence, which is the zero value too, or PausesSkip.
	Pauses string
	// Heard is told of each packet that a voice is made of, and returns its level,
	// which it may have measured where the sender stated none; nil tells nobody.
	Heard func(leg int, h Heard) (level uint8)
}

// Heard is one packet of a voice at its place.
type Heard struct {
	Place   int64 // of its first sample in the voice
	Samples int
	Level   uint8  // RFC 6464, journal.NoLevel if not stated
	Copied  bool   // taken from a redundant block (RFC 2198)
	Payload []byte // valid during the call
}

// What becomes of the time in which the gate was shut.
const (
	PausesSilence = "silence" // silence of the same length
	PausesSkip    = "skip"    // left out, but for 50 ms at most
)

// Result is what a render came to.
type Result struct {
	Layout ogg.Layout
	Voices [2]VoiceStats
	// Spans tell where each stretch of open gate lies in the voices, in order.
	Spans []Span
}

// Renderer renders one call. See the package comment.
type Renderer struct {
	voices  [2]*track
	inserts [2]insert
	out     *ogg.PairWriter
	frames  int64         // grid frames that were taken
	gate    *gate         // as far as events were added
	skip    bool          // frames that belong to no span are left out
	last    time.Duration // of the latest packet, since time 0
}

// New makes a renderer and writes the streams' headers.
func New(cfg Config) (*Renderer, error) {
	if cfg.Pauses != "" && cfg.Pauses != PausesSilence && cfg.Pauses != PausesSkip {
		return nil, fmt.Errorf("render: pauses %q are neither %s nor %s", cfg.Pauses, PausesSilence, PausesSkip)
	}
	r := &Renderer{gate: &gate{}, inserts: [2]insert{newInsert(), newInsert()}, skip: cfg.Pauses == PausesSkip}
	for leg, mode := range cfg.Modes {
		m, err := newMaker(mode, cfg.Encoder)
		if err != nil {
			return nil, err
		}
		r.voices[leg] = &track{maker: m, gate: r.gate}
		if cfg.Heard != nil {
			r.voices[leg].heard = func(h Heard) uint8 {
				h.Place -= r.gate.leftOut(h.Place, r.skip)
				return cfg.Heard(leg, h)
			}
		}
	}
	out, err := ogg.NewPairWriter(cfg.Voices[0], cfg.Voices[1], ogg.PairConfig{
		PreSkip: opus.Lookahead48k,
		Left:    ogg.Stream{Serial: 1, Comments: cfg.Comments[0]},
		Right:   ogg.Stream{Serial: 2, Comments: cfg.Comments[1]},
		Stereo:  ogg.Stream{Serial: 3, Comments: cfg.Comments[2]},
	})
	if err != nil {
		return nil, fmt.Errorf("begin the voices: %w", err)
	}
	r.out = out
	return r, nil
}

func newMaker(mode string, cfg opus.Config) (maker, error) {
	switch mode {
	case ModeCopy:
		return &copier{lossLimit: 1}, nil
	case ModeAuto:
		return &copier{lossLimit: copyLossLimit}, nil
	case ModeEncode, "":
		return newEncoder(cfg)
	}
	return nil, fmt.Errorf("render: mode %q is not %s, %s or %s", mode, ModeCopy, ModeAuto, ModeEncode)
}

// failed says which voice an error is about.
func failed(leg int, err error) error {
	var no *NotCopyableError
	if errors.As(err, &no) {
		no.Leg = leg
	}
	return fmt.Errorf("voice %d: %w", leg, err)
}

// Add takes the records of one lane of one batch. Within a batch the call's
// lane comes first.
func (r *Renderer) Add(l journal.Lane, records []byte) error {
	var first error
	err := journal.Records(records, func(rec any) {
		voice := first == nil && (l == journal.LaneMember || l == journal.LaneExpert)
		switch rec := rec.(type) {
		case journal.Packet:
			if voice {
				r.last = max(r.last, rec.Arrival)
				first = r.voices[l-1].add(rec)
			}
		case journal.SenderReport:
			if voice {
				first = r.voices[l-1].addReport(rec)
			}
		case journal.Spoken:
			if voice && !r.inserts[l-1].add(rec, r.frames) {
				r.voices[l-1].stats.Malformed++
			}
		case journal.Event:
			r.event(rec)
		}
	})
	if first != nil {
		return failed(int(l)-1, first)
	}
	return err
}

func (r *Renderer) event(e journal.Event) {
	switch {
	case e.At > longest:
	case e.Kind == journal.EventGateOpen:
		r.gate.opened(samples(e.At))
		for _, v := range r.voices {
			v.line.breakAt(samples(e.At))
		}
	case e.Kind == journal.EventGateClose:
		r.gate.closed(samples(e.At))
	case e.Kind == journal.EventRestart: // nobody saw it close
		r.gate.closed(samples(min(r.last, longest)))
	}
}

// Advance renders what is settled when everything that arrived before until
// has been added.
func (r *Renderer) Advance(until time.Duration) error {
	for leg, v := range r.voices {
		if err := v.advance(samples(min(until, longest))); err != nil {
			return failed(leg, err)
		}
	}
	for r.ready() {
		if err := r.writeFrame(); err != nil {
			return err
		}
	}
	return nil
}

// ready tells whether the next frame is settled, and known to be part of the
// recording: while the gate is shut nobody knows whether it will open again.
func (r *Renderer) ready() bool {
	if !r.gate.isOpen() && r.whole(r.gate.length()) {
		return false
	}
	return r.voices[0].maker.ready() > 0 && r.voices[1].maker.ready() > 0
}

// whole tells whether the frames hold total samples. The encoder's delay
// pushes the end back by the pre-skip.
func (r *Renderer) whole(total int64) bool { return r.frames*frame >= total+opus.Lookahead48k }

// Finish renders the rest and ends both streams. The recording ends with its
// last span; least is the end of a span whose closing nobody saw.
func (r *Renderer) Finish(least time.Duration) (Result, error) {
	r.gate.closed(samples(min(least, longest)))
	total := r.gate.length()
	var res Result
	for leg, v := range r.voices {
		if err := v.finish(total); err != nil {
			return Result{}, failed(leg, err)
		}
		res.Voices[leg] = v.summary(total)
	}
	for !r.whole(total) {
		if err := r.writeFrame(); err != nil {
			return Result{}, err
		}
	}
	for leg, v := range r.voices {
		v.settle(&res.Voices[leg])
		res.Voices[leg].ServerMs = float64(r.inserts[leg].taken*frame) * 1000 / sampleRate
	}
	res.Spans = r.gate.placed(r.skip)
	if n := len(res.Spans); n > 0 {
		total = res.Spans[n-1].Close
	}
	var err error
	if res.Layout, err = r.out.Close(total); err != nil {
		return Result{}, fmt.Errorf("end the voices: %w", err)
	}
	return res, nil
}

func (r *Renderer) writeFrame() error {
	n := r.frames
	r.frames++
	if r.skipped(n) {
		for _, v := range r.voices {
			v.drop()
		}
		return nil
	}
	joint := seam{before: n > 0 && r.skipped(n-1), after: r.skipped(n + 1), shut: !r.gate.keeps(n)}
	var packets [2][]byte
	for leg, v := range r.voices {
		var err error
		if packets[leg], err = v.frame(joint); err != nil {
			return fmt.Errorf("frame %d of voice %d: %w", n, leg, err)
		}
		packets[leg] = r.inserts[leg].take(n, !joint.shut, packets[leg])
	}
	return r.out.WriteFrame(packets[0], packets[1])
}

// skipped tells whether a grid frame is left out.
func (r *Renderer) skipped(n int64) bool { return r.skip && !r.gate.keeps(n) }
