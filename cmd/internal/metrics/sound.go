package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"parley/storage/meta"
)

// sound is how the sound of calls arrived, by direction: one observation, the
// average of the call, for each leg.
type sound struct{ mos, loss, jitter, roundTrip *prometheus.HistogramVec }

// Directions of a leg: what its person sent, and what they heard.
const (
	sent  = "sent"
	heard = "heard"
)

func newSound() sound {
	vec := func(name, help string, buckets []float64) *prometheus.HistogramVec {
		v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "parley", Name: name, Help: help, Buckets: buckets}, []string{"direction"})
		for _, d := range []string{sent, heard} {
			v.WithLabelValues(d)
		}
		return v
	}
	return sound{
		mos:       vec("leg_mos", "Average mean opinion score of each leg of a call, by direction.", []float64{1.5, 2, 2.5, 3, 3.5, 3.75, 4, 4.2, 4.3, 4.4}),
		loss:      vec("leg_loss_ratio", "Average share of packets lost of each leg of a call, by direction.", []float64{0, .001, .005, .01, .02, .03, .05, .1, .2}),
		jitter:    vec("leg_jitter_seconds", "Average jitter of each leg of a call, by direction.", []float64{.001, .0025, .005, .01, .02, .03, .05, .1}),
		roundTrip: vec("leg_round_trip_seconds", "Average round trip to the browser of each leg of a call, by the direction it was sampled with.", []float64{.005, .01, .025, .05, .1, .2, .4, .8}),
	}
}

func (s sound) observe(leg meta.LegQuality) {
	for direction, q := range map[string]*meta.WayQuality{sent: leg.Sent, heard: leg.Heard} {
		if q == nil {
			continue
		}
		s.mos.WithLabelValues(direction).Observe(q.MOS.Average)
		s.loss.WithLabelValues(direction).Observe(q.LossPercent.Average / 100)
		s.jitter.WithLabelValues(direction).Observe(q.JitterMs.Average / 1000)
		s.roundTrip.WithLabelValues(direction).Observe(q.RoundTripMs.Average / 1000)
	}
}
