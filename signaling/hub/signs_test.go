package hub

import (
	"slices"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

func TestSignsOf(t *testing.T) {
	for name, tc := range map[string]struct {
		holders [2]auth.Identity
		want    []string
	}{
		"two people":  {[2]auth.Identity{{Human: "a", Address: "x"}, {Human: "b", Address: "y"}}, nil},
		"not known":   {[2]auth.Identity{{}, {}}, nil},
		"one human":   {[2]auth.Identity{{Human: "a", Address: "x"}, {Human: "a", Address: "y"}}, []string{meta.SignSameHuman}},
		"one address": {[2]auth.Identity{{Human: "a", Address: "x"}, {Human: "b", Address: "x"}}, []string{meta.SignSameAddress}},
		"both":        {[2]auth.Identity{{Human: "a", Address: "x"}, {Human: "a", Address: "x"}}, []string{meta.SignSameHuman, meta.SignSameAddress}},
	} {
		if got := signsOf(tc.holders); !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %v, want %v", name, got, tc.want)
		}
	}
}

// TestACallWithOneselfLeavesASign once they were connected, and by what it can be
// compared with other calls.
func TestACallWithOneselfLeavesASign(t *testing.T) {
	h := newHouseIn(t, "DE", 0, false, func(c *Config) { c.Env.Limits.Sound, c.Traces = time.Millisecond, true })
	h.member.who.Address, h.expert.who.Address, h.member.who.Device = "one", "one", "phone"
	call := h.talk()
	h.member.until(t, "the talk", func(v wire.CallView) bool { return v.State == "active" })
	h.hangUp(h.member, call)
	h.member.ended(t, session.EndCompleted)
	for deadline := time.Now().Add(patience); ; <-time.After(10 * time.Millisecond) {
		signs, err := h.store.Signs(t.Context(), meta.SignFilter{})
		h.must(err)
		if len(signs) == 1 && string(signs[0].Call) == call && signs[0].Kind == meta.SignSameAddress {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("signs: got %+v, want that of one address", signs)
		}
	}
	h.must(h.store.InsertRating(t.Context(), meta.Rating{
		Call: id.CallID(call), By: h.member.who.Person, About: h.expert.who.Person, Part: id.PartMember, At: time.Now(), Stars: 5,
	}, nil))
	for deadline := time.Now().Add(patience); ; <-time.After(10 * time.Millisecond) {
		rated, err := h.store.Traced(t.Context(), meta.TracedFilter{})
		h.must(err)
		if len(rated) == 1 && rated[0].Address == "one" && rated[0].Device == "phone" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("trace: got %+v, want address and device of the member", rated)
		}
	}
}
