package hub

import (
	"encoding/json"
	"testing"
	"time"

	"parley/media/prompt"
	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/journal"
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

// announced are the recording.announced entries.
func (h *house) announced(t *testing.T) []ledger.NoticeSpoken {
	t.Helper()
	all, _ := h.played(t, ledger.KindAnnounced)
	return all
}

// spoken are the notice.spoken entries, and what came before the first gate.open.
func (h *house) spoken(t *testing.T) (all []ledger.NoticeSpoken, beforeOpen int) {
	t.Helper()
	return h.played(t, ledger.KindSpoken)
}

// played are the entries of a kind about sound, and what came before the first gate.open.
func (h *house) played(t *testing.T, kind string) (all []ledger.NoticeSpoken, beforeOpen int) {
	t.Helper()
	h.store.durable.RLock()
	defer h.store.durable.RUnlock()
	opened := false
	for _, e := range h.store.entries {
		if e.Kind == ledger.KindGateOpen && !opened {
			opened, beforeOpen = true, len(all)
		}
		if e.Kind == kind {
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

// TestRecordingIsAnnounced: where a tone is due both hear it and the line as soon as
// capture has begun, and the journal holds in each voice what was sent into it: the
// tone, the line, and a second later the tone again.
func TestRecordingIsAnnounced(t *testing.T) {
	tone, err := prompt.Tone()
	if err != nil {
		t.Fatal(err)
	}
	n := newNotice(t)
	h := newHouseIn(t, "DE", 0, false, func(c *Config) {
		c.Prompts, c.Tone = n, tone
		c.Env.Announcements = session.Announcements{Always: true, Line: func(language string, _ bool) (session.Prompt, bool) {
			return session.Prompt{Hash: n.Hash, Language: language}, true
		}}
		judge := c.Env.Judge
		c.Env.Judge = func(f consent.Facts) consent.Verdict {
			v := judge(f)
			v.BeepDue, v.BeepIntervalS = true, 1
			return v
		}
	})
	c := h.talk()
	h.answer(h.member, "yes")
	h.answer(h.expert, "yes")
	h.member.until(t, "the light", func(v wire.CallView) bool { return v.Recording.State == wire.RecordingOn })
	want := len(tone.Frames) + len(n.Frames) + len(tone.Frames)
	deadline, look := time.After(20*time.Second), time.NewTicker(10*time.Millisecond)
	defer look.Stop()
	begun := time.Now()
	for time.Since(begun) < 1500*time.Millisecond || h.lines[0].sent.Load() < int64(want) || h.lines[1].sent.Load() < int64(want) {
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("legs were sent %d and %d packets, want %d and more", h.lines[0].sent.Load(), h.lines[1].sent.Load(), want)
		}
	}
	h.hangUp(h.member, c)
	h.close()
	told := map[string]bool{}
	for _, a := range h.announced(t) {
		told[a.Side] = a.ToEnd && a.Media == n.Hash && a.Language == "en"
	}
	if len(told) != 2 || !told["member"] || !told["expert"] {
		t.Errorf("the ledger holds %+v, want that the line was played to the end to both", h.announced(t))
	}
	var voices [2][]journal.Spoken
	h.records(t, func(l journal.Lane, rec any) {
		if s, ok := rec.(journal.Spoken); ok {
			voices[l-1] = append(voices[l-1], s)
		}
	})
	for leg, got := range voices {
		if len(got) < want {
			t.Fatalf("voice %d holds %d frames of the server, want %d or more", leg, len(got), want)
		}
		for i, f := range append(append([][]byte{}, tone.Frames...), n.Frames...) {
			if string(got[i].Payload) != string(f) {
				t.Fatalf("voice %d: frame %d is another than was to be heard", leg, i)
			}
		}
		again := len(tone.Frames) + len(n.Frames)
		if d := got[again].Due - got[0].Due; string(got[again].Payload) != string(tone.Frames[0]) || (d-time.Second).Abs() > 100*time.Millisecond {
			t.Errorf("voice %d: the next tone came %v after the first, want a second", leg, d)
		}
	}
}
