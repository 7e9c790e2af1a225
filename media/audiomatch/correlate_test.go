package audiomatch

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// noise is n samples of white noise.
func noise(seed uint64, n int) []float64 {
	random := rand.New(rand.NewPCG(seed, 1))
	out := make([]float64, n)
	for i := range out {
		out[i] = random.Float64()*2 - 1
	}
	return out
}

// times returns a scaled copy.
func times(gain float64, in []float64) []float64 {
	out := make([]float64, len(in))
	for i, sample := range in {
		out[i] = gain * sample
	}
	return out
}

func concat(parts ...[]float64) []float64 {
	var out []float64
	for _, part := range parts {
		out = append(out, part...)
	}
	return out
}

func TestCorrelate(t *testing.T) {
	ref := noise(1, 4000)
	silence := make([]float64, 1000)
	tests := []struct {
		name     string
		ref, got []float64
		best     float64
		lag      int
	}{
		{"itself", ref, ref, 1, 0},
		{"quieter", ref, times(0.001, ref), 1, 0},
		{"late", ref, concat(silence, ref), 1, 1000},
		{"amid louder noise", ref, concat(times(30, noise(2, 500)), times(0.1, ref), times(30, noise(3, 900))), 1, 500},
		{"begun before got", ref, ref[1000:], 0.75, -1000},
		{"first half, then the end", ref, concat(silence, ref[:2000]), 0.5, 1000},
		{"first half, then silence", ref, concat(ref[:2000], silence, silence), math.Sqrt(0.5), 0},
		{"single samples", []float64{0.5}, []float64{0, 0, 0.25, -0.5}, 1, 2},
		{"empty", ref, nil, 0, 0},
		{"nothing to find", nil, ref, 0, 0},
		{"silence", ref, silence, 0, 0},
		{"silent reference", silence, ref, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			best, lag := Correlate(tt.ref, tt.got)
			if math.Abs(best-tt.best) > 0.03 || lag != tt.lag {
				t.Errorf("got %.4f at %d, want %.4f at %d", best, lag, tt.best, tt.lag)
			}
		})
	}
}

func TestCorrelateUnlike(t *testing.T) {
	ref := noise(1, 4000)
	for name, got := range map[string][]float64{
		"other noise": noise(2, 12000),
		"inverted":    times(-1, ref),
	} {
		if best, lag := Correlate(ref, got); best > 0.1 {
			t.Errorf("%s: got %.3f at %d, want below 0.1", name, best, lag)
		}
	}
}

// crossProducts must agree with the definition.
func TestCrossProducts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		samples := rapid.SliceOfN(rapid.Float64Range(-1, 1), 1, 40)
		ref, got := samples.Draw(t, "ref"), samples.Draw(t, "got")
		products := crossProducts(ref, got)
		if len(products) != len(ref)+len(got)-1 {
			t.Fatalf("lags: got %d, want %d", len(products), len(ref)+len(got)-1)
		}
		for i, product := range products {
			lag, want := i-len(ref)+1, 0.0
			for j, sample := range ref {
				if at := lag + j; at >= 0 && at < len(got) {
					want += sample * got[at]
				}
			}
			if math.Abs(product-want) > 1e-9 {
				t.Fatalf("lag %d: got %g, want %g", lag, product, want)
			}
		}
	})
}

func TestCorrelateIsFast(t *testing.T) {
	const rate = 8000
	ref := noise(1, 10*rate)
	got := concat(noise(2, 40*rate), times(0.5, ref), noise(3, 10*rate))
	start := time.Now()
	best, lag := Correlate(ref, got)
	took := time.Since(start)
	if best < 0.999 || lag != 40*rate {
		t.Errorf("got %.4f at %d, want 1 at %d", best, lag, 40*rate)
	}
	// A tenth of a second is usual; the rest is for a busy machine and the race detector.
	if took > 10*time.Second {
		t.Errorf("10 s in 60 s took %v", took)
	}
}

func BenchmarkCorrelate10sIn60s(b *testing.B) {
	const rate = 8000
	ref, got := noise(1, 10*rate), noise(2, 60*rate)
	for b.Loop() {
		Correlate(ref, got)
	}
}
