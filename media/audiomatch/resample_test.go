package audiomatch

import (
	"math"
	"testing"
)

// sine is one second of a tone at full scale less 1 dB.
func sine(rate int, hz float64) []int16 {
	pcm := make([]int16, rate)
	for i := range pcm {
		pcm[i] = int16(math.Round(29200 * math.Sin(2*math.Pi*hz*float64(i)/float64(rate))))
	}
	return pcm
}

func TestResampleKeepsWhatFits(t *testing.T) {
	for _, from := range []int{8000, 16000, 24000, 44100, 48000} {
		for _, hz := range []float64{50, 440, 1000, 3000} {
			got, err := Resample(sine(from, hz), from, 8000)
			if err != nil {
				t.Fatalf("from %d: %v", from, err)
			}
			if len(got) != 8000 {
				t.Fatalf("from %d: got %d samples, want 8000", from, len(got))
			}
			for i, want := range scaled(sine(8000, hz)) {
				// The filter does not know what came before the start.
				if i < 100 || i > 7900 {
					continue
				}
				if math.Abs(got[i]-want) > 0.01 {
					t.Fatalf("%v Hz from %d: sample %d: got %.4f, want %.4f", hz, from, i, got[i], want)
				}
			}
		}
	}
}

func TestResampleRemovesWhatDoesNotFit(t *testing.T) {
	for _, hz := range []float64{4500, 5000, 7000, 8000, 15000, 23000} {
		got, err := Resample(sine(48000, hz), 48000, 8000)
		if err != nil {
			t.Fatal(err)
		}
		for i, sample := range got[100:7900] {
			if math.Abs(sample) > 0.003 {
				t.Fatalf("%v Hz: sample %d: got %.4f, want silence", hz, i, sample)
			}
		}
	}
}

func TestResampleShortInput(t *testing.T) {
	for _, n := range []int{0, 1, 5, 6, 7} {
		got, err := Resample(make([]int16, n), 48000, 8000)
		if err != nil || len(got) != n/6 {
			t.Errorf("%d samples: got %d, %v, want %d", n, len(got), err, n/6)
		}
	}
}

func TestResampleRefuses(t *testing.T) {
	for _, rates := range [][2]int{{8000, 48000}, {48000, 0}, {0, 0}, {48000, -8000}} {
		if _, err := Resample(nil, rates[0], rates[1]); err == nil {
			t.Errorf("from %d to %d: got no error", rates[0], rates[1])
		}
	}
}

func TestEnergyDBFS(t *testing.T) {
	square := make([]int16, 1000)
	for i := range square {
		square[i] = math.MinInt16
	}
	tests := []struct {
		name string
		pcm  []int16
		want float64
	}{
		{"square of full scale", square, 0},
		{"sine less 1 dB", sine(48000, 100), -4.01},
		{"one step", []int16{1, -1}, -90.31},
	}
	for _, tt := range tests {
		if got := EnergyDBFS(tt.pcm); math.Abs(got-tt.want) > 0.01 {
			t.Errorf("%s: got %.2f dBFS, want %.2f", tt.name, got, tt.want)
		}
	}
	for name, pcm := range map[string][]int16{"silence": make([]int16, 10), "nothing": nil} {
		if got := EnergyDBFS(pcm); !math.IsInf(got, -1) {
			t.Errorf("%s: got %v, want −Inf", name, got)
		}
	}
}
