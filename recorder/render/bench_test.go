package render

import (
	"syscall"
	"testing"
	"time"

	"parley/media/opus"
)

// BenchmarkCopy renders ten minutes of both voices as they were sent.
func BenchmarkCopy(b *testing.B) {
	c := newCall(10*time.Minute+time.Second, looped(1, 10, 0), looped(2, 10, 0))
	// The journal's records are not the render's work.
	records := c.flush(b, 0, c.length+1)
	b.ReportAllocs()
	var spent time.Duration
	for b.Loop() {
		began := cpuTime(b)
		c.replay(b, ModeCopy, records)
		spent += cpuTime(b) - began
	}
	b.ReportMetric(c.length.Seconds()*float64(b.N)/spent.Seconds(), "call-s/CPU-s")
}

// cpuTime is what the process has used so far, on all cores: on a machine that
// others use too it tells more than the clock.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkEncode renders a minute of both voices by decoding and encoding,
// and in turn lets libopus alone do the same: decode each packet and encode
// each frame. The ratio is what everything else costs.
func BenchmarkEncode(b *testing.B) {
	for _, r := range []struct {
		name          string
		member, other scene
	}{
		{"clean", looped(1, 1, 0), looped(2, 1, 0)},
		{"loss", looped(1, 1, 0).loseRandomly(0.05).jitter(40 * time.Millisecond), looped(2, 1, 0)},
	} {
		b.Run(r.name, func(b *testing.B) {
			c := newCall(time.Minute, r.member, r.other)
			records := c.flush(b, 0, c.length+1)
			var ours, bare time.Duration
			for b.Loop() {
				began := cpuTime(b)
				c.replay(b, ModeEncode, records)
				between := cpuTime(b)
				bareLibopus(b, r.member)
				bareLibopus(b, r.other)
				ours, bare = ours+between-began, bare+cpuTime(b)-between
			}
			b.ReportMetric(c.length.Seconds()*float64(b.N)/ours.Seconds(), "call-s/CPU-s")
			b.ReportMetric(ours.Seconds()/bare.Seconds(), "×bare")
		})
	}
}

// bareLibopus decodes a voice, with concealment of what was lost, and encodes
// it again.
func bareLibopus(b *testing.B, s scene) {
	dec, err := opus.NewDecoder()
	if err != nil {
		b.Fatal(err)
	}
	enc, err := opus.NewEncoder(opus.Config{})
	if err != nil {
		b.Fatal(err)
	}
	pcm, packet := make([]int16, opus.MaxPacketSamples48k), make([]byte, opus.MaxFramePacketBytes)
	for _, p := range s {
		if p.lost {
			err = dec.Conceal(pcm[:frame])
		} else {
			_, err = dec.Decode(p.Payload, pcm)
		}
		if err == nil {
			_, err = enc.Encode(pcm[:frame], packet)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
