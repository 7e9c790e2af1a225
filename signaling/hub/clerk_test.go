package hub

import (
	"context"
	"sync/atomic"
	"testing"

	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// standingStore answers nothing about calls and people while it stands still.
type standingStore struct {
	Store
	stands atomic.Bool
	goes   chan struct{} // closed when it goes on
}

func (s *standingStore) wait() {
	if s.stands.Load() {
		<-s.goes
	}
}

func (s *standingStore) UpdateCall(ctx context.Context, c meta.Call) error {
	s.wait()
	return s.Store.UpdateCall(ctx, c)
}

func (s *standingStore) Person(ctx context.Context, p id.PersonID) (meta.Person, error) {
	s.wait()
	return s.Store.Person(ctx, p)
}

// TestACallDoesNotWaitForItsRecord: while metadata stands still a call is answered,
// agreed to, recorded, held and hung up all the same; its record follows.
func TestACallDoesNotWaitForItsRecord(t *testing.T) {
	store := &standingStore{goes: make(chan struct{})}
	h := newHouseIn(t, "DE", 0, false, func(c *Config) { store.Store, c.Store = c.Store, store })
	call := h.ring()
	store.stands.Store(true)
	h.take(call)
	h.answer(h.member, "yes")
	h.answer(h.expert, "yes")
	h.member.until(t, "the recording", func(v wire.CallView) bool { return v.Recording.State == "recording" })
	h.hold(h.expert, call, true)
	h.member.until(t, "the hold", func(v wire.CallView) bool { return v.Hold.ByPeer })
	h.hangUp(h.member, call)
	h.expert.until(t, "the end", func(v wire.CallView) bool { return v.State == "ended" })
	if c, err := h.store.Call(t.Context(), id.CallID(call)); err != nil || c.EndedAt != nil {
		t.Errorf("the record: got %+v and %v, want that of a call that rings", c, err)
	}
	close(store.goes)
	h.kept(t, id.CallID(call))
}
