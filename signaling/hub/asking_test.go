package hub

import (
	"testing"

	"parley/signaling/wire"
)

// TestNobodyIsRungBeforeTheMemberHasAnswered: where the operator wants no
// unrecorded calls, the expert learns of the call with the member's yes, and of a
// no not at all.
func TestNobodyIsRungBeforeTheMemberHasAnswered(t *testing.T) {
	for _, answer := range []string{"yes", "no"} {
		t.Run(answer, func(t *testing.T) {
			h := newHouseIn(t, "DE", 0, false, func(c *Config) { c.Env.EndOnDecline = true })
			h.must(h.member.Handle(t.Context(), &wire.CallStart{Expert: "lee"}))
			h.member.until(t, "the question", func(v wire.CallView) bool { return v.State == "asking" && v.Consent.Question != nil })
			if v := h.expert.call(); v.ID != "" {
				t.Errorf("the expert sees %+v, want nothing before the member has answered", v)
			}
			h.answer(h.member, answer)
			if answer == "yes" {
				h.expert.until(t, "the ringing", func(v wire.CallView) bool { return v.State == "ringing" })
				h.member.until(t, "the ringing", func(v wire.CallView) bool { return v.State == "ringing" })
				return
			}
			h.member.until(t, "the end", func(v wire.CallView) bool { return v.State == "ended" && v.EndReason == "not_agreed" })
			if v := h.expert.call(); v.ID != "" {
				t.Errorf("the expert sees %+v, want nothing of a call that never rang", v)
			}
		})
	}
}
