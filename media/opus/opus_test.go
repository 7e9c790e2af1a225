package opus_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"parley/media/audiomatch"
	"parley/media/opus"
	"parley/media/opus/packet"
)

func newEncoder(t testing.TB, config opus.Config) *opus.Encoder {
	t.Helper()
	encoder, err := opus.NewEncoder(config)
	if err != nil {
		t.Fatalf("NewEncoder(%+v): %v", config, err)
	}
	return encoder
}

func newDecoder(t testing.TB) *opus.Decoder {
	t.Helper()
	decoder, err := opus.NewDecoder()
	if err != nil {
		t.Fatalf("NewDecoder: %v", err)
	}
	return decoder
}

// encodeAll returns the packets of all whole frames of pcm.
func encodeAll(t testing.TB, encoder *opus.Encoder, pcm []int16) [][]byte {
	t.Helper()
	var packets [][]byte
	for ; len(pcm) >= opus.FrameSamples48k; pcm = pcm[opus.FrameSamples48k:] {
		packet := make([]byte, opus.MaxFramePacketBytes)
		n, err := encoder.Encode(pcm[:opus.FrameSamples48k], packet)
		if err != nil {
			t.Fatalf("Encode: %v", err)
		}
		packets = append(packets, packet[:n])
	}
	return packets
}

// decodeAll returns the sound of the packets.
func decodeAll(t testing.TB, decoder *opus.Decoder, packets [][]byte) []int16 {
	t.Helper()
	var pcm []int16
	frame := make([]int16, opus.MaxPacketSamples48k)
	for _, packet := range packets {
		n, err := decoder.Decode(packet, frame)
		if err != nil {
			t.Fatalf("Decode: %v", err)
		}
		pcm = append(pcm, frame[:n]...)
	}
	return pcm
}

func TestEncodedPackets(t *testing.T) {
	phrase := audiomatch.Phrase(1, 2*time.Second)
	for _, tt := range []struct {
		name   string
		config opus.Config
		bps    float64
	}{
		{"zero value", opus.Config{}, opus.DefaultBitrateBps},
		{"narrow", opus.Config{BitrateBps: 12000}, 12000},
		{"audio", opus.Config{BitrateBps: 64000, Complexity: 10, Application: opus.Audio}, 64000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			packets := encodeAll(t, newEncoder(t, tt.config), phrase)
			bytes := 0
			for i, data := range packets {
				bytes += len(data)
				samples, err := opus.DurationSamples48k(data)
				frames, frameErr := opus.Frames(data)
				if err != nil || frameErr != nil || samples != opus.FrameSamples48k || len(frames) != 1 {
					t.Fatalf("packet %d: got %d samples, %d frames, %v, %v, want 960, 1", i, samples, len(frames), err, frameErr)
				}
				if packet.TOC(data[0]).Stereo() {
					t.Fatalf("packet %d is stereo", i)
				}
			}
			bps := float64(bytes) * 8 / 2
			if bps < tt.bps*0.6 || bps > tt.bps*1.3 {
				t.Errorf("bit rate: got %.0f, want about %.0f", bps, tt.bps)
			}
		})
	}
}

// The pre-skip of every file rests on this number.
func TestLookahead(t *testing.T) {
	const clickAt = 24000
	for name, config := range map[string]opus.Config{
		"voip 24k":   {},
		"voip 64k":   {BitrateBps: 64000},
		"audio 24k":  {Application: opus.Audio},
		"audio 128k": {BitrateBps: 128000, Application: opus.Audio},
	} {
		t.Run(name, func(t *testing.T) {
			pcm := make([]int16, 48000)
			for i := -24; i <= 24; i++ {
				pcm[clickAt+i] = int16(28000 * (1 + math.Cos(math.Pi*float64(i)/24)) / 2)
			}
			heard := decodeAll(t, newDecoder(t), encodeAll(t, newEncoder(t, config), pcm))
			loudest := 0
			for i, sample := range heard {
				if sample > heard[loudest] {
					loudest = i
				}
			}
			// SILK moves a click by a few samples at most: 0.2 ms is allowed.
			if got := loudest - clickAt; got < opus.Lookahead48k-10 || got > opus.Lookahead48k+10 {
				t.Errorf("delay: got %d samples, want %d", got, opus.Lookahead48k)
			}
		})
	}
}

func TestConfigIsChecked(t *testing.T) {
	for name, config := range map[string]opus.Config{
		"bit rate too low":    {BitrateBps: 5999},
		"bit rate too high":   {BitrateBps: 510001},
		"negative complexity": {Complexity: -1},
		"complexity too high": {Complexity: 11},
		"unknown application": {Application: 2},
	} {
		if _, err := opus.NewEncoder(config); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

func TestEncodeChecksLengths(t *testing.T) {
	encoder := newEncoder(t, opus.Config{})
	room := make([]byte, opus.MaxFramePacketBytes)
	for name, call := range map[string]func() (int, error){
		"10 ms":    func() (int, error) { return encoder.Encode(make([]int16, 480), room) },
		"nothing":  func() (int, error) { return encoder.Encode(nil, room) },
		"no room":  func() (int, error) { return encoder.Encode(make([]int16, 960), nil) },
		"cap only": func() (int, error) { return encoder.Encode(make([]int16, 960), room[:10]) },
	} {
		if _, err := call(); !errors.Is(err, opus.ErrBuffer) {
			t.Errorf("%s: got %v, want ErrBuffer", name, err)
		}
	}
}

func TestDecodeChecksPackets(t *testing.T) {
	decoder := newDecoder(t)
	pcm := make([]int16, opus.MaxPacketSamples48k)
	good := encodeAll(t, newEncoder(t, opus.Config{}), make([]int16, 960))[0]
	for _, tt := range []struct {
		name   string
		packet []byte
		pcm    []int16
		want   error
	}{
		{"empty", nil, pcm, opus.ErrInvalidPacket},
		{"no frame count", []byte{3}, pcm, opus.ErrInvalidPacket},
		{"frames do not divide", []byte{9<<3 | 1, 1, 2, 3}, pcm, opus.ErrInvalidPacket},
		{"no room", good, nil, opus.ErrBuffer},
		{"cap only", good, pcm[:959], opus.ErrBuffer},
	} {
		if n, err := decoder.Decode(tt.packet, tt.pcm); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %d, %v, want %v", tt.name, n, err, tt.want)
		}
	}
	if n, err := decoder.Decode(good, pcm[:960]); err != nil || n != 960 {
		t.Errorf("after the refusals: got %d, %v, want 960", n, err)
	}
}

func TestBuffersAreNotOverrun(t *testing.T) {
	decoder := newDecoder(t)
	packets := encodeAll(t, newEncoder(t, opus.Config{}), audiomatch.Phrase(1, time.Second))
	const mark = 12345
	for name, call := range map[string]func(pcm []int16) error{
		"decode":  func(pcm []int16) error { _, err := decoder.Decode(packets[20], pcm); return err },
		"fec":     func(pcm []int16) error { return decoder.DecodeFEC(packets[22], pcm) },
		"conceal": decoder.Conceal,
	} {
		pcm := make([]int16, 2880)
		for i := range pcm {
			pcm[i] = mark
		}
		if err := call(pcm[:960]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for i, sample := range pcm[960:] {
			if sample != mark {
				t.Fatalf("%s: wrote sample %d behind a buffer of 960", name, 960+i)
			}
		}
	}
}

func TestGapLengthsAreChecked(t *testing.T) {
	decoder := newDecoder(t)
	next := encodeAll(t, newEncoder(t, opus.Config{}), make([]int16, 960))[0]
	for _, samples := range []int{0, 1, 119, 961} {
		if err := decoder.Conceal(make([]int16, samples)); !errors.Is(err, opus.ErrBuffer) {
			t.Errorf("Conceal of %d: got %v, want ErrBuffer", samples, err)
		}
		if err := decoder.DecodeFEC(next, make([]int16, samples)); !errors.Is(err, opus.ErrBuffer) {
			t.Errorf("DecodeFEC of %d: got %v, want ErrBuffer", samples, err)
		}
	}
	if err := decoder.DecodeFEC(nil, make([]int16, 960)); !errors.Is(err, opus.ErrInvalidPacket) {
		t.Errorf("DecodeFEC without a packet: got %v, want ErrInvalidPacket", err)
	}
}

// A gap is filled to the last sample, sounds at first like what went before, and fades.
func TestConceal(t *testing.T) {
	packets := encodeAll(t, newEncoder(t, opus.Config{}), audiomatch.Phrase(2, 2*time.Second))
	for _, samples := range []int{120, 960, 1920, 48000} {
		decoder := newDecoder(t)
		before := decodeAll(t, decoder, packets[:20])
		gap := make([]int16, samples)
		for i := range gap {
			gap[i] = math.MaxInt16
		}
		if err := decoder.Conceal(gap); err != nil {
			t.Fatalf("Conceal of %d: %v", samples, err)
		}
		end := audiomatch.EnergyDBFS(gap[samples-120:])
		if last := audiomatch.EnergyDBFS(before[len(before)-960:]); end > last+6 {
			t.Errorf("gap of %d: ends at %.1f dBFS after %.1f", samples, end, last)
		}
		if samples == 48000 && end > -50 {
			t.Errorf("after a second: %.1f dBFS, want near silence", end)
		}
	}
}

func TestLostFrameIsConcealed(t *testing.T) {
	packets := encodeAll(t, newEncoder(t, opus.Config{}), audiomatch.Phrase(2, time.Second))
	packets[20] = packets[20][:1]
	if got, want := len(decodeAll(t, newDecoder(t), packets)), 48000; got != want {
		t.Errorf("samples: got %d, want %d", got, want)
	}
}

// The browser's packets may carry a copy of the frame before; ours do not, so FEC falls
// back to concealment and still fills the gap.
func TestDecodeFECFills(t *testing.T) {
	phrase := audiomatch.Phrase(3, time.Second)
	packets := encodeAll(t, newEncoder(t, opus.Config{}), phrase)
	for _, lost := range []int{1, 2, 3} {
		decoder := newDecoder(t)
		heard := decodeAll(t, decoder, packets[:10])
		gap := make([]int16, lost*opus.FrameSamples48k)
		if err := decoder.DecodeFEC(packets[10+lost], gap); err != nil {
			t.Fatalf("%d lost: %v", lost, err)
		}
		heard = append(heard, gap...)
		heard = append(heard, decodeAll(t, decoder, packets[10+lost:])...)
		if len(heard) != len(phrase) {
			t.Errorf("%d lost: got %d samples, want %d", lost, len(heard), len(phrase))
		}
	}
}

func TestCodecAllocatesNothing(t *testing.T) {
	encoder, decoder := newEncoder(t, opus.Config{}), newDecoder(t)
	pcm := audiomatch.Phrase(4, time.Second)[24000:24960]
	data := make([]byte, opus.MaxFramePacketBytes)
	n, err := encoder.Encode(pcm, data)
	if err != nil {
		t.Fatal(err)
	}
	heard := make([]int16, opus.FrameSamples48k)
	for name, call := range map[string]func(){
		"Encode":    func() { _, _ = encoder.Encode(pcm, data) },
		"Decode":    func() { _, _ = decoder.Decode(data[:n], heard) },
		"DecodeFEC": func() { _ = decoder.DecodeFEC(data[:n], heard) },
		"Conceal":   func() { _ = decoder.Conceal(heard) },
	} {
		if got := testing.AllocsPerRun(50, call); got != 0 {
			t.Errorf("%s: got %v allocations, want 0", name, got)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	encoder := newEncoder(b, opus.Config{})
	pcm := audiomatch.Phrase(1, time.Second)
	packet := make([]byte, opus.MaxFramePacketBytes)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		at := i % 50 * opus.FrameSamples48k
		if _, err := encoder.Encode(pcm[at:at+opus.FrameSamples48k], packet); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	packets := encodeAll(b, newEncoder(b, opus.Config{}), audiomatch.Phrase(1, time.Second))
	decoder := newDecoder(b)
	pcm := make([]int16, opus.MaxPacketSamples48k)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := decoder.Decode(packets[i%len(packets)], pcm); err != nil {
			b.Fatal(err)
		}
	}
}
