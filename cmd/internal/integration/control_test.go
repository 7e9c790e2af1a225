package integration_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/recorder/journal"
	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// TestTheFirstTabThatAcceptsHasTheCall: it rings in both tabs of the expert; the
// second to accept is told, and neither its clicks nor a late cancel end the call.
func TestTheFirstTabThatAcceptsHasTheCall(t *testing.T) {
	s := serve(t, nil)
	member, first, second := s.phone(maya), s.available(lee), s.phone(lee)
	call := ring(member, first)
	second.state("ringing")
	member.send(&wire.CallStart{Expert: first.name}) // a second click
	first.send(&wire.CallAccept{Call: call})
	first.call("the call here", func(c *wire.CallView) bool { return c.State == "connecting" && c.Here })
	second.call("that it is elsewhere", func(c *wire.CallView) bool { return c.State == "connecting" && !c.Here })
	second.send(&wire.CallAccept{Call: call})
	second.problem("answered-elsewhere")
	second.send(&wire.CallDecline{Call: call})
	second.problem("wrong-phase")
	first.send(&wire.CallAccept{Call: call}) // a second click
	member.answer("no")
	first.answer("no")
	member.state("active")
	if p := member.State().Problem; p != nil {
		t.Errorf("the second click on the call: got the problem %+v, want none", p)
	}
	if p := first.State().Problem; p != nil {
		t.Errorf("the second click on accept: got the problem %+v, want none", p)
	}
	member.send(&wire.CallHangup{Call: call})
	for _, p := range []*phone{member, first, second} {
		p.ended("completed")
	}
}

// TestHold: nobody hears the other, nothing is recorded, both see why, and it
// goes on when who put the call on hold takes it back.
func TestHold(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	call := talk(member, expert, "yes")
	member.call("the light", func(c *wire.CallView) bool { return c.Recording.State == wire.RecordingOn })
	expert.Media().Say(tone())
	heard(t, member)
	expert.send(&wire.CallHold{Call: call, On: true})
	held := func(by wire.HoldView) func(*wire.CallView) bool {
		return func(c *wire.CallView) bool {
			return c.Hold == by && c.Recording.State == wire.RecordingPaused && c.Recording.Text == "Paused: on hold" && !c.Recording.Paused
		}
	}
	expert.call("own hold", held(wire.HoldView{ByYou: true}))
	member.call("the other's hold", held(wire.HoldView{ByPeer: true}))
	member.send(&wire.CallHold{Call: call}) // it is not the member's
	member.send(&wire.CallHold{Call: call, On: true})
	member.call("both hold", held(wire.HoldView{ByYou: true, ByPeer: true}))
	expert.send(&wire.CallHold{Call: call})
	expert.call("the other's hold", held(wire.HoldView{ByPeer: true}))
	if n := s.recorder.opened(); n != 1 {
		t.Errorf("the gate was opened %d times while the call was on hold, want once, at the start", n)
	}
	member.send(&wire.CallHold{Call: call})
	member.call("the light again", func(c *wire.CallView) bool {
		return c.Hold == wire.HoldView{} && c.Recording.State == wire.RecordingOn
	})
	heard(t, member)
	s.recorder.wait(t, "the marks", func(r []*fakeRecording) bool {
		return len(r) == 1 && slices.Equal(r[0].marks, []journal.Event{
			{Kind: journal.EventHold, Leg: journal.LegExpert}, {Kind: journal.EventHold, Leg: journal.LegMember},
			{Kind: journal.EventUnhold, Leg: journal.LegExpert}, {Kind: journal.EventUnhold, Leg: journal.LegMember},
		})
	})
}

// TestTheLongestCall: both are told before, and it ends with its own reason.
func TestTheLongestCall(t *testing.T) {
	s := serve(t, func(l *session.Limits) { l.Length, l.Warn = 2*time.Second, time.Second })
	member, expert := s.phone(maya), s.available(lee)
	call := talk(member, expert, "no")
	for _, p := range []*phone{member, expert} {
		c := p.call("the warning", func(c *wire.CallView) bool { return c.EndsAt != nil })
		if c.State != "active" {
			t.Errorf("%s is warned when the call is %s", p.name, c.State)
		}
	}
	member.ended("limit")
	expert.ended("limit")
	kept := s.call(call, isOver)
	if got := kept.EndedAt.Sub(*kept.ConnectedAt); got < 2*time.Second || kept.EndReason != "limit" {
		t.Errorf("the record: ended %q after %v, want limit after 2s", kept.EndReason, got)
	}
}

// TestCallsThatNeverRing: each is kept with its own reason, and one's clicks in
// quick succession once.
func TestCallsThatNeverRing(t *testing.T) {
	kept := &keptCalls{Store: openSQLite(t)}
	s := serveOn(t, kept, nil)
	expert, away := s.available(lee), s.phone(ortiz)
	blocked, busy, late := s.phone(noah), s.phone(maya), s.phone(person("zoe", "member", "US-TX"))
	s.request("PUT", "/api/v1/blocks/noah", &lee, "", nil)
	blocked.send(&wire.CallStart{Expert: expert.name})
	blocked.problem("expert-away")
	busy.send(&wire.CallStart{Expert: away.name})
	busy.problem("expert-away")
	ring(busy, expert)
	for range 3 {
		late.send(&wire.CallStart{Expert: expert.name})
		late.problem("expert-busy")
	}
	want := map[id.PersonID]string{"noah": "blocked", "maya": "away", "zoe": "busy"}
	for p, reason := range want {
		if got := kept.reasons(p); !slices.Equal(got, []string{reason}) {
			t.Errorf("calls of %s ended %v, want %s once", p, got, reason)
		}
	}
}

// keptCalls remembers the calls that were over when they were stored.
type keptCalls struct {
	meta.Store
	mu   sync.Mutex // guards over
	over []meta.Call
}

func (k *keptCalls) InsertCall(ctx context.Context, c meta.Call) error {
	k.mu.Lock()
	if c.EndedAt != nil {
		k.over = append(k.over, c)
	}
	k.mu.Unlock()
	return k.Store.InsertCall(ctx, c)
}

// reasons are those for which a member's calls never rang.
func (k *keptCalls) reasons(member id.PersonID) (reasons []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range k.over {
		if c.MemberID == member {
			reasons = append(reasons, c.EndReason)
		}
	}
	return reasons
}

// opened is how often the gate of the first recording was opened.
func (r *fakeRecorder) opened() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.made[0].proofs)
}
