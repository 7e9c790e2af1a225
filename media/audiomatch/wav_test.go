package audiomatch

import (
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func written(t *testing.T, wav WAV) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := wav.Write(&out); err != nil {
		t.Fatalf("write: %v", err)
	}
	return out.Bytes()
}

func TestWAVRoundTrip(t *testing.T) {
	for name, want := range map[string]WAV{
		"mono":   {Rate: 48000, Channels: 1, Samples: []int16{0, 1, -1, 32767, -32768}},
		"stereo": {Rate: 8000, Channels: 2, Samples: []int16{1, -1, 2, -2}},
		"empty":  {Rate: 44100, Channels: 1, Samples: []int16{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ReadWAV(bytes.NewReader(written(t, want)))
			if err != nil || got.Rate != want.Rate || got.Channels != want.Channels || !slices.Equal(got.Samples, want.Samples) {
				t.Errorf("got %+v, %v, want %+v", got, err, want)
			}
		})
	}
}

func TestChannel(t *testing.T) {
	wav := WAV{Rate: 8000, Channels: 2, Samples: []int16{1, 10, 2, 20}}
	for number, want := range [][]int16{{1, 2}, {10, 20}} {
		if got := wav.Channel(number); !slices.Equal(got, want) {
			t.Errorf("channel %d: got %v, want %v", number, got, want)
		}
	}
}

// sox writes the extensible format, an odd-sized comment and, to a pipe, no true length.
func TestReadWAVOfSox(t *testing.T) {
	source := filepath.Join(t.TempDir(), "in.wav")
	run := exec.Command("sox", "-n", "-r", "48000", "-c", "2", "-b", "16", "--comment", "odd", source, "synth", "0.5", "sine", "300")
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("sox: %v\n%s", err, out)
	}
	out, err := exec.Command("sox", source, "-t", "wavpcm", "-").Output()
	if err != nil {
		t.Fatalf("sox to a pipe: %v", err)
	}
	wav, err := ReadWAV(bytes.NewReader(out))
	if err != nil || wav.Rate != 48000 || wav.Channels != 2 || len(wav.Samples) != 48000 {
		t.Errorf("got %d Hz, %d channels, %d samples, %v, want 48000, 2, 48000", wav.Rate, wav.Channels, len(wav.Samples), err)
	}
}

func TestReadWAVPassesOverChunks(t *testing.T) {
	plain := written(t, WAV{Rate: 8000, Channels: 1, Samples: []int16{7, 8}})
	odd := "LIST\x03\x00\x00\x00abc\x00"
	data := strings.Replace(string(plain), "data", odd+"data", 1)
	got, err := ReadWAV(strings.NewReader(data))
	if err != nil || !slices.Equal(got.Samples, []int16{7, 8}) {
		t.Errorf("got %v, %v, want [7 8]", got.Samples, err)
	}
}

func TestReadWAVRefuses(t *testing.T) {
	good := string(written(t, WAV{Rate: 8000, Channels: 1, Samples: []int16{7, 8}}))
	change := func(at int, value string) string { return good[:at] + value + good[at+len(value):] }
	tests := map[string]string{
		"nothing":         "",
		"other data":      strings.Repeat("x", 100),
		"no data chunk":   good[:36],
		"data before fmt": good[:12] + good[36:],
		"short fmt":       good[:12] + "fmt \x02\x00\x00\x00\x01\x00",
		"float":           change(20, "\x03"),
		"8 bits":          change(34, "\x08"),
		"no channels":     change(22, "\x00"),
		"six channels":    change(22, "\x06"),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := ReadWAV(strings.NewReader(data)); !errors.Is(err, ErrWAV) {
				t.Errorf("got %+v, %v, want ErrWAV", got, err)
			}
		})
	}
}

func TestWAVErrorsOfTheOtherSide(t *testing.T) {
	broken := errors.New("broken")
	if _, err := ReadWAV(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("read: got %v, want the reader's error", err)
	}
	if err := (WAV{Rate: 8000, Channels: 3}).Write(&bytes.Buffer{}); err == nil {
		t.Error("three channels: got no error")
	}
}

func FuzzReadWAV(f *testing.F) {
	var seed bytes.Buffer
	if err := (WAV{Rate: 8000, Channels: 2, Samples: []int16{1, 2, 3, 4}}).Write(&seed); err != nil {
		f.Fatal(err)
	}
	f.Add(seed.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		wav, err := ReadWAV(bytes.NewReader(data))
		if err != nil {
			return
		}
		again, err := ReadWAV(bytes.NewReader(written(t, wav)))
		if err != nil || !slices.Equal(again.Samples, wav.Samples) {
			t.Fatalf("got %v, %v again, want %v", again.Samples, err, wav.Samples)
		}
	})
}
