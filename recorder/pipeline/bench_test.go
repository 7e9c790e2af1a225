package pipeline

import (
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/pion/rtp"

	"parley/media/audiolevel"
	"parley/storage/id"
)

// BenchmarkLive holds recordings of many calls at once in real time, and
// reports what one costs while its call goes on, all of it counted: capture,
// seal, disk, the render that follows, and the garbage of it. cpu-ms/call-s is
// CPU time of the process and of the system for it by second of call;
// KiB/call is what a recording holds in memory. Browsers state the level of
// each packet; where nobody does, voices are decoded to be drawn.
func BenchmarkLive(b *testing.B) {
	phrases() // the speech is not the recorder's
	b.Run("levels=stated", func(b *testing.B) { holdLive(b, true) })
	b.Run("levels=none", func(b *testing.B) { holdLive(b, false) })
}

func holdLive(b *testing.B, levels bool) {
	const calls, warm, talk = 20, 20 * time.Second, 10 * time.Second
	for b.Loop() {
		p := newHouse(b).start()
		empty := held()
		var recordings []*Recording
		for range calls {
			p.clock.set(time.Now())
			p.call.ID = id.NewCall(time.Now())
			if err := p.house.meta.InsertCall(b.Context(), p.call); err != nil {
				b.Fatal(err)
			}
			recordings = append(recordings, p.begin())
		}
		talkLive(p, recordings, 0, warm, levels)
		before := cpuTime(b)
		talkLive(p, recordings, warm, warm+talk, levels)
		used, full := cpuTime(b)-before, held()
		b.ReportMetric(float64(used.Microseconds())/1000/(talk.Seconds()*calls), "cpu-ms/call-s")
		b.ReportMetric(float64(full-empty)/1024/calls, "KiB/call")
		for _, r := range recordings {
			r.Finish()
		}
		p.kill()
	}
}

// talkLive lets both legs of all recordings send a packet each 20 ms, from one
// instant of the calls to another.
func talkLive(p *process, recordings []*Recording, from, to time.Duration, levels bool) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for i := int(from / (20 * time.Millisecond)); i < int(to/(20*time.Millisecond)); i++ {
		at := <-tick.C
		p.clock.set(at)
		for _, r := range recordings {
			for leg := range 2 {
				packets := phrases().packets[leg]
				h := &rtp.Header{SequenceNumber: uint16(i), Timestamp: uint32(i * 960), SSRC: uint32(leg + 1)}
				if levels {
					_ = h.SetExtension(audiolevel.Extension, []byte{byte(20 + i%40)}) // fits
				}
				r.Packet(leg, at, h, packets[i%len(packets)])
			}
		}
	}
}

// held is the memory in use, stacks among it, when all garbage is gone.
func held() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// cpuTime is what this process has used.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
