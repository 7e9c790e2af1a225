package metatest

import (
	"bytes"
	"testing"
	"time"

	"parley/storage/meta"
)

// answers: one attempt has a key at a time, and its answer stays until it
// expires.
func answers(t *testing.T, store meta.Store) {
	ctx := t.Context()
	claim := func(at time.Time, life time.Duration) (meta.Answer, bool) {
		t.Helper()
		was, claimed, err := store.ClaimAnswer(ctx, meta.Answer{Key: "k", Request: "r", ClaimedAt: at, ExpiresAt: at.Add(life)})
		must(t, "claim", err)
		return was, claimed
	}
	first := meta.Answer{Key: "k", Request: "r", ClaimedAt: noon, ExpiresAt: noon.Add(time.Minute)}
	if _, claimed := claim(noon, time.Minute); !claimed {
		t.Fatal("a free key was not to be had")
	}
	if was, claimed := claim(noon.Add(time.Second), time.Minute); claimed || was.Status != 0 || was.Request != "r" {
		t.Errorf("a second claim got %+v, %t, want the first one, unanswered", was, claimed)
	}
	must(t, "release", store.ReleaseAnswer(ctx, first))
	if _, claimed := claim(noon.Add(time.Second), time.Minute); !claimed {
		t.Error("a key that was given up was not to be had")
	}
	if _, claimed := claim(noon.Add(2*time.Minute), time.Minute); !claimed {
		t.Error("a claim that has expired kept its key")
	}
	late := meta.Answer{Key: "k", ClaimedAt: noon.Add(time.Second), ExpiresAt: noon.Add(time.Hour), Status: 201, Body: []byte("late")}
	must(t, "store what came too late", store.PutAnswer(ctx, late))
	mine := meta.Answer{Key: "k", ClaimedAt: noon.Add(2 * time.Minute), ExpiresAt: noon.Add(time.Hour), Status: 204, Type: "a/b", Body: []byte("mine\x00")}
	must(t, "store", store.PutAnswer(ctx, mine))
	must(t, "give up what is answered", store.ReleaseAnswer(ctx, mine))
	was, claimed := claim(noon.Add(30*time.Minute), time.Minute)
	if claimed || was.Status != 204 || was.Type != "a/b" || !bytes.Equal(was.Body, mine.Body) {
		t.Errorf("got %+v, %t, want the answer", was, claimed)
	}
	if _, claimed := claim(noon.Add(2*time.Hour), time.Minute); !claimed {
		t.Error("an answer that has expired kept its key")
	}
	_, _, err := store.ClaimAnswer(ctx, meta.Answer{Key: "k", ClaimedAt: noon, ExpiresAt: noon})
	wantError(t, "a claim without a life", err, meta.ErrInvalid)
}
