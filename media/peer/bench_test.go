package peer

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"parley/media/bridge"
)

// BenchmarkSetUp makes connections, so many at once, and reports how long one
// takes from its making to being connected, gathering, ICE and DTLS of both sides
// included.
func BenchmarkSetUp(b *testing.B) {
	for _, together := range []int{1, 50} {
		b.Run("together="+strconv.Itoa(together), func(b *testing.B) {
			f := factory(b)
			var took []time.Duration
			for b.Loop() {
				took = append(took, setUp(b, f, together)...)
			}
			slices.Sort(took)
			ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
			b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
			b.ReportMetric(ms(took[len(took)*95/100]), "p95-ms")
		})
	}
}

// setUp returns how long each of so many connections took.
func setUp(b *testing.B, f *Factory, together int) []time.Duration {
	b.Helper()
	browsers := make([]*browser, together)
	for i := range browsers {
		browsers[i] = newBrowser(b)
	}
	took, errs, done := make([]time.Duration, together), make([]error, together), make(chan int)
	for i := range browsers {
		go func() {
			took[i], errs[i] = browsers[i].meet(f)
			done <- i
		}()
	}
	for range browsers {
		<-done
	}
	if err := errors.Join(errs...); err != nil {
		b.Fatal(err)
	}
	return took
}

// meet connects with a peer of f, which it then closes.
func (b *browser) meet(f *Factory) (took time.Duration, err error) {
	s, begun := newSeen(), time.Now()
	p, err := f.New(s)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	offer, err := p.Offer(ctx)
	if err != nil {
		return 0, err
	}
	answer, err := b.take(offer)
	if err != nil {
		return 0, err
	}
	if err := p.Answer(0, answer); err != nil {
		return 0, err
	}
	for {
		s.mu.Lock()
		last, changed := s.last(), s.changed
		s.mu.Unlock()
		if last == bridge.StateConnected {
			return time.Since(begun), nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}
