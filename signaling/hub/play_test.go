package hub

import (
	"encoding/json"
	"testing"

	"parley/media/prompt"
	"parley/recorder/consent/ledger"
	"parley/signaling/session"
	"parley/signaling/wire"
)

// oneNotice is half a second of sound in every language.
type oneNotice struct{ prompt.Prompt }

func (n oneNotice) Notice(hash string) (prompt.Prompt, bool) { return n.Prompt, hash == n.Hash }

func (n oneNotice) env(c *Config) {
	c.Prompts = n
	c.Env.SpokenRequired = true
	c.Env.Prompt = func(language string) (session.Prompt, bool) {
		return session.Prompt{Hash: n.Hash, Language: language}, true
	}
}

func newNotice(t *testing.T) oneNotice {
	t.Helper()
	p, err := prompt.Encode(make([]int16, 24000))
	if err != nil {
		t.Fatal(err)
	}
	return oneNotice{p}
}

// spoken are the notice.spoken entries, and what came before the first gate.open.
func (h *house) spoken(t *testing.T) (all []ledger.NoticeSpoken, beforeOpen int) {
	t.Helper()
	h.store.durable.RLock()
	defer h.store.durable.RUnlock()
	opened := false
	for _, e := range h.store.entries {
		if e.Kind == ledger.KindGateOpen && !opened {
			opened, beforeOpen = true, len(all)
		}
		if e.Kind == ledger.KindSpoken {
			var n ledger.NoticeSpoken
			if err := json.Unmarshal(e.Body, &n); err != nil {
				t.Fatal(err)
			}
			all = append(all, n)
		}
	}
	return all, beforeOpen
}

// TestCaptureWaitsForTheSpokenNotice: where telling is enough, both hear the
// notice to its end, the ledger says so, and only then the gate opens.
func TestCaptureWaitsForTheSpokenNotice(t *testing.T) {
	n := newNotice(t)
	h := newHouseIn(t, "US-CA", 0, false, n.env)
	h.talk()
	h.answer(h.member, "continued")
	h.answer(h.expert, "continued")
	h.member.until(t, "the light", func(v wire.CallView) bool { return v.Recording.State == wire.RecordingOn })
	all, before := h.spoken(t)
	if len(all) != 2 || before != 2 {
		t.Fatalf("spoken: got %+v, %d before the gate opened, want both", all, before)
	}
	for _, s := range all {
		if !s.ToEnd || s.Media != n.Hash || s.Language != "en" {
			t.Errorf("spoken: got %+v, want %s to its end", s, n.Hash)
		}
	}
	for i, l := range h.lines {
		if got := l.sent.Load(); got < int64(len(n.Frames)) {
			t.Errorf("leg %d was sent %d packets, want the %d of the notice at least", i, got, len(n.Frames))
		}
	}
}

// TestANoticeThatBreaksOffIsNone: a call that ends, or a leg that goes, during
// the notice leaves no word that it was heard.
func TestANoticeThatBreaksOffIsNone(t *testing.T) {
	h := newHouseIn(t, "US-CA", 0, false, newNotice(t).env)
	c := h.talk()
	h.answer(h.member, "continued")
	h.answer(h.expert, "continued")
	h.must(h.member.Handle(t.Context(), &wire.MediaJoin{Call: c})) // another connection for the member
	h.member.until(t, "the light", func(v wire.CallView) bool { return v.Recording.State == wire.RecordingOn })
	all, before := h.spoken(t)
	toEnd := map[string]int{}
	for _, s := range all[:before] {
		if s.ToEnd {
			toEnd[s.Side]++
		}
	}
	if toEnd["member"] != 1 || toEnd["expert"] != 1 {
		t.Errorf("spoken before the gate opened: got %+v, want one to its end for each", all[:before])
	}
	h.hangUp(h.member, c)
}
