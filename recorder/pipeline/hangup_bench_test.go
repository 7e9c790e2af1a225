package pipeline

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"parley/media/audiolevel"
	"parley/storage/id"
	"parley/storage/meta"
)

// BenchmarkHangUp measures from the end of calls until each can be played:
// calls of a length that end together, on a store in a folder. Their packets
// come faster than in life, and the render has followed them when they end.
func BenchmarkHangUp(b *testing.B) {
	for _, length := range []time.Duration{time.Minute, time.Hour} {
		for _, calls := range []int{1, 20} {
			b.Run(fmt.Sprintf("length=%s/calls=%d", length, calls), func(b *testing.B) {
				var took []time.Duration
				for range b.N {
					took = append(took, hangUps(b, length, calls)...)
				}
				slices.Sort(took)
				b.ReportMetric(took[len(took)/2].Seconds()*1000, "p50-ms")
				b.ReportMetric(took[len(took)*95/100].Seconds()*1000, "p95-ms")
				b.ReportMetric(0, "ns/op") // mostly the calls themselves
			})
		}
	}
}

// hangUps returns how long after the hang-up each call could be played.
func hangUps(b *testing.B, length time.Duration, calls int) []time.Duration {
	b.Helper()
	h := newHouse(b)
	var mu sync.Mutex // guards ready
	ready := map[id.RecordingID]time.Time{}
	p := h.start(func(c *Config) {
		c.OnReady = func(r meta.Recording) {
			mu.Lock()
			defer mu.Unlock()
			ready[r.ID] = time.Now()
		}
	})
	begun := p.clock.now()
	recs := make([]*Recording, calls)
	for i := range recs {
		recs[i] = p.begin()
	}
	const step = 20 * time.Second // what a buffer holds
	for at := time.Duration(0); at < length; at += step {
		for _, r := range recs {
			sayStep(b, r, begun, at, at+step)
		}
		p.clock.set(begun.Add(at + step))
		for _, r := range recs {
			p.eventually("the render follows", func() bool {
				return r.saved.Load() >= (at+step).Microseconds() && len(r.batches) == 0
			})
		}
	}
	idle(p)
	end := time.Now()
	for _, r := range recs {
		r.Finish()
	}
	var took []time.Duration
	for _, r := range recs {
		p.eventually("it can be played", func() bool { mu.Lock(); defer mu.Unlock(); return !ready[r.ID()].IsZero() })
		mu.Lock()
		took = append(took, ready[r.ID()].Sub(end))
		mu.Unlock()
	}
	p.kill()
	return took
}

// idle waits until no render is under way.
func idle(p *process) {
	var release []func()
	for range cap(p.pipeline.slots) {
		release = append(release, p.pipeline.slot())
	}
	for _, r := range release {
		r()
	}
}

// sayStep lets both legs send packets with audio levels, as browsers do.
func sayStep(b *testing.B, r *Recording, begun time.Time, from, to time.Duration) {
	for i := int(from / (20 * time.Millisecond)); i < int(to/(20*time.Millisecond)); i++ {
		for leg := range 2 {
			h := &rtp.Header{SequenceNumber: uint16(i), Timestamp: uint32(i * 960), SSRC: uint32(leg + 1)}
			if err := h.SetExtension(audiolevel.Extension, []byte{byte(20 + i%40)}); err != nil {
				b.Fatal(err)
			}
			packets := phrases().packets[leg]
			r.Packet(leg, begun.Add(time.Duration(i)*20*time.Millisecond), h, packets[i%len(packets)])
		}
	}
}
