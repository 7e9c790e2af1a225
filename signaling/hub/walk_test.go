package hub

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/media/bridge"
	"parley/signaling/auth"
	"parley/signaling/session"
	"parley/signaling/wire"
)

// crowd is a house with several tabs of everybody, who do what they like.
type crowd struct {
	*house
	tabs  []*actor // two of the member, two of the expert, one of somebody else
	calls []string // that anybody has seen, and one that there never was
	seen  map[string]int
}

// refusals are what a person can be told; anything else is our fault.
func mayBeTold() []error {
	return []error{
		ErrAway, ErrBusy, ErrInCall, ErrNoSuchCall, ErrForbidden, ErrSelfCall, ErrOverload, ErrChatty, session.ErrWrongPhase, session.ErrElsewhere,
		session.ErrStaleQuestion, session.ErrNotANotice, bridge.ErrGeneration,
	}
}

// message draws one that a tab may send, in any order and about any call.
func (c *crowd) message(t *rapid.T, a *actor) wire.ClientMessage {
	call := rapid.SampledFrom(c.calls).Draw(t, "call")
	hash := "none"
	if q := a.call().Consent.Question; q != nil {
		hash = q.Hash
	}
	flag := rapid.Bool().Draw(t, "flag")
	return rapid.SampledFrom([]wire.ClientMessage{
		&wire.CallStart{Expert: "lee"}, &wire.CallStart{Expert: "lee"}, &wire.CallStart{Expert: "lee"},
		&wire.CallAccept{Call: call}, &wire.CallAccept{Call: call}, &wire.CallAccept{Call: call}, &wire.CallDecline{Call: call}, &wire.CallDelay{Call: call}, &wire.CallCancel{Call: call}, &wire.CallHangup{Call: call},
		&wire.CallHold{Call: call, On: flag}, &wire.MediaMute{Call: call, Muted: flag}, &wire.MediaJoin{Call: call}, &wire.MediaWarm{Call: call}, &wire.MediaWarm{Call: call},
		&wire.MediaAnswer{Call: call, Generation: 1, SDP: "v=0"}, &wire.MediaCandidate{Call: call, Generation: 1},
		&wire.MessageSend{Call: call, Text: "hello"}, &wire.ConsentShown{Call: call, Hash: hash},
		&wire.ConsentAnswer{Call: call, Hash: hash, Answer: "yes"}, &wire.ConsentAnswer{Call: call, Hash: hash, Answer: "no"},
		&wire.ConsentWithdraw{Call: call}, &wire.RecordingPart{Call: call, Keep: flag}, &wire.RecordingPause{Call: call}, &wire.RecordingResume{Call: call},
		&wire.PresenceSet{Available: true}, &wire.PresenceSet{Available: flag},
	}).Draw(t, "message")
}

// say has a tab send a message once or twice, and looks at what everybody sees.
func (c *crowd) say(t *rapid.T) {
	a := c.tabs[rapid.IntRange(0, len(c.tabs)-1).Draw(t, "tab")]
	m := c.message(t, a)
	for range rapid.IntRange(1, 2).Draw(t, "times") {
		err := a.Handle(c.t.Context(), m)
		if err != nil && !slices.ContainsFunc(mayBeTold(), func(known error) bool { return errors.Is(err, known) }) {
			t.Fatalf("%s sends %#v: got %v, which is our fault", a.who.Person, m, err)
		}
		c.look(t, m)
	}
}

// look holds what is true at every moment.
func (c *crowd) look(t *rapid.T, after wire.ClientMessage) {
	if live := c.hub.LiveCalls(); live > 1 {
		t.Fatalf("after %#v: %d calls with one expert", after, live)
	}
	here := map[string]int{}
	for _, a := range c.tabs {
		v := a.call()
		c.seen[v.State]++
		if v.ID != "" && !slices.Contains(c.calls, v.ID) {
			c.calls = append(c.calls, v.ID)
		}
		if v.Here && v.State != "ended" {
			here[string(a.who.Person)+" in "+v.ID]++
		}
		if (v.State == "ended") != (v.EndReason != "") {
			t.Fatalf("after %#v: %s sees the state %q with the end %q", after, a.who.Person, v.State, v.EndReason)
		}
	}
	for who, n := range here {
		if n > 1 {
			t.Fatalf("after %#v: the sound of %s is in %d tabs", after, who, n)
		}
	}
}

// end hangs up whatever goes on, and finds it ended alike for both.
func (c *crowd) end(t *rapid.T) {
	for deadline := time.Now().Add(patience); c.hub.LiveCalls() > 0; <-time.After(time.Millisecond) {
		for _, a := range c.tabs { // again and again: a call that has just begun may not be seen yet
			if v := a.call(); v.ID != "" && v.State != "ended" {
				if err := a.Handle(c.t.Context(), &wire.CallHangup{Call: v.ID}); err != nil {
					t.Fatalf("hang up: %v", err)
				}
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("a call stays live after everybody has hung up")
		}
	}
	ends := map[string]string{}
	for _, a := range c.tabs {
		v := a.call()
		if v.ID == "" {
			continue
		}
		if was, other := ends[v.ID]; v.State != "ended" || other && was != v.EndReason {
			t.Fatalf("%s sees %s as %q, ended %q; others see %q", a.who.Person, v.ID, v.State, v.EndReason, was)
		}
		ends[v.ID] = v.EndReason
	}
}

// TestMessagesInAnyOrder: two tabs of each side and somebody else send whatever they
// like about whatever call, in any order and twice: double clicks, an accept after the
// cancel, answers from another tab, late ones. One call at most is live, its sound is in
// one tab of each side, it ends alike for all, and nothing is answered as our fault.
func TestMessagesInAnyOrder(t *testing.T) {
	h := newHouseIn(t, "DE", 0, false, func(c *Config) { c.Env.Limits.Sound = time.Millisecond })
	h.hub.cfg.Vault = h.master
	c := &crowd{house: h, calls: []string{"call_of_nobody"}, seen: map[string]int{}}
	c.tabs = []*actor{h.member, h.enter("maya", auth.RoleMember, "US-CA"), h.expert, h.enter("lee", auth.RoleExpert, "DE"), h.enter("noah", auth.RoleMember, "US-NY")}
	rapid.Check(t, func(t *rapid.T) {
		h.must(h.expert.Handle(h.t.Context(), &wire.PresenceSet{Available: true}))
		t.Repeat(map[string]func(*rapid.T){"say": c.say})
		c.end(t)
		c.calls = c.calls[max(0, len(c.calls)-4):] // older ones are unknown as any
	})
	h.stage.close()
	t.Logf("seen: %v", c.seen)
	for _, state := range []string{"ringing", "connecting", "active", "ended"} {
		if c.seen[state] == 0 {
			t.Errorf("nobody ever saw a call %s: the walks show little", state)
		}
	}
}
