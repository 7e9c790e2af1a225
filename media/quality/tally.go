package quality

// Measure is one quantity over a call.
type Measure struct{ Average, Worst float64 }

// Tally adds up the samples of one direction over a call. The zero value has none.
type Tally struct {
	Samples                       int
	MOS, Loss, Jitter, RoundTrip  Measure // worst: the lowest MOS, the highest of the others
	mos, loss, jitter, roundTrips float64 // sums
}

// Resumed goes on with a tally of which samples and measures were kept.
func Resumed(samples int, mos, loss, jitter, roundTrip Measure) Tally {
	n := float64(samples)
	return Tally{
		Samples: samples, MOS: mos, Loss: loss, Jitter: jitter, RoundTrip: roundTrip,
		mos: n * mos.Average, loss: n * loss.Average, jitter: n * jitter.Average, roundTrips: n * roundTrip.Average,
	}
}

// Add takes a sample in; one that is no measurement is passed over.
func (t *Tally) Add(s Sample) {
	score, ok := s.MOS()
	if !ok {
		return
	}
	t.Samples++
	if t.Samples == 1 {
		t.MOS.Worst = score
	}
	t.MOS.Worst = min(t.MOS.Worst, score)
	t.Loss.Worst = max(t.Loss.Worst, s.LossPercent)
	t.Jitter.Worst = max(t.Jitter.Worst, s.JitterMs)
	t.RoundTrip.Worst = max(t.RoundTrip.Worst, s.RoundTripMs)
	t.mos += score
	t.loss += s.LossPercent
	t.jitter += s.JitterMs
	t.roundTrips += s.RoundTripMs
	n := float64(t.Samples)
	t.MOS.Average, t.Loss.Average = t.mos/n, t.loss/n
	t.Jitter.Average, t.RoundTrip.Average = t.jitter/n, t.roundTrips/n
}
