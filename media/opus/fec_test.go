package opus

import (
	"testing"
	"time"

	"parley/media/audiomatch"
)

// With in-band FEC on, as browsers send it, the lost frame is really recovered: closer to
// the original than concealment comes.
func TestDecodeFECRecovers(t *testing.T) {
	encoder, err := NewEncoder(Config{BitrateBps: 32000})
	if err != nil {
		t.Fatal(err)
	}
	if err := encoder.codec.SetInBandFEC(true); err != nil {
		t.Fatal(err)
	}
	if err := encoder.codec.SetPacketLossPerc(20); err != nil {
		t.Fatal(err)
	}
	phrase := audiomatch.Phrase(5, 3*time.Second)
	var packets [][]byte
	for at := 0; at < len(phrase); at += FrameSamples48k {
		packet := make([]byte, MaxFramePacketBytes)
		n, err := encoder.Encode(phrase[at:at+FrameSamples48k], packet)
		if err != nil {
			t.Fatal(err)
		}
		packets = append(packets, packet[:n])
	}
	fec := likeness(t, phrase, packets, func(d *Decoder, next []byte, gap []int16) error { return d.DecodeFEC(next, gap) })
	plc := likeness(t, phrase, packets, func(d *Decoder, _ []byte, gap []int16) error { return d.Conceal(gap) })
	if fec < 0.8 || fec < plc+0.05 {
		t.Errorf("every fourth packet lost: likeness with FEC %.3f, with concealment %.3f, want 0.8 and clearly better", fec, plc)
	}
}

// likeness loses every fourth packet, fills the gaps, and compares with the original.
func likeness(t *testing.T, phrase []int16, packets [][]byte, fill func(*Decoder, []byte, []int16) error) float64 {
	t.Helper()
	decoder, err := NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	var heard []int16
	for i, packet := range packets {
		frame := make([]int16, FrameSamples48k)
		if i%4 == 3 && i+1 < len(packets) {
			err = fill(decoder, packets[i+1], frame)
		} else {
			_, err = decoder.Decode(packet, frame)
		}
		if err != nil {
			t.Fatalf("packet %d: %v", i, err)
		}
		heard = append(heard, frame...)
	}
	ref, err := audiomatch.Resample(phrase, SampleRate, 8000)
	if err != nil {
		t.Fatal(err)
	}
	got, err := audiomatch.Resample(heard, SampleRate, 8000)
	if err != nil {
		t.Fatal(err)
	}
	best, _ := audiomatch.Correlate(ref, got)
	return best
}
