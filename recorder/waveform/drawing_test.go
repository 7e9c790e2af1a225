package waveform

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// voiceFrom is a second of a voice that speaks from 200 ms on.
func voiceFrom(t testing.TB, level uint8) Drawing {
	t.Helper()
	b, err := NewBuilder(Config{})
	if err != nil {
		t.Fatal(err)
	}
	b.AddLevel(200, 500, level)
	b.Finish(samplesPerSecond)
	return b.Drawing()
}

func TestDrawingRoundTrip(t *testing.T) {
	blank := Blank(DefaultSamplesPerPixel, samplesPerSecond)
	both, err := JoinDrawings(voiceFrom(t, 20), blank)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]Drawing{"one voice": voiceFrom(t, 20), "two": both, "a blank": blank} {
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got Drawing
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	if len(both.Speech) != 2 || len(both.Speech[0]) != 1 || len(both.Speech[1]) != 0 || both.Waveform.Channels != 2 {
		t.Errorf("joined: got %d channels, speech %v; want the first voice's alone", both.Waveform.Channels, both.Speech)
	}
	quiet := func(v int8) bool { return v == 0 }
	if blank.Waveform.Length() != 50 || slices.ContainsFunc(blank.Waveform.Data, func(v int8) bool { return !quiet(v) }) {
		t.Errorf("blank: got %+v, want 50 silent pixels", blank.Waveform)
	}
}

func TestDrawingRefuses(t *testing.T) {
	data, err := json.Marshal(voiceFrom(t, 20))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range [][2]string{
		{`"version":2`, `"version":1`}, {`"bits":8`, `"bits":16`}, {`"sample_rate":48000`, `"sample_rate":8000`},
		{`"channels":1`, `"channels":0`}, {`"channels":1`, `"channels":2`}, {`"length":50`, `"length":51`},
		{`"length":50`, `"length":-50`}, {`"samples_per_pixel":960`, `"samples_per_pixel":1`},
		{`"data":[`, `"data":[0,`}, {`"data":[`, `"data":[999,`}, {`"speech":[`, `"speech":[[],`},
	} {
		bad := strings.Replace(string(data), r[0], r[1], 1)
		if err := json.Unmarshal([]byte(bad), new(Drawing)); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: got %v, want ErrFormat", r[1], err)
		}
	}
}

// FuzzDrawing: what is read is whole, and is written and read as the same.
func FuzzDrawing(f *testing.F) {
	data, err := json.Marshal(voiceFrom(f, 20))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		var first, second Drawing
		if first.UnmarshalJSON(data) != nil {
			return
		}
		again, err := first.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if err := second.UnmarshalJSON(again); err != nil || len(second.Waveform.Data) != len(first.Waveform.Data) {
			t.Fatalf("read again: %v", err)
		}
	})
}
