package hub

import (
	"encoding/json"
	"testing"

	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/consent/words"
	"parley/signaling/auth"
	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/signing"
)

// remember lets earlier answers count.
func remember(c *Config) {
	policy := consent.EarlierPolicy{Allowed: true, MaxAgeDays: 30}
	c.Env.Earlier = func(v consent.Verdict, e consent.Earlier, version string) bool {
		counts, _ := policy.Counts(v, e, consent.Scope{Purpose: c.Purposes, Wording: version})
		return counts
	}
	c.Env.Ask = func(v consent.Verdict, call session.Call, side session.Side) words.Question {
		ctx := words.Context{Operator: "Example Advice Ltd"}
		if call.Sides[side].Standing {
			ctx.AgreedOn = "2026-11-26"
		}
		return words.Ask(v, []consent.Party{consent.Caller, consent.Callee}[side], ctx)
	}
	c.Keys = c.Signer.(*signing.Key).Public()
}

// TestAYesOfTheCallBefore: in a second call the person is told of it and not asked,
// the call is recorded, and the ledger and the receipt name the yes. Taken back there,
// it does not count in a third.
func TestAYesOfTheCallBefore(t *testing.T) {
	h := newHouseIn(t, "US-NY", 0, false, remember)
	h.member = h.enter("mia", auth.RoleMember, "US-TX")
	kind := func() string { return h.member.call().Consent.Question.Kind }

	call := h.talk()
	if got := kind(); got != string(words.KindQuestion) {
		t.Fatalf("the first call: got a %s, want the question", got)
	}
	h.answer(h.member, "yes")
	h.answer(h.expert, "yes")
	h.recorded(call)

	call = h.talk()
	if got := kind(); got != string(words.KindNotice) {
		t.Fatalf("the second call: got a %s, want to be told", got)
	}
	for _, who := range []*actor{h.member, h.expert} {
		hash := who.until(t, "the notice", func(v wire.CallView) bool { return v.ID == call }).Consent.Question.Hash
		h.must(who.Handle(t.Context(), &wire.ConsentShown{Call: call, Hash: hash}))
	}
	h.member.until(t, "the recording", func(v wire.CallView) bool { return v.Recording.State == "recording" })
	h.withdraw(h.member, call)
	h.keep(h.member, call)
	h.hangUp(h.member, call)
	h.member.until(t, "the end", func(v wire.CallView) bool { return v.State == "ended" })

	h.talk()
	if got := kind(); got != string(words.KindQuestion) {
		t.Errorf("the third call, after it was taken back: got a %s, want the question", got)
	}

	first, second := h.answersOf(t, "mia")[0], h.answersOf(t, "mia")[1]
	if first.Method != ledger.MethodButton || second.Method != ledger.MethodEarlier || second.Earlier == nil {
		t.Errorf("answers: got %+v and %+v, want the second to rest on the first", first, second)
	}
}

// recorded waits until a call is recorded, and ends it.
func (h *house) recorded(call string) {
	h.t.Helper()
	h.member.until(h.t, "the recording", func(v wire.CallView) bool { return v.Recording.State == "recording" })
	h.hangUp(h.member, call)
	h.member.until(h.t, "the end", func(v wire.CallView) bool { return v.State == "ended" })
	h.expert.until(h.t, "the end", func(v wire.CallView) bool { return v.State == "ended" })
}

func (h *house) answersOf(t *testing.T, p id.PersonID) (given []ledger.AnswerGiven) {
	t.Helper()
	entries, err := h.store.ChainEntries(t.Context(), ledger.Chain, "", 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		var a ledger.AnswerGiven
		if e.Kind != ledger.KindAnswer || e.Actor != string(p) {
			continue
		}
		if err := json.Unmarshal(e.Body, &a); err != nil {
			t.Fatal(err)
		}
		given = append(given, a)
	}
	return given
}
