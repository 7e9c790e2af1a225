package prompt

import (
	"math"
	"testing"
	"time"

	"parley/media/opus"
)

// TestTone: 0.2 s of 1400 Hz, and nothing after it.
func TestTone(t *testing.T) {
	p, err := Tone()
	if err != nil {
		t.Fatal(err)
	}
	dec, err := opus.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	var pcm []int16
	buf := make([]int16, opus.MaxPacketSamples48k)
	for _, f := range p.Frames {
		n, err := dec.Decode(f, buf)
		if err != nil || n != opus.FrameSamples48k {
			t.Fatalf("a packet of %d samples and %v, want 20 ms", n, err)
		}
		pcm = append(pcm, buf[:n]...)
	}
	var re, im, energy float64
	for i, s := range pcm {
		v, w := float64(s), 2*math.Pi*1400*float64(i)/opus.SampleRate
		re, im, energy = re+v*math.Cos(w), im+v*math.Sin(w), energy+v*v
	}
	tone := float64(opus.SampleRate / 5)
	if share := 2 * (re*re + im*im) / (tone * energy); share < 0.9 || p.Length() > 220*time.Millisecond {
		t.Errorf("got %v with %.2f of its energy in 1400 Hz, want 0.22 s and nearly all", p.Length(), share)
	}
	if rms := math.Sqrt(energy / tone); rms < 2000 || rms > 4000 {
		t.Errorf("level: got an RMS of %.0f, want about 2900", rms)
	}
}
