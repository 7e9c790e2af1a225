package opus

import (
	"math"
	"testing"

	"github.com/hraban/opus"

	"parley/media/audiomatch"
)

// A browser may send stereo: a mono decoder gives the mean of both channels.
func TestStereoPacketIsMixedDown(t *testing.T) {
	encoder, err := opus.NewEncoder(SampleRate, 2, opus.AppAudio)
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	frame, packet := make([]int16, 2*FrameSamples48k), make([]byte, MaxFramePacketBytes)
	var left, heard []int16
	for number := range 25 {
		for i := range FrameSamples48k {
			at := number*FrameSamples48k + i
			frame[2*i] = int16(20000 * math.Sin(2*math.Pi*440*float64(at)/SampleRate))
			left = append(left, frame[2*i])
		}
		n, err := encoder.Encode(frame, packet)
		if err != nil {
			t.Fatal(err)
		}
		pcm := make([]int16, MaxPacketSamples48k)
		samples, err := decoder.Decode(packet[:n], pcm)
		if err != nil || samples != FrameSamples48k {
			t.Fatalf("frame %d: got %d samples, %v, want %d", number, samples, err, FrameSamples48k)
		}
		heard = append(heard, pcm[:samples]...)
	}
	got := audiomatch.EnergyDBFS(heard[4800:]) - audiomatch.EnergyDBFS(left[4800:])
	if math.Abs(got+6.02) > 0.5 {
		t.Errorf("one channel of two, mixed down: got %.2f dB, want −6.02", got)
	}
}
