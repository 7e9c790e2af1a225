package integration_test

import (
	"testing"
	"time"

	"parley/signaling/wire"
)

// told is the most time from the last sound until both know that one is not heard.
const told = 6 * time.Second

// chatter keeps a phone talking.
func chatter(p *phone, seconds int) {
	pcm := make([]int16, seconds*48_000)
	for i := range pcm {
		pcm[i] = int16(6000 * (i / 60 % 2))
	}
	p.Media().SayNow(pcm)
}

// TestOneWayAudio: in a call that is not recorded, who sends nothing, or only digital
// silence, is told so, and so is the other; who is muted is not.
func TestOneWayAudio(t *testing.T) {
	for fault, row := range map[string]struct {
		begin, end func(p *phone, call string)
	}{
		"no_packets": {func(p *phone, _ string) { p.Media().Lose(10) }, func(p *phone, _ string) { p.Media().Lose(0) }},
		"silence":    {func(p *phone, _ string) { p.Media().SayNow(nil) }, func(p *phone, _ string) { chatter(p, 60) }},
	} {
		t.Run(fault, func(t *testing.T) {
			s := serve(t, nil)
			member, expert := s.phone(maya), s.available(lee)
			call := talk(member, expert, "no")
			chatter(member, 60)
			chatter(expert, 60)
			fine := func(c *wire.CallView) bool { return c.Media.YouSound.Fault == "" && c.Media.PeerSound.Fault == "" }
			expert.call("that both are heard", fine)

			row.begin(member, call)
			begun := time.Now()
			member.call("that one is not heard", func(c *wire.CallView) bool { return c.Media.YouSound.Fault == fault })
			expert.call("that the other is not heard", func(c *wire.CallView) bool { return c.Media.PeerSound.Fault == fault && c.Media.YouSound.Fault == "" })
			if took := time.Since(begun); took > told {
				t.Errorf("told after %s, want %s at most", took, told)
			}
			row.end(member, call)
			member.call("that one is heard again", fine)
			expert.call("that the other is heard again", fine)

			member.send(&wire.MediaMute{Call: call, Muted: true})
			expert.call("that the other is muted", func(c *wire.CallView) bool { return c.Media.PeerMuted })
			row.begin(member, call)
			if got := faultWithin(expert, told+time.Second); got != "" {
				t.Errorf("while muted: got the fault %q, want none", got)
			}
			member.send(&wire.CallHangup{Call: call})
			expert.ended("completed")
			kept := s.call(call, isOver)
			if a := kept.Alarms[0]; a.Absences+a.Silences != 1 || (fault == "no_packets") != (a.Absences == 1) {
				t.Errorf("the record: got %+v, want one %s", a, fault)
			}
		})
	}
}

// faultWithin waits for a fault of the other side, and gives up.
func faultWithin(p *phone, d time.Duration) string {
	deadline, tick := time.After(d), time.NewTicker(50*time.Millisecond)
	defer tick.Stop()
	for {
		if c := p.State().Call; c != nil && c.Media.PeerSound.Fault != "" {
			return c.Media.PeerSound.Fault
		}
		select {
		case <-tick.C:
		case <-deadline:
			return ""
		}
	}
}
