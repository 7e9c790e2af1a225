package rtptime

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestFromTime(t *testing.T) {
	tests := []struct {
		name string
		time time.Time
		want NTP
	}{
		{"Unix epoch", time.Unix(0, 0), 2_208_988_800 << 32},
		{"half a second", time.Unix(0, 500_000_000), 2_208_988_800<<32 | 1<<31},
		{"last nanosecond", time.Unix(0, 999_999_999), 2_208_988_800<<32 | 4_294_967_292},
		{"start of the second era", time.Date(2036, 2, 7, 6, 28, 16, 0, time.UTC), 0},
		{"end of the first era", time.Date(2036, 2, 7, 6, 28, 15, 0, time.UTC), 0xffffffff << 32},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := FromTime(tt.time)
			if got != tt.want {
				t.Errorf("FromTime(%v): got %#x, want %#x", tt.time, uint64(got), uint64(tt.want))
			}
			if back := got.Time(); !back.Equal(tt.time) {
				t.Errorf("Time of %#x: got %v, want %v", uint64(got), back, tt.time)
			}
		})
	}
}

func TestNTPRoundTrip(t *testing.T) {
	first := time.Date(1968, 1, 20, 3, 14, 8, 0, time.UTC).Unix()
	last := time.Date(2104, 2, 26, 9, 42, 23, 0, time.UTC).Unix()
	rapid.Check(t, func(t *rapid.T) {
		seconds := rapid.Int64Range(first, last).Draw(t, "seconds")
		nanoseconds := rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")
		want := time.Unix(seconds, nanoseconds)
		if got := FromTime(want).Time(); !got.Equal(want) {
			t.Fatalf("got %v, want %v", got, want.UTC())
		}
	})
}

func TestTimeOfLargestFraction(t *testing.T) {
	got := NTP(2_208_988_800<<32 | 0xffffffff).Time()
	if want := time.Unix(1, 0); !got.Equal(want) {
		t.Errorf("got %v, want %v: the fraction rounds up to a full second", got, want)
	}
}

func TestShort(t *testing.T) {
	// The numbers of RFC 3550 section 6.4.1, figure 2.
	lastReport := NTP(0xb44db705_20000000).Middle32()
	arrival, delay := Short(0xb7108000), Short(0x00054000)
	late, early := Short(0xffff8000), Short(0x00008000)
	tests := []struct {
		name string
		got  time.Duration
		want time.Duration
	}{
		{"middle of the report", (lastReport - 0xb7052000).Duration(), 0},
		{"round trip", (arrival - lastReport - delay).Duration(), 6125 * time.Millisecond},
		{"wraps", (early - late).Duration(), time.Second},
		{"one unit", Short(1).Duration(), 15259},
		{"largest", Short(0xffffffff).Duration(), 65535999984741},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got %v, want %v", tt.got, tt.want)
			}
		})
	}
}
