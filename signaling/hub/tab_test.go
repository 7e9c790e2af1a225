package hub

import (
	"testing"

	"parley/signaling/auth"
	"parley/signaling/wire"
)

const mayasTab = "0123456789abcdef"

// TestATabComesBackToItsSound: a socket that drops and comes back changes nothing
// of the sound, which goes on; another tab has none of it.
func TestATabComesBackToItsSound(t *testing.T) {
	h := newHouse(t, 0, false)
	h.member.Detach(t.Context())
	h.member = h.enterTab("maya", auth.RoleMember, "DE", mayasTab)
	c := h.talk()
	connections := h.connections()
	before := h.member
	before.Detach(t.Context())
	h.member = h.enterTab("maya", auth.RoleMember, "DE", mayasTab)
	if v := h.member.call(); v.ID != c || !v.Here {
		t.Errorf("the same tab came back: here is %t in call %q, want it in call %q", v.Here, v.ID, c)
	}
	other := h.enterTab("maya", auth.RoleMember, "DE", "another-tab-of-hers")
	if v := other.call(); v.ID != c || v.Here {
		t.Errorf("another tab: here is %t in call %q, want the call but not its sound", v.Here, v.ID)
	}
	thief := h.enterTab("noah", auth.RoleMember, "DE", mayasTab)
	if v := thief.call(); v.ID != "" {
		t.Errorf("somebody else with the same tab sees call %q, want none", v.ID)
	}
	// What comes late from the former socket takes nothing away.
	before.Detach(t.Context())
	h.answer(h.member, "yes")
	h.member.until(t, "the own answer", func(v wire.CallView) bool { return v.Consent.Answer == "yes" })
	if got := h.connections(); got != connections {
		t.Errorf("connections: got %d, want the %d of before", got, connections)
	}
	h.hangUp(h.member, c)
}
