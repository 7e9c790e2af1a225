package render

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"parley/media/audiomatch"
	"parley/media/ogg"
	"parley/media/opus"
	"parley/recorder/journal"
)

// output is what a render made.
type output struct {
	files  [2]bytes.Buffer
	result Result
}

// render encodes a call, flush by flush.
func (c call) render(t testing.TB, every time.Duration, encoder opus.Config) *output {
	t.Helper()
	out, err := c.renderAs(t, ModeEncode, every, encoder)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// renderAs renders a call in a mode, flush by flush.
func (c call) renderAs(t testing.TB, mode string, every time.Duration, encoder opus.Config) (*output, error) {
	t.Helper()
	return c.renderIn(t, mode, func() time.Duration { return every }, encoder)
}

// renderIn renders a call in flushes as long as step says.
func (c call) renderIn(t testing.TB, mode string, step func() time.Duration, encoder opus.Config) (*output, error) {
	t.Helper()
	out := &output{}
	r, err := New(Config{
		Voices: [2]io.Writer{&out.files[0], &out.files[1]}, Modes: [2]string{mode, mode}, Encoder: encoder, Pauses: c.pauses,
	})
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	for at := time.Duration(0); at <= c.length; {
		next := at + step()
		for lane, records := range c.flush(t, at, next) {
			if err := r.Add(journal.Lane(lane), records); err != nil {
				return nil, fmt.Errorf("add at %v: %w", at, err)
			}
		}
		if err := r.Advance(next); err != nil {
			return nil, fmt.Errorf("advance to %v: %w", next, err)
		}
		at = next
	}
	if out.result, err = r.Finish(c.length); err != nil {
		return nil, fmt.Errorf("finish: %w", err)
	}
	return out, nil
}

// voice decodes one of the voices and checks that it is exactly as long as it
// should be.
func (o *output) voice(t testing.TB, leg int, length time.Duration) []int16 {
	t.Helper()
	pcm, total := decodeOgg(t, o.files[leg].Bytes())
	if want := samples(length); total != want || int64(len(pcm)) != want || o.result.Layout.TotalSamples != want {
		t.Errorf("voice %d: got %d samples, %d in the file, %d in the layout; want %d",
			leg, len(pcm), total, o.result.Layout.TotalSamples, want)
	}
	return pcm
}

// decodeOgg decodes a mono file as a player does.
func decodeOgg(t testing.TB, data []byte) (pcm []int16, total int64) {
	t.Helper()
	r, err := ogg.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("open the voice: %v", err)
	}
	dec, err := opus.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]int16, opus.MaxPacketSamples48k)
	for {
		p, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("read the voice: %v", err)
		}
		n, err := dec.Decode(p.Data, buf)
		if err != nil {
			t.Fatalf("decode the voice: %v", err)
		}
		pcm = append(pcm, buf[:n]...)
	}
	total = r.TotalSamples()
	pcm = pcm[r.Head().PreSkip:]
	return pcm[:min(total, int64(len(pcm)))], total
}

// tolerance is invariant 6: 20 ms.
const tolerance = sampleRate / 50

// mustClick checks that each click is heard where it belongs.
func mustClick(t testing.TB, name string, pcm []int16, want []int64) {
	t.Helper()
	if len(want) == 0 {
		t.Errorf("%s: the scene has no clicks", name)
	}
	for _, at := range want {
		got := loudest(pcm, at-sampleRate/7, at+sampleRate/7)
		if d := got - at; d > tolerance || d < -tolerance {
			t.Errorf("%s: the click of %.3f s is heard %.1f ms from its place, want at most 20",
				name, float64(at)/sampleRate, float64(d)/48)
		}
	}
}

// loudest is where the loudest 5 ms between two samples begin.
func loudest(pcm []int16, from, to int64) int64 {
	from, to = max(from, 0), min(to, int64(len(pcm)))
	const width = 240
	best, at, sum := -1.0, from, 0.0
	for i := from; i < to; i++ {
		sum += float64(pcm[i]) * float64(pcm[i])
		if i-from >= width {
			sum -= float64(pcm[i-width]) * float64(pcm[i-width])
		}
		if sum > best {
			best, at = sum, i-width+1
		}
	}
	return at
}

// likeness compares what was heard with what was spoken.
func likeness(t testing.TB, spoken, heard []int16) (best float64, lag time.Duration) {
	t.Helper()
	const rate = 8000
	ref, err := audiomatch.Resample(spoken, sampleRate, rate)
	if err != nil {
		t.Fatal(err)
	}
	got, err := audiomatch.Resample(heard, sampleRate, rate)
	if err != nil {
		t.Fatal(err)
	}
	best, n := audiomatch.Correlate(ref, got)
	return best, time.Duration(n) * time.Second / rate
}

// peak is the greatest sample between two instants.
func peak(pcm []int16, from, to time.Duration) int16 {
	most := int16(0)
	for _, s := range pcm[samples(from):samples(to)] {
		most = max(most, s, -max(s, -32767))
	}
	return most
}

// replay renders a call from the records of its lanes, and throws the voices
// away.
func (c call) replay(t testing.TB, mode string, lanes [3][]byte) {
	t.Helper()
	r, err := New(Config{Voices: discard, Modes: [2]string{mode, mode}})
	if err != nil {
		t.Fatal(err)
	}
	for lane, records := range lanes {
		if err := r.Add(journal.Lane(lane), records); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Finish(c.length); err != nil {
		t.Fatal(err)
	}
}

// discard takes voices that nobody wants to hear.
var discard = [2]io.Writer{io.Discard, io.Discard}

func mustAdd(t testing.TB, r *Renderer, lane int, records []byte) {
	t.Helper()
	if err := r.Add(journal.Lane(lane), records); err != nil {
		t.Fatal(err)
	}
}
