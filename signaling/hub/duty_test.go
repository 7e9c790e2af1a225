package hub

import (
	"errors"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/signaling/session"
	"parley/signaling/wire"
)

// untilDuty waits for an expert to be told of a state.
func (a *actor) untilDuty(t *testing.T, want wire.Presence) wire.Presence {
	t.Helper()
	deadline := time.After(patience)
	for {
		a.mu.Lock()
		got := a.duty
		a.mu.Unlock()
		until := got.WrapUpUntil
		if got.WrapUpUntil = nil; got == want {
			got.WrapUpUntil = until
			return got
		}
		select {
		case <-a.news:
		case <-deadline:
			t.Fatalf("own state: got %+v, want %+v", got, want)
		}
	}
}

// start calls the expert once the call before is no longer in the way.
func (s *stage) start() error {
	s.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		err := s.member.Handle(s.t.Context(), &wire.CallStart{Expert: "lee"})
		if !errors.Is(err, ErrInCall) || time.Now().After(deadline) {
			return err
		}
		<-time.After(time.Millisecond)
	}
}

func (a *actor) ended(t *testing.T, reason session.EndReason) {
	t.Helper()
	a.until(t, string(reason), func(v wire.CallView) bool { return v.EndReason == string(reason) })
}

// restart is another process on the same metadata, where both sign in.
func (h *house) restart(t *testing.T) *stage {
	t.Helper()
	h.stage.close()
	again := &stage{t: t, payload: h.payload, hub: New(h.hub.cfg)}
	t.Cleanup(again.close)
	again.member, again.expert = again.enter("maya", auth.RoleMember, "US-CA"), again.enter("lee", auth.RoleExpert, "DE")
	return again
}

var (
	free     = wire.Presence{Available: true, State: wire.StateAvailable}
	inACall  = wire.Presence{Available: true, State: wire.StateBusy}
	wrapping = wire.Presence{Available: true, State: wire.StateWrapUp}
)

func TestMissedCallsInARowSetAnExpertNotAvailable(t *testing.T) {
	h := newHouseIn(t, "DE", 0, false, func(c *Config) {
		c.Env.Limits.Ring, c.Duty.Missed = 200*time.Millisecond, 2
	})
	off := wire.Presence{State: wire.StateAway, Reason: "missed_calls"}
	h.must(h.start())
	h.expert.untilDuty(t, inACall)
	h.expert.untilDuty(t, free) // one is none
	h.must(h.start())
	h.expert.untilDuty(t, off)
	if err := h.start(); !errors.Is(err, ErrAway) {
		t.Errorf("call after two were missed: got %v, want %v", err, ErrAway)
	}
	again := h.restart(t)
	again.expert.untilDuty(t, off)
	again.must(again.expert.Handle(t.Context(), &wire.PresenceSet{Available: true}))
	again.expert.untilDuty(t, free)
}

func TestACallThatWasDeclinedWasNotMissed(t *testing.T) {
	h := newHouseIn(t, "DE", 0, false, func(c *Config) { c.Duty.Missed = 1 })
	call := h.ring()
	h.must(h.expert.Handle(t.Context(), &wire.CallDecline{Call: call}))
	h.member.ended(t, session.EndDeclined)
	h.must(h.start())
	h.must(h.member.Handle(t.Context(), &wire.CallCancel{Call: h.expert.until(t, "the ringing", ringing).ID}))
	h.member.ended(t, session.EndCancelled)
	h.expert.untilDuty(t, free)
}

func ringing(v wire.CallView) bool { return v.State == "ringing" }

func TestAnExpertWrapsUp(t *testing.T) {
	h := newHouseIn(t, "DE", 0, false, func(c *Config) { c.Duty.WrapUp, c.Env.Limits.Sound = time.Hour, time.Millisecond })
	talk := func(s *stage) wire.Presence {
		call := s.talk()
		s.member.until(t, "the talk", func(v wire.CallView) bool { return v.State == "active" })
		s.must(s.member.Handle(t.Context(), &wire.CallHangup{Call: call}))
		return s.expert.untilDuty(t, wrapping)
	}
	first := talk(h.stage)
	if first.WrapUpUntil == nil || !first.WrapUpUntil.After(time.Now()) {
		t.Errorf("end of the wrap-up: got %v, want one that is to come", first.WrapUpUntil)
	}
	if err := h.start(); !errors.Is(err, ErrWrapUp) || !errors.Is(err, ErrBusy) {
		t.Errorf("call to somebody who wraps up: got %v, want %v", err, ErrWrapUp)
	}
	again := h.restart(t)
	if kept := again.expert.untilDuty(t, wrapping); kept.WrapUpUntil == nil || kept.WrapUpUntil.Sub(*first.WrapUpUntil).Abs() > time.Millisecond {
		t.Errorf("end of the wrap-up after a restart: got %v, want %v", kept.WrapUpUntil, first.WrapUpUntil)
	}
	again.must(again.expert.Handle(t.Context(), &wire.PresenceSet{Available: true}))
	again.expert.untilDuty(t, free)
	again.must(again.start())
}

func TestAWrapUpEndsByItself(t *testing.T) {
	h := newHouseIn(t, "DE", 0, false, func(c *Config) {
		c.Duty.WrapUp, c.Env.Limits.Sound = 300*time.Millisecond, time.Millisecond
	})
	call := h.talk()
	h.member.until(t, "the talk", func(v wire.CallView) bool { return v.State == "active" })
	h.expert.untilDuty(t, inACall) // what it is told later is of the end
	h.must(h.member.Handle(t.Context(), &wire.CallHangup{Call: call}))
	h.member.ended(t, session.EndCompleted)
	h.expert.untilDuty(t, free)
	h.must(h.start())
}

func TestAftermath(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	d := Duty{WrapUp: time.Minute}
	for _, tc := range []struct {
		name string
		call session.Call
		want aftermath
	}{
		{"completed", session.Call{End: session.EndCompleted, AcceptedAt: noon, ConnectedAt: noon, EndedAt: noon},
			aftermath{session.EndCompleted, true, noon.Add(time.Minute)}},
		{"never connected", session.Call{End: session.EndFailed, AcceptedAt: noon, EndedAt: noon}, aftermath{ended: session.EndFailed, taken: true}},
		{"declined", session.Call{End: session.EndDeclined, EndedAt: noon}, aftermath{ended: session.EndDeclined, taken: true}},
		{"cancelled", session.Call{End: session.EndCancelled, EndedAt: noon}, aftermath{ended: session.EndCancelled}},
		{"missed", session.Call{End: session.EndNoAnswer, EndedAt: noon}, aftermath{ended: session.EndNoAnswer}},
	} {
		if got := d.aftermathOf(tc.call); got != tc.want {
			t.Errorf("%s: got %+v, want %+v", tc.name, got, tc.want)
		}
	}
}
