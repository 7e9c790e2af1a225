package metatest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/storage/chain"
	"parley/storage/meta"
)

func appendEntry(t testing.TB, store meta.Store, name, subject string, n int) chain.Entry {
	t.Helper()
	entry, err := store.AppendChain(testContext(t), name, "answer", subject, "person-1", map[string]int{"n": n}, after(time.Duration(n)*time.Second))
	must(t, "AppendChain", err)
	return entry
}

func readChain(t testing.TB, store meta.Store, name, subject string, afterSeq uint64, limit int) []chain.Entry {
	t.Helper()
	entries, err := store.ChainEntries(testContext(t), name, subject, afterSeq, limit)
	must(t, "ChainEntries", err)
	return entries
}

func chains(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	must(t, "VerifyChain of no chain", store.VerifyChain(ctx, "consent"))
	if entries := readChain(t, store, "consent", "", 0, 0); len(entries) != 0 {
		t.Errorf("entries of no chain: got %+v, want none", entries)
	}
	first := appendEntry(t, store, "consent", "call-1", 1)
	second := appendEntry(t, store, "consent", "call-1", 2)
	other := appendEntry(t, store, "access", "call-1", 3)
	if first.Seq != 1 || second.Seq != 2 || second.Prev != first.Hash || other.Seq != 1 || other.Prev != chain.Genesis {
		t.Errorf("links: got %+v, %+v and %+v, want two linked and one of a chain of its own", first, second, other)
	}
	if string(first.Body) != `{"n":1}` || !first.At.Equal(after(time.Second)) || first.Actor != "person-1" || first.Kind != "answer" {
		t.Errorf("first entry: got %+v, want what was appended", first)
	}
	wantSame(t, "entries as read", readChain(t, store, "consent", "", 0, 0), []chain.Entry{first, second})
	for _, name := range []string{"consent", "access"} {
		must(t, "VerifyChain", store.VerifyChain(ctx, name))
	}
}

func chainEntriesByFilter(t *testing.T, store meta.Store) {
	for n := range 10 {
		appendEntry(t, store, "access", fmt.Sprintf("rec-%d", n%2), n)
	}
	cases := []struct {
		name, subject string
		after         uint64
		limit         int
		want          []uint64
	}{
		{"all", "", 0, 0, []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
		{"one subject", "rec-1", 0, 0, []uint64{2, 4, 6, 8, 10}},
		{"after", "", 7, 0, []uint64{8, 9, 10}},
		{"page", "rec-0", 3, 2, []uint64{5, 7}},
		{"after the end", "", 10, 0, nil},
		{"after everything there can be", "", ^uint64(0), 0, nil},
		{"unknown subject", "rec-2", 0, 0, nil},
	}
	for _, tc := range cases {
		var got []uint64
		for _, entry := range readChain(t, store, "access", tc.subject, tc.after, tc.limit) {
			got = append(got, entry.Seq)
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: got entries %v, want %v", tc.name, got, tc.want)
		}
	}
	for _, limit := range []int{-1, meta.MaxLimit + 1} {
		_, err := store.ChainEntries(testContext(t), "access", "", 0, limit)
		wantError(t, "ChainEntries with a limit out of range", err, meta.ErrInvalid)
	}
}

func racingAppends(t *testing.T, store meta.Store) {
	const writers, each = 8, 10
	ctx := testContext(t)
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			name := fmt.Sprintf("chain-%d", w%2)
			for n := range each {
				if _, err := store.AppendChain(ctx, name, "k", "s", "a", n, noon); err != nil {
					t.Errorf("AppendChain beside others: got %v, want no error", err)
				}
			}
		})
	}
	group.Wait()
	for _, name := range []string{"chain-0", "chain-1"} {
		must(t, "VerifyChain", store.VerifyChain(ctx, name))
		if got := len(readChain(t, store, name, "", 0, 0)); got != writers/2*each {
			t.Errorf("entries of %s: got %d, want %d", name, got, writers/2*each)
		}
	}
}

func chainRefuses(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	appendEntry(t, store, "consent", "call-1", 1)
	_, err := store.AppendChain(ctx, "consent", "k", "s", "a", func() {}, noon)
	wantError(t, "a body that is no JSON", err, meta.ErrInvalid)
	_, err = store.AppendChain(ctx, "consent", "", "s", "a", nil, noon)
	wantError(t, "no kind", err, chain.ErrInvalid)
	_, err = store.AppendChain(ctx, "", "k", "s", "a", nil, noon)
	wantError(t, "no chain", err, chain.ErrInvalid)
	_, err = store.AppendChain(ctx, "consent", "k", "s", "a", nil, time.Time{})
	wantError(t, "no time", err, chain.ErrInvalid)
	second := appendEntry(t, store, "consent", "call-1", 2)
	if second.Seq != 2 {
		t.Errorf("number after what was refused: got %d, want 2", second.Seq)
	}
	must(t, "VerifyChain", store.VerifyChain(ctx, "consent"))
}

// clockSetBack appends under a clock that runs backwards: the order of the appends
// stands, and what was written is read as it was.
func clockSetBack(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	var want []chain.Entry
	for n := range 3 {
		entry, err := store.AppendChain(ctx, "consent", "k", "s", "a", n, after(-time.Duration(n)*time.Hour))
		must(t, "AppendChain", err)
		want = append(want, entry)
	}
	wantSame(t, "entries", readChain(t, store, "consent", "", 0, 0), want)
	must(t, "VerifyChain", store.VerifyChain(ctx, "consent"))
	r := insertRecording(t, store, noon, nil)
	must(t, "DestroyEnvelope", store.DestroyEnvelope(ctx, r.ID, "member", after(-time.Hour)))
}

func newestEntry(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	said := func(name, kind, subject, actor string, n int) chain.Entry {
		entry, err := store.AppendChain(ctx, name, kind, subject, actor, map[string]int{"n": n}, after(time.Duration(n)*time.Second))
		must(t, "AppendChain", err)
		return entry
	}
	said("consent", "receipt", "call-1", "maya", 1)
	want := said("consent", "receipt", "call-2", "maya", 2)
	said("consent", "answer", "call-3", "maya", 3)
	said("consent", "receipt", "call-3", "lee", 4)
	said("access", "receipt", "call-3", "maya", 5)
	got, err := store.NewestEntry(ctx, "consent", "receipt", "maya")
	must(t, "NewestEntry", err)
	wantSame(t, "newest entry", got, want)
	_, err = store.NewestEntry(ctx, "consent", "receipt", "noah")
	wantError(t, "newest entry of nobody", err, meta.ErrNotExist)
}
