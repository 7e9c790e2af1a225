package hub

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// untilRead waits until somebody has been shown so many messages.
func (a *actor) untilRead(t *testing.T, n int) []wire.Message {
	t.Helper()
	deadline := time.After(patience)
	for {
		a.mu.Lock()
		got := slices.Clone(a.read)
		a.mu.Unlock()
		if len(got) >= n {
			return got
		}
		select {
		case <-a.news:
		case <-deadline:
			t.Fatalf("messages: got %+v, want %d", got, n)
		}
	}
}

func (s *stage) write(a *actor, call, text string) error {
	return a.Handle(s.t.Context(), &wire.MessageSend{Call: call, Text: text})
}

func TestTheTwoWriteToEachOther(t *testing.T) {
	h := newHouseIn(t, "DE", 0, false)
	h.hub.cfg.Vault = h.master
	call := h.ring()
	if err := h.write(h.member, call, "are you there?"); !errors.Is(err, session.ErrWrongPhase) {
		t.Errorf("message before the answer: got %v, want %v", err, session.ErrWrongPhase)
	}
	h.take(call)
	h.must(h.write(h.member, call, " the form is E-101 \n"))
	h.must(h.write(h.expert, call, "thank you"))
	mine, theirs := h.member.untilRead(t, 2), h.expert.untilRead(t, 2)
	if !slices.Equal(mine, theirs) || mine[0].Text != "the form is E-101" || mine[0].From != "maya" || mine[1].From != "lee" {
		t.Errorf("messages: got %+v and %+v, want the same two", mine, theirs)
	}
	kept, err := h.store.Texts(t.Context(), meta.TextFilter{Call: id.CallID(call), Kind: meta.TextMessage})
	h.must(err)
	if len(kept) != 2 || strings.Contains(string(kept[0].Sealed), "E-101") || kept[0].Part != id.PartMember || kept[1].Part != id.PartExpert {
		t.Fatalf("transcript: got %+v, want two that are sealed", kept)
	}
	if text, err := h.master.OpenSecret(kept[0].SealName(), kept[0].Sealed); err != nil || string(text) != "the form is E-101" {
		t.Errorf("transcript: got %q and %v", text, err)
	}
	h.hangUp(h.member, call)
	h.member.ended(t, session.EndCompleted)
	if err := h.write(h.member, call, "one more"); !errors.Is(err, session.ErrWrongPhase) && !errors.Is(err, ErrNoSuchCall) {
		t.Errorf("message after the end: got %v, want it refused", err)
	}
}

func TestNobodyFloodsTheOther(t *testing.T) {
	now := time.Now()
	h := newHouseIn(t, "DE", 0, false, func(c *Config) { c.Now = func() time.Time { return now } })
	h.hub.cfg.Vault = h.master
	call := h.talk()
	for range chatRate().Count {
		h.must(h.write(h.member, call, "x"))
	}
	if err := h.write(h.member, call, "x"); !errors.Is(err, ErrChatty) {
		t.Errorf("one too many: got %v, want %v", err, ErrChatty)
	}
	h.must(h.write(h.expert, call, "the other side has its own")) // bound
	h.expert.untilRead(t, chatRate().Count+1)
}

// noTexts is a store that takes none.
type noTexts struct{ Store }

func (noTexts) InsertText(context.Context, meta.Text) error { return meta.ErrUnavailable }

func TestAMessageThatCannotBeKeptIsNotShown(t *testing.T) {
	h := newHouseIn(t, "DE", 0, false, func(c *Config) { c.Store = noTexts{c.Store} })
	call := h.talk()
	if err := h.write(h.member, call, "x"); !errors.Is(err, ErrForbidden) {
		t.Errorf("without a key to seal it: got %v, want %v", err, ErrForbidden)
	}
	h.hub.cfg.Vault = h.master
	if err := h.write(h.member, call, "x"); !errors.Is(err, meta.ErrUnavailable) {
		t.Errorf("without a store: got %v, want %v", err, meta.ErrUnavailable)
	}
	h.expert.mu.Lock()
	defer h.expert.mu.Unlock()
	if len(h.expert.read) != 0 {
		t.Errorf("shown: got %+v, want nothing", h.expert.read)
	}
}
