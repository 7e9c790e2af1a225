package main

import (
	"path/filepath"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlite"
)

// TestCallsOfAKilledProcessAreEnded: the next start gives each unfinished call an
// end, once, and platforms learn how long it was connected.
func TestCallsOfAKilledProcessAreEnded(t *testing.T) {
	dir := t.TempDir()
	serveDemo(t, dir).stop()
	token := serviceToken(t, dir)
	noon := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	at := func(s float64) *time.Time { t := noon.Add(time.Duration(s * float64(time.Second))); return &t }
	left := func(connected *time.Time) meta.Call {
		return meta.Call{ID: id.NewCall(noon), MemberID: "maya", ExpertID: "lee", CreatedAt: noon, ConnectedAt: connected}
	}
	talking, unknown, ringing := left(at(5)), left(at(5)), left(nil)
	inStore(t, dir, func(s meta.Store) {
		for _, c := range []meta.Call{talking, unknown, ringing} {
			if err := s.InsertCall(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
	})
	if err := (life{At: *at(65.5), Calls: []id.CallID{talking.ID, ringing.ID}}).write(dir); err != nil {
		t.Fatal(err)
	}
	s := serveDemo(t, dir)
	_ = s.call(t) // a later event, so that the feed can be read to there
	s.stop()
	s = serveDemo(t, dir)
	events, _ := readFeed(t, s, token, "recording.ready")
	connected := map[string][]any{}
	for _, e := range events {
		if e.Type == "call.ended" && e.Data["reason"] == "dropped" {
			connected[e.Call] = append(connected[e.Call], e.Data["connected_seconds"])
		}
	}
	for c, want := range map[id.CallID]float64{talking.ID: 60.5, unknown.ID: 0, ringing.ID: 0} {
		if got := connected[string(c)]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: got call.ended with %v seconds, want one with %v", c, got, want)
		}
	}
	s.stop()
	inStore(t, dir, func(s meta.Store) {
		if calls, err := s.UnfinishedCalls(t.Context()); err != nil || len(calls) != 0 {
			t.Errorf("unfinished calls: got %v and %v, want none", calls, err)
		}
		if c, err := s.Call(t.Context(), talking.ID); err != nil || c.EndReason != "dropped" || !c.EndedAt.Equal(*at(65.5)) {
			t.Errorf("the call that was under way: got %+v and %v", c, err)
		}
	})
}

func inStore(t *testing.T, dir string, do func(meta.Store)) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(dir, databaseFile)})
	if err != nil {
		t.Fatal(err)
	}
	do(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
