package waveform

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"parley/media/audiomatch"
)

// newBuilder is a builder of the given scale.
func newBuilder(t testing.TB, samplesPerPixel int) *Builder {
	t.Helper()
	b, err := NewBuilder(Config{SamplesPerPixel: samplesPerPixel})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// naivePeaks is what audiowaveform computes, pixel by pixel.
func naivePeaks(pcm []int16, samplesPerPixel int) []int8 {
	var peaks []int8
	for part := range slices.Chunk(pcm, samplesPerPixel) {
		peaks = append(peaks, int8(slices.Min(part)/256), int8(slices.Max(part)/256))
	}
	return peaks
}

// TestPeaks: whatever the pieces, the peaks are those of the whole.
func TestPeaks(t *testing.T) {
	phrase := audiomatch.Phrase(1, 3*time.Second)[:3*48000-333]
	phrase[5000], phrase[7000] = -32768, 32767
	lifted := slices.Clone(phrase)
	for i := range lifted {
		lifted[i] = lifted[i]/4 + 9000 // no sample of either sign but one
	}
	random := rand.New(rand.NewPCG(1, 1))
	for _, pcm := range [][]int16{phrase, lifted, make([]int16, 5000), phrase[:1], nil} {
		for _, scale := range []int{MinSamplesPerPixel, 256, 960, 1000, MaxSamplesPerPixel} {
			for _, largest := range []int{7, 960, 1 << 20} {
				b := newBuilder(t, scale)
				for rest := pcm; len(rest) > 0; {
					n := min(len(rest), 1+random.IntN(largest))
					b.AddPCM(rest[:n])
					rest = rest[n:]
				}
				b.Finish(int64(len(pcm)))
				if got, want := b.Waveform(), naivePeaks(pcm, scale); !slices.Equal(got.Data, want) || got.SamplesPerPixel != scale || got.Channels != 1 {
					t.Errorf("%d samples, %d per pixel, pieces up to %d: got %d peaks, want %d", len(pcm), scale, largest, len(got.Data), len(want))
				}
			}
		}
	}
}

// TestFinish: the drawing is as long as the voice, not as what was heard of it.
func TestFinish(t *testing.T) {
	for _, total := range []int64{-1, 0, 1, 959, 960, 961, 480_000} {
		b := newBuilder(t, 960)
		b.AddPCM(audiomatch.Phrase(1, 2*time.Second))
		b.Finish(total)
		want := pieces(max(0, total), 960)
		if got := b.Waveform().Length(); got != want || len(b.levels) != want {
			t.Errorf("%d samples: got %d pixels, %d levels, want %d", total, got, len(b.levels), want)
		}
	}
	b := newBuilder(t, 960)
	b.AddPCM([]int16{30000})
	b.Finish(1920)
	if got, want := b.Waveform().Data, []int8{117, 117, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("one sample: got %v, want %v", got, want)
	}
}

func TestConfigLimits(t *testing.T) {
	for scale, ok := range map[int]bool{-1: false, 0: true, 47: false, 48: true, 48000: true, 48001: false} {
		if _, err := NewBuilder(Config{SamplesPerPixel: scale}); (err == nil) != ok {
			t.Errorf("%d samples per pixel: got %v, want no error: %t", scale, err, ok)
		}
	}
	b := newBuilder(t, 0)
	b.AddPCM(make([]int16, 48000))
	if got := b.Waveform().Length(); got != 50 {
		t.Errorf("default: got %d pixels per second, want 50", got)
	}
}

// TestLevelOf: the levels of RFC 6464 at known powers.
func TestLevelOf(t *testing.T) {
	for meanSquare, want := range map[float64]uint8{
		0: 127, 1: 90, 1e-9: 127, 32768 * 32768: 0, 1 << 31: 0, 32768 * 32768 / 2: 3, 32768 * 32768 / 100: 20,
	} {
		if got := levelOf(meanSquare); got != want {
			t.Errorf("mean square %g: got %d, want %d", meanSquare, got, want)
		}
	}
}

func TestAddLevel(t *testing.T) {
	type packet struct {
		at, dur int
		level   uint8
	}
	for name, tt := range map[string]struct {
		packets []packet
		want    []int8 // highest of each pixel
	}{
		"20 ms packets":            {[]packet{{0, 20, 20}, {20, 20, 30}, {40, 20, 127}}, []int8{42, 13, 0}},
		"voice activity flag":      {[]packet{{0, 20, 20 | 0x80}}, []int8{42}},
		"full scale":               {[]packet{{0, 20, 0}}, []int8{127}},
		"one packet of 60 ms":      {[]packet{{20, 60, 20}}, []int8{0, 42, 42, 42}},
		"10 ms, the louder counts": {[]packet{{0, 10, 30}, {10, 10, 20}}, []int8{42}},
		"between two pixels":       {[]packet{{10, 20, 20}}, []int8{42, 42}},
		"out of order":             {[]packet{{40, 20, 20}, {0, 20, 30}}, []int8{13, 0, 42}},
		"before the start":         {[]packet{{-30, 20, 20}, {-10, 20, 20}}, []int8{42}},
		"nothing":                  {[]packet{{0, 0, 20}, {20, -5, 20}}, nil},
		"beyond a day":             {[]packet{{25 * 3600 * 1000, 20, 20}}, nil},
	} {
		b := newBuilder(t, 960)
		for _, p := range tt.packets {
			b.AddLevel(p.at, p.dur, p.level)
		}
		var low, high []int8
		for pair := range slices.Chunk(b.Waveform().Data, 2) {
			low, high = append(low, -pair[0]), append(high, pair[1])
		}
		if !slices.Equal(high, tt.want) || !slices.Equal(low, tt.want) {
			t.Errorf("%s: got down to %v, up to %v, want %v", name, low, high, tt.want)
		}
	}
}

// TestLevelsResemblePCM: drawn from levels, a voice looks like itself.
func TestLevelsResemblePCM(t *testing.T) {
	phrase := audiomatch.Phrase(4, 10*time.Second)
	exact, rough := newBuilder(t, 960), newBuilder(t, 960)
	exact.AddPCM(phrase)
	for i, level := range exact.levels {
		rough.AddLevel(20*i, 20, level)
	}
	if !slices.Equal(exact.levels, rough.levels) || !slices.Equal(exact.Segments(), rough.Segments()) {
		t.Error("levels and segments are not the same on both ways")
	}
	near, loud := 0, 0
	got, want := rough.Waveform().Data, exact.Waveform().Data
	for i := 1; i < len(want); i += 2 {
		height := max(int(want[i]), -int(want[i-1]))
		if height < 8 {
			continue
		}
		loud++
		if int(got[i]) < 2*height && 2*int(got[i]) > height {
			near++
		}
	}
	if loud < 100 || near*10 < loud*8 {
		t.Errorf("of %d loud pixels %d within half and twice their height, want 80 %%", loud, near)
	}
}

// TestMemory: what a builder keeps of an hour.
func TestMemory(t *testing.T) {
	b := newBuilder(t, 960)
	second := make([]int16, 48000)
	for range 3600 {
		b.AddPCM(second)
	}
	if got := len(b.peaks) + len(b.levels); got != 150*3600 {
		t.Errorf("an hour takes %d bytes, want %d", got, 150*3600)
	}
	b.Finish(1 << 62)
	if got, want := len(b.levels), 24*3600*50; got != want {
		t.Errorf("with no end: got %d levels, want %d", got, want)
	}
	levels := newBuilder(t, 960)
	for i := range 3600 * 50 {
		levels.AddLevel(20*i, 20, 30)
	}
	if got := cap(levels.peaks) + len(levels.levels); got != 50*3600 {
		t.Errorf("an hour of levels takes %d bytes, want %d", got, 50*3600)
	}
}

func BenchmarkAddPCM(b *testing.B) {
	phrase := audiomatch.Phrase(1, 20*time.Millisecond)
	builder := newBuilder(b, 960)
	for b.Loop() {
		if builder.at >= 3600*samplesPerSecond {
			builder = newBuilder(b, 960)
		}
		builder.AddPCM(phrase)
	}
}
