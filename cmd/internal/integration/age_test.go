package integration_test

import (
	"testing"

	"parley/signaling/wire"
)

// TestTheYoungMayNotCall: people below the age of the platform are told so
// before anybody is rung, and an expert of that age cannot be called.
func TestTheYoungMayNotCall(t *testing.T) {
	young, old := maya, noah
	fifteen, sixteen := 15, 16
	young.Age, young.Adult = &fifteen, true // the age outweighs the claim
	old.Age, old.Adult = &sixteen, false
	child := ortiz
	child.Age = &fifteen

	s := serve(t, nil)
	expert := s.available(lee)
	kid := s.available(child)
	tooYoung := s.phone(young)
	tooYoung.send(&wire.CallStart{Expert: expert.name})
	tooYoung.problem("too-young")

	member := s.phone(old)
	member.send(&wire.CallStart{Expert: kid.name})
	member.problem("expert-away")
	ring(member, expert)
}
