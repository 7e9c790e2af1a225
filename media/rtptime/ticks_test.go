package rtptime

import (
	"math"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestToDuration(t *testing.T) {
	tests := []struct {
		name  string
		ticks int64
		rate  uint32
		want  time.Duration
	}{
		{"zero", 0, 48000, 0},
		{"one Opus frame", 960, 48000, 20 * time.Millisecond},
		{"one tick rounds down", 1, 48000, 20833},
		{"two ticks round up", 2, 48000, 41667},
		{"negative rounds away alike", -2, 48000, -41667},
		{"a year of 48 kHz", 48000 * 86400 * 365, 48000, 365 * 24 * time.Hour},
		{"narrowband", 160, 8000, 20 * time.Millisecond},
		{"too long", math.MaxInt64, 48000, math.MaxInt64},
		{"too long, negative", math.MinInt64, 48000, math.MinInt64},
		{"smallest at 1 GHz", math.MinInt64 + 1, 1_000_000_000, math.MinInt64 + 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ToDuration(tt.ticks, tt.rate); got != tt.want {
				t.Errorf("ToDuration(%d, %d): got %d, want %d", tt.ticks, tt.rate, got, tt.want)
			}
		})
	}
}

func TestToTicks(t *testing.T) {
	tests := []struct {
		name string
		d    time.Duration
		rate uint32
		want int64
	}{
		{"one Opus frame", 20 * time.Millisecond, 48000, 960},
		{"just under half a tick", 10416, 48000, 0},
		{"just over half a tick", 10417, 48000, 1},
		{"negative", -time.Second, 48000, -48000},
		{"the longest", math.MaxInt64, 48000, 442721857769029},
		{"beyond int64", math.MaxInt64, math.MaxUint32, math.MaxInt64},
		{"beyond int64, negative", math.MinInt64, math.MaxUint32, math.MinInt64},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ToTicks(tt.d, tt.rate); got != tt.want {
				t.Errorf("ToTicks(%d, %d): got %d, want %d", tt.d, tt.rate, got, tt.want)
			}
		})
	}
}

func TestZeroRatePanics(t *testing.T) {
	for name, call := range map[string]func(){
		"ToDuration": func() { ToDuration(1, 0) },
		"ToTicks":    func() { ToTicks(1, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if got := recover(); got != "rtptime: clock rate is zero" {
					t.Errorf("panic: got %v, want the package's own text", got)
				}
			}()
			call()
		})
	}
}

func TestTicksRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Uint32Range(1000, 192000).Draw(t, "rate")
		ticks := rapid.Int64Range(-1<<42, 1<<42).Draw(t, "ticks")
		if got := ToTicks(ToDuration(ticks, rate), rate); got != ticks {
			t.Fatalf("ticks %d at %d Hz: got %d back", ticks, rate, got)
		}
	})
}

// scale must agree with exact arithmetic for every input.
func TestScaleIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.Int64().Draw(t, "value")
		rate := rapid.Uint32Min(1).Draw(t, "rate")
		got := int64(ToDuration(value, rate))

		magnitude := new(big.Int).Abs(big.NewInt(value))
		magnitude.Mul(magnitude, big.NewInt(int64(time.Second)))
		magnitude.Add(magnitude, big.NewInt(int64(rate)/2))
		magnitude.Quo(magnitude, big.NewInt(int64(rate)))
		want := int64(math.MaxInt64)
		if magnitude.IsInt64() {
			want = magnitude.Int64()
		}
		if value < 0 {
			want = -want
			if !magnitude.IsInt64() {
				want = math.MinInt64
			}
		}
		if got != want {
			t.Fatalf("ToDuration(%d, %d): got %d, want %d", value, rate, got, want)
		}
	})
}
