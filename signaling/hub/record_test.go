package hub

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// awayCalls has no calls while it is away.
type awayCalls struct {
	Store
	away atomic.Bool
}

func (s *awayCalls) InsertCall(ctx context.Context, c meta.Call) error {
	if s.away.Load() {
		return meta.ErrUnavailable
	}
	return s.Store.InsertCall(ctx, c)
}

func (s *awayCalls) UpdateCall(ctx context.Context, c meta.Call) error {
	if s.away.Load() {
		return meta.ErrUnavailable
	}
	return s.Store.UpdateCall(ctx, c)
}

// TestACallThatBeganWhileMetadataWasAwayIsKept: at its next change, or, if it is
// over by then, as soon as metadata is back.
func TestACallThatBeganWhileMetadataWasAwayIsKept(t *testing.T) {
	for _, back := range []string{"before the end", "after the end"} {
		t.Run(back, func(t *testing.T) {
			store := &awayCalls{}
			h := newHouseIn(t, "DE", 0, false, func(c *Config) { store.Store, c.Store = c.Store, store })
			store.away.Store(true)
			call := h.talk()
			if back == "before the end" {
				store.away.Store(false)
			}
			h.hangUp(h.member, call)
			h.member.until(t, "the end", func(v wire.CallView) bool { return v.State == "ended" })
			store.away.Store(false)
			h.kept(t, id.CallID(call))
		})
	}
}

// kept waits until the record of a call says that it is over.
func (h *house) kept(t *testing.T, call id.CallID) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		c, err := h.store.Call(t.Context(), call)
		if err == nil && c.EndedAt != nil && c.AcceptedAt != nil && c.EndReason != "" {
			return
		}
		if err != nil && !errors.Is(err, meta.ErrNotExist) {
			t.Fatal(err)
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("the record: got %+v and %v, want a call that is over", c, err)
		}
	}
}

func TestDropped(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	at := func(s int) *time.Time { t := noon.Add(time.Duration(s) * time.Second); return &t }
	rec := id.RecordingID("rec")
	cases := []struct {
		name  string
		call  meta.Call
		alive time.Time
		end   time.Time
		body  string
	}{
		{"talking", meta.Call{AcceptedAt: at(3), ConnectedAt: at(5), RecordingID: &rec}, *at(65), *at(65), `{"reason":"dropped","connected_seconds":60}`},
		{"nothing known", meta.Call{AcceptedAt: at(3), ConnectedAt: at(5)}, time.Time{}, *at(5), `{"reason":"dropped","connected_seconds":0}`},
		{"a sign from before", meta.Call{AcceptedAt: at(3), ConnectedAt: at(5)}, *at(4), *at(5), `{"reason":"dropped","connected_seconds":0}`},
		{"never connected", meta.Call{AcceptedAt: at(3)}, *at(20), *at(20), `{"reason":"dropped","connected_seconds":0}`},
		{"ringing", meta.Call{}, time.Time{}, noon, `{"reason":"dropped","connected_seconds":0}`},
	}
	for _, tc := range cases {
		tc.call.ID, tc.call.CreatedAt, tc.call.MemberID, tc.call.ExpertID = "call", noon, "maya", "lee"
		c, e := Dropped(tc.call, tc.alive)
		if !c.EndedAt.Equal(tc.end) || c.EndReason != "dropped" || string(e.Body) != tc.body {
			t.Errorf("%s: ended %v %q and told %s, want %v and %s", tc.name, c.EndedAt, c.EndReason, e.Body, tc.end, tc.body)
		}
		if e.Type != meta.EventCallEnded || e.Call != "call" || e.Member != "maya" || e.Expert != "lee" || (e.Recording == rec) != (c.RecordingID != nil) {
			t.Errorf("%s: told %+v", tc.name, e)
		}
	}
}
