package export

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/pion/rtp"

	"parley/media/audiomatch"
	"parley/media/ogg"
	"parley/media/opus"
	"parley/media/red"
	"parley/media/rtrace"
)

// lengths are playing times in samples around frames and seconds.
var lengths = []int{0, 1, 647, 648, 649, 960, 48000 - 312, 48000, 48001, 3*48000 + 7}

// TestWAVLength: files are as long as the recording to the sample, and as the tools read them.
func TestWAVLength(t *testing.T) {
	for _, samples := range lengths {
		member, expert := phrases(samples)
		r := call(t, member, expert)
		for _, channels := range []Channels{Stereo, Mono} {
			file := whole(t, r.wav(t, channels))
			wav, err := audiomatch.ReadWAV(bytes.NewReader(file))
			if err != nil || wav.Rate != 48000 || wav.Channels != channels.count() || len(wav.Samples) != samples*channels.count() {
				t.Errorf("%d samples: got %d at %d Hz in %d channels, %v", samples, len(wav.Samples), wav.Rate, wav.Channels, err)
			}
		}
	}
}

// TestWAVTools: sox and ffprobe find the format and the length right.
func TestWAVTools(t *testing.T) {
	const samples = 2*48000 + 4711
	member, expert := phrases(samples)
	r := call(t, member, expert)
	for _, channels := range []Channels{Stereo, Mono} {
		path := save(t, "call.wav", whole(t, r.wav(t, channels)))
		for option, want := range map[string]string{"-r": "48000", "-c": fmt.Sprint(channels.count()), "-s": fmt.Sprint(samples), "-b": "16", "-e": "Signed Integer PCM"} {
			if got := strings.TrimSpace(tool(t, "soxi", option, path)); got != want {
				t.Errorf("%d channels: soxi %s: got %q, want %q", channels.count(), option, got, want)
			}
		}
		got := tool(t, "ffprobe", "-v", "warning", "-show_entries", "stream=codec_name,sample_rate,channels,duration_ts", "-of", "csv=p=0", path)
		if want := fmt.Sprintf("pcm_s16le,48000,%d,%d", channels.count(), samples); strings.TrimSpace(got) != want {
			t.Errorf("ffprobe: got %q, want %q", got, want)
		}
	}
}

// TestWAVEqualsReference: what is decoded is what the reference decoder makes of the stereo
// stream in one go, rounding apart, at the places too where decoding starts anew.
func TestWAVEqualsReference(t *testing.T) {
	member, expert := phrases(23*48000 + 5)
	for name, config := range map[string]opus.Config{
		"as recorded":  {},
		"narrow SILK":  {BitrateBps: 8000},
		"CELT, 64 000": {BitrateBps: 64_000, Application: opus.Audio},
	} {
		r := store(t, encoded(t, member, config), encoded(t, expert, config), int64(len(member)))
		got, want := samplesOf(whole(t, r.wav(t, Stereo))), opusdec(t, r.all(t))
		if want.Channels != 2 || len(got) != len(want.Samples) {
			t.Fatalf("%s: got %d samples, want %d in %d channels", name, len(got), len(want.Samples), want.Channels)
		}
		if difference, at := furthest(got, want.Samples); difference > 1 {
			t.Errorf("%s: sample %d of channel %d: got %d, want %d", name, at/2, at%2, got[at], want.Samples[at])
		}
	}
}

// TestWAVChannels: the member is left, the expert right, and each alone there.
func TestWAVChannels(t *testing.T) {
	member, expert := phrases(4 * 48000)
	r := call(t, member, expert)
	wav := audiomatch.WAV{Rate: 48000, Channels: 2, Samples: samplesOf(whole(t, r.wav(t, Stereo)))}
	for channel, own := range [][]int16{member, expert} {
		other := [][]int16{expert, member}[channel]
		if best, lag := likeness(t, own, wav.Channel(channel)); best < 0.9 || lag < -1 || lag > 1 {
			t.Errorf("channel %d: likeness to its voice %.3f at %d, want 0.9 at 0", channel, best, lag)
		}
		if best, _ := likeness(t, other, wav.Channel(channel)); best > 0.2 {
			t.Errorf("channel %d: likeness to the other voice %.3f", channel, best)
		}
	}
}

// browserCall is a call with pauses and losses in it, of packets that a browser sent: what
// it did not send is lost frames, as the recorder stores them, so decoders conceal and make
// comfort noise, where they depend most on their past.
func browserCall(t *testing.T) recording {
	t.Helper()
	trace, err := rtrace.Open("../../media/red/testdata/c3_red_dtx.rtrace")
	if err != nil {
		t.Fatal(err)
	}
	var member [][]byte
	var last uint32
	for record := range trace.RTP(0) {
		var p rtp.Packet
		if err := p.Unmarshal(record.Data); err != nil {
			t.Fatal(err)
		}
		for last += 960; len(member) > 0 && last != p.Timestamp; last += 960 {
			member = append(member, member[len(member)-1][:1])
		}
		last = p.Timestamp
		err := red.Parse(p.Payload, p.Timestamp, func(_ uint8, ts uint32, data []byte) {
			if ts == p.Timestamp {
				member = append(member, data)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	expert := slices.Clone(member)
	slices.Reverse(expert)
	return store(t, member, expert, int64(len(member))*ogg.GridSamples48k-opus.Lookahead48k)
}

// TestWAVRanges: however a file is read, every place holds the same bytes.
func TestWAVRanges(t *testing.T) {
	r := browserCall(t)
	for _, channels := range []Channels{Stereo, Mono} {
		file := whole(t, r.wav(t, channels))
		random := rand.New(rand.NewPCG(1, 2))
		reader := r.wav(t, channels)
		for i := range 30 {
			if i%10 == 0 {
				reader = r.wav(t, channels)
			}
			at := random.IntN(len(file))
			if i%7 == 0 {
				at = random.IntN(2 * wavHeaderSize)
			}
			part := make([]byte, 1+random.IntN(300_000))
			n, err := reader.ReadAt(part, int64(at))
			want := file[at:min(len(file), at+len(part))]
			if n != len(want) || (n < len(part)) != errors.Is(err, io.EOF) || !bytes.Equal(part[:n], want) {
				t.Fatalf("read of %d at %d: got %d of %d bytes, %v, equal is %t", len(part), at, n, len(want), err, bytes.Equal(part[:n], want))
			}
		}
	}
}

// TestWAVBackwards: the last seconds first, so that no read finds a decoder that leads there.
func TestWAVBackwards(t *testing.T) {
	r := browserCall(t)
	file, reader := whole(t, r.wav(t, Stereo)), r.wav(t, Stereo)
	part := make([]byte, 192_000)
	for at := len(file) - len(part); at >= 0; at -= len(part) {
		if _, err := reader.ReadAt(part, int64(at)); err != nil || !bytes.Equal(part, file[at:at+len(part)]) {
			t.Fatalf("second at byte %d: not what reading on gives, %v", at, err)
		}
	}
}

func TestWAVIsAReader(t *testing.T) {
	member, expert := phrases(3 * 48000 / 2)
	r := call(t, member, expert)
	reader := r.wav(t, Mono)
	if err := iotest.TestReader(io.NewSectionReader(reader, 0, reader.Size()), whole(t, r.wav(t, Mono))); err != nil {
		t.Error(err)
	}
	if n, err := reader.ReadAt(make([]byte, 1), -1); n != 0 || err == nil {
		t.Errorf("negative offset: got %d, %v, want an error", n, err)
	}
	if n, err := reader.ReadAt(make([]byte, 1), reader.Size()+5); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("beyond the end: got %d, %v, want %v", n, err, io.EOF)
	}
}

// TestWAVShared: several readers of one file at once.
func TestWAVShared(t *testing.T) {
	r := browserCall(t)
	file, reader := whole(t, r.wav(t, Mono)), r.wav(t, Mono)
	var done sync.WaitGroup
	for worker := range 4 {
		done.Go(func() {
			random := rand.New(rand.NewPCG(3, uint64(worker)))
			part := make([]byte, 50_000)
			for range 8 {
				at := random.IntN(len(file) - len(part))
				if _, err := reader.ReadAt(part, int64(at)); err != nil || !bytes.Equal(part, file[at:at+len(part)]) {
					t.Errorf("worker %d, byte %d: not what reading on gives, %v", worker, at, err)
				}
			}
		})
	}
	done.Wait()
}

// counted counts what is read of a stream.
type counted struct {
	Stream
	bytes int
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.Stream.ReadAt(p, off)
	c.bytes += n
	return n, err
}

// TestWAVReadsLittle: a range costs what its stretch costs, whatever the length of the call.
func TestWAVReadsLittle(t *testing.T) {
	member, expert := phrases(32 * 48000)
	r := call(t, member, expert)
	stream := &counted{Stream: r.stream(t)}
	source, err := NewSource(r.layout, stream)
	if err != nil {
		t.Fatal(err)
	}
	wav, err := NewWAVReader(source, Stereo)
	if err != nil {
		t.Fatal(err)
	}
	if whole(t, wav); len(wav.recent) != cachedChunks {
		t.Errorf("after all of it: got %d seconds in memory, want %d", len(wav.recent), cachedChunks)
	}
	perSecond := int(stream.Size() / 32)
	stream.bytes = 0
	if _, err := wav.ReadAt(make([]byte, 1000), wavHeaderSize+25*192_000); err != nil {
		t.Fatal(err)
	}
	if limit := 9 * perSecond; stream.bytes > limit {
		t.Errorf("a range in second 25 read %d bytes, want at most %d: seconds 19 to 25", stream.bytes, limit)
	}
	if _, err := wav.ReadAt(make([]byte, 1000), wavHeaderSize+26*192_000); err != nil {
		t.Fatal(err)
	}
	if limit := 10 * perSecond; stream.bytes > limit {
		t.Errorf("with the second after it %d bytes, want at most %d: it was begun anew", stream.bytes, limit)
	}
}

func TestWAVTooLong(t *testing.T) {
	for channels, longest := range map[Channels]int64{Stereo: (1<<32 - 1 - 36) / 4, Mono: (1<<32 - 1 - 36) / 2} {
		for samples, want := range map[int64]error{longest: nil, longest + 1: ErrTooLong} {
			source := &Source{layout: ogg.Layout{TotalSamples: samples}}
			if _, err := NewWAVReader(source, channels); !errors.Is(err, want) {
				t.Errorf("%d samples in %d channels: got %v, want %v", samples, channels.count(), err, want)
			}
		}
	}
	if _, err := NewWAVReader(&Source{}, Channels(2)); err == nil {
		t.Error("unknown channels: got no error")
	}
}

// BenchmarkWholeWAV reports how many seconds of a call are decoded in one.
func BenchmarkWholeWAV(b *testing.B) {
	const seconds = 60
	member, expert := phrases(seconds * 48000)
	r := call(b, member, expert)
	for b.Loop() {
		if _, err := r.wav(b, Stereo).WriteTo(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(seconds*b.N)/b.Elapsed().Seconds(), "×real-time")
}

// BenchmarkSeek is the dearest seek: to the end of a stretch.
func BenchmarkSeek(b *testing.B) {
	member, expert := phrases(30 * 48000)
	r := call(b, member, expert)
	part := make([]byte, 32<<10)
	for b.Loop() {
		if _, err := r.wav(b, Stereo).ReadAt(part, wavHeaderSize+19*192_000); err != nil {
			b.Fatal(err)
		}
	}
}
