package hub

import (
	"errors"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/signaling/session"
	"parley/signaling/wire"
)

// TestTheExpertAnswersInAMinute: both see in every tab until when, the call outlives its
// ring time, and what is said too late changes nothing. A promise that is not kept is a
// missed call.
func TestTheExpertAnswersInAMinute(t *testing.T) {
	const ring, delay = 2 * time.Second, 2500 * time.Millisecond
	h := newHouseIn(t, "DE", 0, false, func(c *Config) { c.Env.Limits.Ring, c.Env.Limits.Delay = ring, delay })
	second := h.enter("lee", auth.RoleExpert, "DE")
	waits := func(v wire.CallView) bool { return v.State == "ringing" && v.AnswersBy != nil }

	call := h.ring()
	if err := h.member.Handle(t.Context(), &wire.CallDelay{Call: call}); !errors.Is(err, ErrForbidden) {
		t.Errorf("the member delays: got %v, want ErrForbidden", err)
	}
	h.must(h.expert.Handle(t.Context(), &wire.CallDelay{Call: call}))
	told := *h.member.until(t, "the promise", waits).AnswersBy
	h.must(second.Handle(t.Context(), &wire.CallDelay{Call: call})) // a second click, in another tab
	for _, tab := range []*actor{h.expert, second} {
		if v := tab.until(t, "the promise", waits); !v.AnswersBy.Equal(told) {
			t.Errorf("the expert sees %v, the member %v", v.AnswersBy, told)
		}
	}
	<-time.After(time.Until(told)) // longer than it would have rung
	if v := h.member.call(); v.State != "ringing" {
		t.Fatalf("at the promised time the call is %s by %q, want it to ring", v.State, v.EndReason)
	}
	h.must(second.Handle(t.Context(), &wire.CallAccept{Call: call}))
	if v := h.member.until(t, "the accept", func(v wire.CallView) bool { return v.State == "connecting" }); v.AnswersBy != nil {
		t.Errorf("accepted, and an answer is promised by %v", v.AnswersBy)
	}
	h.must(h.expert.Handle(t.Context(), &wire.CallDelay{Call: call})) // too late
	h.hangUp(h.expert, call)

	call = h.ring()
	h.must(h.expert.Handle(t.Context(), &wire.CallDelay{Call: call}))
	h.member.ended(t, session.EndNoAnswer)
}
