package metatest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// dueLocks are the parts of which the store has to be told something.
func dueLocks(t *testing.T, store meta.Store, q meta.LockQuery) string {
	t.Helper()
	due, err := store.LocksDue(testContext(t), q)
	must(t, "LocksDue", err)
	var parts []string
	for _, d := range due {
		parts = append(parts, d.Part)
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// locks: what a store has to be told follows from the holds that stand.
func locks(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	r, objects := insertStored(t, store, noon)
	insertStored(t, store, after(time.Minute)) // nobody holds it
	want := func(doing, store_, parts string) {
		t.Helper()
		if got := dueLocks(t, store, meta.LockQuery{Store: store_}); got != parts {
			t.Errorf("%s, %s: due is %q, want %q", doing, store_, got, parts)
		}
	}
	want("not held", meta.StoreMain, "")
	hold := newHold(r)
	must(t, "PlaceHold", store.PlaceHold(ctx, hold))
	want("held", meta.StoreMain, "call expert member")
	want("held, not copied", meta.StoreOffsite, "")
	member := objects[id.PartMember].Key
	must(t, "FinishCopy", store.FinishCopy(ctx, member, noon))
	want("held, copied", meta.StoreOffsite, "member")
	if got := dueLocks(t, store, meta.LockQuery{Store: meta.StoreMain, Except: []string{member}}); got != "call expert" {
		t.Errorf("except one: due is %q, want the others", got)
	}
	for range 2 {
		for _, o := range objects {
			must(t, "PutLock", store.PutLock(ctx, meta.StoreMain, o.Key, true, nil))
		}
	}
	want("locked", meta.StoreMain, "")
	must(t, "ForgetLock", store.ForgetLock(ctx, meta.StoreMain, member))
	want("another object under its key", meta.StoreMain, "member")
	must(t, "ReleaseHold", store.ReleaseHold(ctx, hold.ID, "paul", "over", noon))
	want("released", meta.StoreMain, "call expert")
	held, err := store.Held(ctx, r.ID)
	must(t, "Held", err)
	if held {
		t.Error("Held after the release: got true")
	}
	until := after(time.Hour)
	must(t, "PutLock", store.PutLock(ctx, meta.StoreMain, member, false, &until))
	must(t, "PutLock again", store.PutLock(ctx, meta.StoreMain, member, false, nil))
	must(t, "DestroyEnvelope", store.DestroyEnvelope(ctx, r.ID, id.PartExpert, noon))
	must(t, "PutLock", store.PutLock(ctx, meta.StoreMain, objects[id.PartExpert].Key, false, nil))
	if got := dueLocks(t, store, meta.LockQuery{Store: meta.StoreMain, Retain: true}); got != "call call expert member" {
		t.Errorf("to retain: due is %q, want what is neither retained nor erased", got)
	}
}
