package api

import (
	"context"

	"parley/media/quality"
	"parley/storage/id"
	"parley/storage/meta"
)

// callSound is how a call sounded to both, as a reviewer is told. Of delay it tells
// no figure: that says how far away somebody is.
type callSound struct {
	Member legSound `json:"member"`
	Expert legSound `json:"expert"`
}

// legSound is what a person sent and what they heard; nil: nothing was measured.
type legSound struct {
	Sent  *waySound `json:"sent,omitempty"`
	Heard *waySound `json:"heard,omitempty"`
	// Absences count how often nothing came from them, Silences how often their
	// microphone sent no sound.
	Absences int `json:"absences"`
	Silences int `json:"silences"`
}

// waySound is how one direction arrived.
type waySound struct {
	// Word and Cause are those of the averages over the call.
	Word        quality.Word  `json:"word"`
	Cause       quality.Cause `json:"cause"`
	MOS         meta.Measure  `json:"mos"`
	LossPercent meta.Measure  `json:"loss_percent"`
	JitterMs    meta.Measure  `json:"jitter_ms"`
}

// soundOf is that of a call, or nil where there is no record of it any more.
func (s *Server) soundOf(ctx context.Context, call id.CallID) (*callSound, error) {
	c, err := s.cfg.Store.Call(ctx, call)
	if none(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &callSound{legSoundOf(c.Sound(0)), legSoundOf(c.Sound(1))}, nil
}

func legSoundOf(s meta.LegSound) legSound {
	return legSound{waySoundOf(s.Sent), waySoundOf(s.Heard), s.Faults.Absences, s.Faults.Silences}
}

func waySoundOf(q *meta.WayQuality) *waySound {
	if q == nil {
		return nil
	}
	average := quality.Sample{RoundTripMs: q.RoundTripMs.Average, JitterMs: q.JitterMs.Average, LossPercent: q.LossPercent.Average}
	v := average.Judge()
	return &waySound{v.Word, v.Cause, q.MOS, q.LossPercent, q.JitterMs}
}
