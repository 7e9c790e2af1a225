package quality

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// vectors are shared with the browser's client.
type vectors struct {
	MOS []struct {
		RoundTrip, Jitter, Loss, MOS float64
	}
	Words []struct {
		Name    string
		Samples []struct {
			Times                   int
			RoundTrip, Jitter, Loss float64
		}
		Word  Word
		Cause Cause
	}
}

func readVectors(t *testing.T) (v vectors) {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.MOS) < 10 || len(v.Words) < 10 {
		t.Fatalf("got %d scores and %d words, want at least 10 each", len(v.MOS), len(v.Words))
	}
	return v
}

func TestMOS(t *testing.T) {
	for _, row := range readVectors(t).MOS {
		s := Sample{row.RoundTrip, row.Jitter, row.Loss}
		if got, ok := s.MOS(); !ok || math.Abs(got-row.MOS) > 1e-6 {
			t.Errorf("MOS of %+v: got %.7f (%t), want %.7f", s, got, ok, row.MOS)
		}
	}
}

func TestMOSOfNoMeasurement(t *testing.T) {
	for _, s := range []Sample{{-1, 0, 0}, {0, math.NaN(), 0}, {0, 0, math.Inf(1)}} {
		if got, ok := s.MOS(); ok {
			t.Errorf("MOS of %+v: got %g, want none", s, got)
		}
		var w Window
		var tally Tally
		w.Add(s)
		tally.Add(s)
		if w.Judge() != (Verdict{}) || tally.Samples != 0 {
			t.Errorf("%+v was taken for a measurement", s)
		}
	}
}

// TestMOSFalls: more of anything bad is never better, and the bounds hold.
func TestMOSFalls(t *testing.T) {
	for rtt := 0.0; rtt < 1200; rtt += 7 {
		for jitter := 0.0; jitter < 80; jitter += 9 {
			for loss := 0.0; loss < 45; loss += 1.3 {
				s := Sample{rtt, jitter, loss}
				got, _ := s.MOS()
				if got < 1 || got > 4.4334 {
					t.Fatalf("MOS of %+v: got %g, want 1 to 4.4333", s, got)
				}
				for _, worse := range []Sample{{rtt + 5, jitter, loss}, {rtt, jitter + 5, loss}, {rtt, jitter, loss + 1}} {
					if next, _ := worse.MOS(); next > got+1e-9 {
						t.Fatalf("MOS of %+v is %g, of %+v %g, want no rise", s, got, worse, next)
					}
				}
			}
		}
	}
}

func TestWords(t *testing.T) {
	for _, row := range readVectors(t).Words {
		var w Window
		for _, s := range row.Samples {
			for range s.Times {
				w.Add(Sample{s.RoundTrip, s.Jitter, s.Loss})
			}
		}
		if got := w.Judge(); got != (Verdict{row.Word, row.Cause}) {
			t.Errorf("%s: got %+v, want %s %s", row.Name, got, row.Word, row.Cause)
		}
	}
}

func TestTally(t *testing.T) {
	var tally Tally
	tally.Add(Sample{RoundTripMs: 20, JitterMs: 4})
	tally.Add(Sample{RoundTripMs: 40, JitterMs: 2, LossPercent: 10})
	best, _ := Sample{20, 4, 0}.MOS()
	worst, _ := Sample{40, 2, 10}.MOS()
	if tally.Samples != 2 || tally.MOS != (Measure{(best + worst) / 2, worst}) || tally.Loss != (Measure{5, 10}) ||
		tally.Jitter != (Measure{3, 4}) || tally.RoundTrip != (Measure{30, 40}) {
		t.Errorf("got %+v", tally)
	}
}

func TestWorse(t *testing.T) {
	words := []Word{Unknown, Excellent, Good, Poor, Lost}
	for i, a := range words {
		for j, b := range words {
			if got := a.Worse(b); got != (i > j) {
				t.Errorf("%q worse than %q: got %t", a, b, got)
			}
		}
	}
}

// TestResumed: a tally that was kept goes on as if it had never stopped.
func TestResumed(t *testing.T) {
	var whole, first Tally
	for i := range 10 {
		s := Sample{RoundTripMs: float64(40 + i), JitterMs: float64(i), LossPercent: float64(i) / 2}
		whole.Add(s)
		if i < 4 {
			first.Add(s)
		}
	}
	again := Resumed(first.Samples, first.MOS, first.Loss, first.Jitter, first.RoundTrip)
	for i := 4; i < 10; i++ {
		again.Add(Sample{RoundTripMs: float64(40 + i), JitterMs: float64(i), LossPercent: float64(i) / 2})
	}
	if again.Samples != whole.Samples || again.MOS.Worst != whole.MOS.Worst || math.Abs(again.MOS.Average-whole.MOS.Average) > 1e-9 {
		t.Errorf("got %+v, want %+v", again, whole)
	}
}

func TestJudgeOfAnAverage(t *testing.T) {
	for s, want := range map[Sample]Verdict{
		{RoundTripMs: 40, JitterMs: 3}:                 {Word: Excellent},
		{RoundTripMs: 40, JitterMs: 3, LossPercent: 2}: {Word: Good, Cause: Loss},
		{RoundTripMs: 40, JitterMs: 3, LossPercent: 4}: {Word: Poor, Cause: Loss},
		{RoundTripMs: 40, JitterMs: 40}:                {Word: Poor, Cause: Jitter},
		{RoundTripMs: 900, JitterMs: 3}:                {Word: Poor, Cause: Delay},
		{LossPercent: -1}:                              {},
	} {
		if got := s.Judge(); got != want {
			t.Errorf("%+v: got %+v, want %+v", s, got, want)
		}
	}
}
