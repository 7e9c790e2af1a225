package metatest

import (
	"slices"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

func blocks(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	first := meta.Block{By: "expert-1", Whom: "member-1", At: noon}
	must(t, "PutBlock", store.PutBlock(ctx, first))
	again := first
	again.At = after(time.Hour)
	must(t, "PutBlock again", store.PutBlock(ctx, again))
	second := meta.Block{By: "expert-1", Whom: "member-2", At: after(time.Minute)}
	must(t, "PutBlock of another", store.PutBlock(ctx, second))

	got, err := store.BlocksBy(ctx, "expert-1")
	must(t, "BlocksBy", err)
	first.At, second.At = stored(first.At), stored(second.At)
	wantSame(t, "blocks", got, []meta.Block{second, first})

	for p, want := range map[id.PersonID][]id.PersonID{"expert-1": {"member-1", "member-2"}, "member-1": {"expert-1"}, "expert-2": nil} {
		got, err := store.BlockedWith(ctx, p)
		must(t, "BlockedWith", err)
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("BlockedWith(%s): got %v, want %v", p, got, want)
		}
	}
	wantBlocked(t, store, "expert-1", "member-1", true)
	wantBlocked(t, store, "member-1", "expert-1", true) // whoever asks
	wantBlocked(t, store, "expert-2", "member-1", false)

	all, err := store.AllBlocks(ctx, meta.BlockFilter{})
	must(t, "AllBlocks", err)
	wantSame(t, "all blocks", all, []meta.Block{first, second})
	all, err = store.AllBlocks(ctx, meta.BlockFilter{AfterBy: "expert-1", AfterWhom: "member-1", Limit: 1})
	must(t, "AllBlocks by page", err)
	wantSame(t, "all blocks behind the first", all, []meta.Block{second})
	all, err = store.AllBlocks(ctx, meta.BlockFilter{Person: second.Whom})
	must(t, "AllBlocks of a person", err)
	wantSame(t, "blocks by or of a person", all, []meta.Block{second})

	must(t, "DeleteBlock", store.DeleteBlock(ctx, "expert-1", "member-1"))
	must(t, "DeleteBlock again", store.DeleteBlock(ctx, "expert-1", "member-1"))
	wantBlocked(t, store, "expert-1", "member-1", false)

	wantError(t, "block of oneself", store.PutBlock(ctx, meta.Block{By: "a", Whom: "a", At: noon}), meta.ErrInvalid)
	wantError(t, "block without a person", store.PutBlock(ctx, meta.Block{By: "a", At: noon}), meta.ErrInvalid)
}

func wantBlocked(t *testing.T, store meta.Store, a, b id.PersonID, want bool) {
	t.Helper()
	got, err := store.Blocked(testContext(t), a, b)
	must(t, "Blocked", err)
	if got != want {
		t.Errorf("Blocked(%s, %s): got %t, want %t", a, b, got, want)
	}
}
