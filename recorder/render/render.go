package render

import (
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
	// Encoder holds libopus's settings; the zero value is mono speech at
	// 24 kbit/s.
	Encoder opus.Config
}

// Result is what a render came to.
type Result struct {
	Layout ogg.Layout
	Voices [2]VoiceStats
}

// Renderer renders one call. See the package comment.
type Renderer struct {
	voices   [2]*voice
	encoders [2]*opus.Encoder
	out      *ogg.PairWriter
	pcm      []int16
	packets  [2][]byte
	frames   int64
	length   time.Duration // end of the last span
}

// New makes a renderer and writes the streams' headers.
func New(cfg Config) (*Renderer, error) {
	r := &Renderer{pcm: make([]int16, frame)}
	for leg := range r.voices {
		var err error
		if r.voices[leg], err = newVoice(); err != nil {
			return nil, err
		}
		if r.encoders[leg], err = opus.NewEncoder(cfg.Encoder); err != nil {
			return nil, err
		}
		r.packets[leg] = make([]byte, ogg.MaxPacketSize)
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

// Add takes the records of one lane of one batch. Within a batch the call's
// lane comes first.
func (r *Renderer) Add(l journal.Lane, records []byte) error {
	return journal.Records(records, func(rec any) {
		switch rec := rec.(type) {
		case journal.Packet:
			if l == journal.LaneMember || l == journal.LaneExpert {
				r.voices[l-1].add(rec)
			}
		case journal.Event:
			r.event(rec)
		}
	})
}

func (r *Renderer) event(e journal.Event) {
	switch e.Kind {
	case journal.EventGateOpen:
		for _, v := range r.voices {
			v.line.breakAt(samples(e.At))
		}
	case journal.EventGateClose:
		r.length = max(r.length, e.At)
	}
}

// Advance renders what is settled when everything that arrived before until
// has been added.
func (r *Renderer) Advance(until time.Duration) error {
	for leg, v := range r.voices {
		if err := v.advance(samples(until)); err != nil {
			return fmt.Errorf("voice %d: %w", leg, err)
		}
	}
	for r.ready() {
		if err := r.encodeFrame(); err != nil {
			return err
		}
	}
	return nil
}

func (r *Renderer) ready() bool {
	return len(r.voices[0].pcm) >= frame && len(r.voices[1].pcm) >= frame
}

// Finish renders the rest and ends both streams. The recording ends with its
// last span, or at least for a capture that was cut off before the gate shut.
func (r *Renderer) Finish(least time.Duration) (Result, error) {
	if r.length == 0 {
		r.length = least
	}
	total := samples(r.length)
	for leg, v := range r.voices {
		if err := v.finish(total); err != nil {
			return Result{}, fmt.Errorf("voice %d: %w", leg, err)
		}
	}
	// The encoder's delay pushes the end back by the pre-skip.
	for r.frames*frame < total+opus.Lookahead48k {
		if err := r.encodeFrame(); err != nil {
			return Result{}, err
		}
	}
	layout, err := r.out.Close(total)
	if err != nil {
		return Result{}, fmt.Errorf("end the voices: %w", err)
	}
	res := Result{Layout: layout}
	for leg, v := range r.voices {
		v.stats.LevelDBFS = v.level.dbfs()
		res.Voices[leg] = v.stats
	}
	return res, nil
}

func (r *Renderer) encodeFrame() error {
	var packets [2][]byte
	for leg, v := range r.voices {
		v.take(r.pcm)
		n, err := r.encoders[leg].Encode(r.pcm, r.packets[leg])
		if err != nil {
			return fmt.Errorf("encode frame %d of voice %d: %w", r.frames, leg, err)
		}
		packets[leg] = r.packets[leg][:n]
	}
	r.frames++
	return r.out.WriteFrame(packets[0], packets[1])
}
