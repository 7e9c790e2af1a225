package integration_test

import (
	"testing"

	"parley/signaling/wire"
	"parley/storage/meta"
)

// TestQuality: both people see how the connections are, and when one loses sound
// whose it is; the record of the call keeps what was measured.
func TestQuality(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	call := talk(member, expert, "no")
	fine := wire.QualityView{Word: "excellent"}
	for _, p := range []*phone{member, expert} {
		p.call("both connections to be well", func(c *wire.CallView) bool { return c.Media.YouQuality == fine && c.Media.PeerQuality == fine })
	}
	s.call(call, func(c meta.Call) bool { // it does not wait for the end
		return c.EndedAt == nil && c.Quality[0].Sent != nil && c.Quality[0].Sent.Samples >= 3
	})
	member.Media().Lose(3)
	loses := wire.QualityView{Word: "poor", Reason: "outgoing"}
	member.call("that the own connection loses sound", func(c *wire.CallView) bool { return c.Media.YouQuality == loses })
	expert.call("that the other's connection does", func(c *wire.CallView) bool {
		return c.Media.PeerQuality == loses && c.Media.YouQuality.Word != "poor"
	})
	member.Media().Lose(0)
	expert.call("that it is well again", func(c *wire.CallView) bool { return c.Media.PeerQuality == fine && c.Media.YouQuality == fine })
	member.send(&wire.CallHangup{Call: call})
	expert.ended("completed")

	kept := s.call(call, isOver).Quality
	sent, heard := kept[0].Sent, kept[1].Heard
	if sent == nil || sent.Samples < 10 || sent.LossPercent.Worst < 25 || sent.MOS.Worst >= 3.5 || sent.MOS.Average <= sent.MOS.Worst {
		t.Errorf("what the member sent: got %+v, want a stretch of loss in it", sent)
	}
	if heard == nil || heard.Samples < 5 || heard.LossPercent.Average > 3 || heard.MOS.Average < 4 {
		t.Errorf("what the expert heard: got %+v, want the member's loss not counted there", heard)
	}
	for _, way := range []*meta.WayQuality{kept[1].Sent, kept[0].Heard} {
		if way == nil || way.MOS.Average < 4 || way.RoundTripMs.Average <= 0 {
			t.Errorf("the other direction: got %+v, want it to be well", way)
		}
	}
}
