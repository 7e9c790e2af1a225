package integration_test

import (
	"encoding/json"
	"strings"
	"testing"

	"parley/signaling/wire"
)

// TestNeitherLearnsTheOthersAddress: what a browser says of its addresses reaches the
// server alone; all that the other side is sent holds none of it.
func TestNeitherLearnsTheOthersAddress(t *testing.T) {
	const address = "203.0.113.77"
	s := serve(t, nil)
	member, expert := s.dialRaw(maya), s.available(lee)
	other := s.dialRaw(lee) // keeps all that the expert is sent
	member.send(&wire.CallStart{Expert: expert.name})
	offer, _ := member.wait("the offer", func(m wire.ServerMessage) bool { _, ok := m.(wire.MediaOffer); return ok }).(wire.MediaOffer)
	answer := browserAnswer(t, offer.SDP)
	known := "a=candidate:7 1 udp 2130706431 " + address + " 5000 typ host\r\n"
	member.send(&wire.MediaAnswer{Call: offer.Call, Generation: offer.Generation, SDP: answer + known})
	member.send(&wire.MediaCandidate{Ref: wire.Ref{Ref: "late"}, Call: offer.Call, Generation: offer.Generation, Candidate: &wire.Candidate{Candidate: "candidate:8 1 udp 2130706430 " + address + " 5001 typ host"}})
	other.send(&wire.CallAccept{Call: offer.Call})
	other.wait("its own offer", func(m wire.ServerMessage) bool { _, ok := m.(wire.MediaOffer); return ok })
	member.view("the call accepted", func(c wire.CallView) bool { return c.State == "connecting" })
	member.send(&wire.CallHangup{Call: offer.Call})
	other.view("the end", func(c wire.CallView) bool { return c.State == "ended" })
	if len(member.errors()) != 0 {
		t.Fatalf("refused: %+v, want the addresses taken", member.errors())
	}
	other.mu.Lock()
	defer other.mu.Unlock()
	for _, m := range other.messages {
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), address) {
			t.Errorf("the expert is sent the member's address: %s", text)
		}
	}
}
