package revocation

import (
	"context"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"parley/signaling/auth"
	"parley/storage/meta/sqlite"
	"parley/storage/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 22, 12, 0, 0, 500_000_000, time.UTC)

func openStore(t testing.TB) *sqlite.Store {
	t.Helper()
	store := storetest.Database(t)
	return store
}

func openList(t testing.TB, store *sqlite.Store, now *time.Time, ended func()) *List {
	t.Helper()
	l, err := Open(t.Context(), Config{
		Store: store, Life: time.Hour, Ended: ended, Now: func() time.Time { return *now }, Log: zerolog.Nop(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestRevoked(t *testing.T) {
	store, now, ended := openStore(t), noon, 0
	l := openList(t, store, &now, func() { ended++ })
	if _, err := l.RevokeToken(t.Context(), "t1", noon.Add(time.Minute), "platform"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.RevokePerson(t.Context(), "lee", noon, "platform"); err != nil {
		t.Fatal(err)
	}
	second := noon.Truncate(time.Second)
	check := func(l *List, when string, want [6]bool) {
		t.Helper()
		for i, who := range []auth.Identity{
			{Person: "maya", Token: "t1", Issued: second},
			{Person: "maya", Token: "t2", Issued: second},
			{Person: "maya", Issued: second},
			{Person: "lee", Token: "t3", Issued: second.Add(-time.Hour)},
			{Person: "lee", Token: "t4", Issued: second},
			{Person: "lee", Token: "t5", Issued: second.Add(time.Second)},
		} {
			if got := l.Revoked(who); got != want[i] {
				t.Errorf("%s, %+v: got %v, want %v", when, who, got, want[i])
			}
		}
	}
	check(l, "at once", [6]bool{true, false, false, true, true, false})
	check(openList(t, store, &now, nil), "after a restart", [6]bool{true, false, false, true, true, false})
	if ended != 2 {
		t.Errorf("told %d times, want 2", ended)
	}
	now = noon.Add(2 * time.Minute)
	check(openList(t, store, &now, nil), "when the token has run out", [6]bool{false, false, false, true, true, false})
	now = noon.Add(61 * time.Minute)
	check(openList(t, store, &now, nil), "when all have run out", [6]bool{})
}

// TestAnotherNodeLearnsOfIt: two lists on one database.
func TestAnotherNodeLearnsOfIt(t *testing.T) {
	store, now := openStore(t), noon
	told := make(chan struct{}, 8)
	here, there := openList(t, store, &now, func() {}), openList(t, store, &now, func() { told <- struct{}{} })
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- there.Run(ctx) }()
	if _, err := here.RevokePerson(t.Context(), "lee", noon, "platform"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-told:
	case <-time.After(30 * time.Second):
		t.Fatal("the other node was not told within 30 s")
	}
	if !there.Revoked(auth.Identity{Person: "lee", Issued: noon}) {
		t.Error("the other node takes the token")
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if len(told) > 0 {
		t.Error("told again of what was known")
	}
}
