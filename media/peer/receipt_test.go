package peer

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"parley/media/bridge"
)

// TestReceipt: packets of 20 ms each, some of which come late, twice or never.
func TestReceipt(t *testing.T) {
	type packet struct {
		seq    uint16
		lateMs int
		ssrc   uint32
	}
	run := func(from, n int) (out []packet) {
		for i := range n {
			out = append(out, packet{seq: uint16(from + i)})
		}
		return out
	}
	for name, row := range map[string]struct {
		packets []packet
		want    bridge.Reception
	}{
		"none":             {nil, bridge.Reception{}},
		"all, across 2^16": {run(65_530, 20), bridge.Reception{Expected: 20}},
		"some lost":        {append(run(10, 5), run(18, 5)...), bridge.Reception{Expected: 13, Lost: 3}},
		"sent again":       {append(append(run(10, 5), run(18, 5)...), packet{seq: 16, lateMs: 60}), bridge.Reception{Expected: 13, Lost: 2}},
		"another source":   {append(append(run(10, 5), packet{seq: 16}), packet{seq: 9000, ssrc: 7}, packet{seq: 9002, ssrc: 7}), bridge.Reception{Expected: 10, Lost: 2}},
		"counting anew":    {append(run(10, 5), run(9000, 5)...), bridge.Reception{Expected: 10}},
		"one is 16 ms late": {append(run(10, 5), packet{seq: 15, lateMs: 16}),
			bridge.Reception{Expected: 6, Jitter: time.Millisecond}},
	} {
		t.Run(name, func(t *testing.T) {
			var r receipt
			start := time.Now()
			for _, p := range row.packets {
				due := time.Duration(p.seq-row.packets[0].seq) * 20 * time.Millisecond
				h := rtp.Header{SequenceNumber: p.seq, SSRC: p.ssrc, Timestamp: ^uint32(0) - 3000 + uint32(due*clockRate/time.Second)}
				r.arrived(&h, start.Add(due+time.Duration(p.lateMs)*time.Millisecond))
			}
			if got := r.reception(); got != row.want {
				t.Errorf("got %+v, want %+v", got, row.want)
			}
		})
	}
}

func TestFeedback(t *testing.T) {
	var f feedback
	if got := f.reception(); got != (bridge.Reception{}) {
		t.Errorf("before the first report: got %+v, want nothing", got)
	}
	f.report(rtcp.ReceptionReport{LastSequenceNumber: 1<<16 + 5, TotalLost: 2, Jitter: 480})
	f.report(rtcp.ReceptionReport{LastSequenceNumber: 1<<16 + 255, TotalLost: 1<<24 - 1, Jitter: 960})
	want := bridge.Reception{Expected: 250, Lost: -1, Jitter: 20 * time.Millisecond, Reports: 2}
	if got := f.reception(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestReceptionIsTold: over a real connection, what was lost on its way here is
// counted, what the browser reports is read, and the round trip is known.
func TestReceptionIsTold(t *testing.T) {
	s, b := connect(t, factory(t))
	until(t, s.seen, "packets from the browser", func(n int) { b.speak(n*2, "every other one") },
		func() bool { return len(s.seen.packets) >= 20 })
	if in := s.Stats().In; in.Expected < 39 || in.Lost < int64(in.Expected)/4 {
		t.Errorf("received: got %+v, want about half of the packets lost", in)
	}
	ours, bound := s.out.ssrc()
	if !bound {
		t.Fatal("the outgoing track is not bound")
	}
	number := uint32(100)
	until(t, s.seen, "the browser's reports", func(int) {
		number += 50
		b.rtcp(t, &rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{
			{SSRC: ours + 1, LastSequenceNumber: 9, TotalLost: 9}, {SSRC: ours, LastSequenceNumber: number, TotalLost: number / 50, Jitter: 480},
		}})
	}, func() bool { return s.Stats().Out.Reports >= 3 })
	if out := s.Stats().Out; out.Expected < 100 || out.Lost < 4 || out.Jitter != 10*time.Millisecond {
		t.Errorf("reported: got %+v, want what the browser said of our packets", out)
	}
	until(t, s.seen, "the round trip", func(int) {}, func() bool { return s.Stats().RoundTrip > 0 })
}
