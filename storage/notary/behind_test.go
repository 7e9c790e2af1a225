package notary

import (
	"context"
	"iter"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"parley/storage/chain"
)

// headChain is a store that has only a chain of heads.
type headChain []chain.Entry

func (c headChain) ChainEntries(_ context.Context, _, _ string, after uint64, limit int) ([]chain.Entry, error) {
	from := min(int(after), len(c))
	return c[from:min(from+limit, len(c))], nil
}

// grow appends an entry made at an hour, which the witness keeps.
func (c headChain) grow(t *testing.T, w Witness, hour int) headChain {
	t.Helper()
	var last chain.Entry
	if len(c) > 0 {
		last = c[len(c)-1]
	}
	e, err := chain.Link(last, chain.Entry{At: time.Date(2026, 3, 14, hour, 0, 0, 0, time.UTC), Chain: Chain, Kind: KindHead})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Keep(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	return append(slices.Clone(c), e)
}

func TestBehind(t *testing.T) {
	w := NewFileWitness(filepath.Join(t.TempDir(), "heads.jsonl"))
	behind := func(c headChain) (hour int) {
		t.Helper()
		missing, err := Behind(t.Context(), c, w)
		if err != nil {
			t.Fatal(err)
		}
		if missing == nil {
			return 0
		}
		return missing.At.Hour()
	}
	wantBehind := func(what string, c headChain, want int) {
		t.Helper()
		if got := behind(c); got != want {
			t.Errorf("%s: got the head of %d o'clock missing, want that of %d (0 is none)", what, got, want)
		}
	}
	wantBehind("nothing was kept", nil, 0)
	one := headChain(nil).grow(t, w, 1)
	three := one.grow(t, w, 2).grow(t, w, 3)
	wantBehind("as it was", three, 0)
	wantBehind("put back", one, 3)
	wantBehind("emptied", nil, 3)
	// Restored, and gone on from there: what the witness has of before is past.
	again := one.grow(t, w, 4)
	wantBehind("gone on after a restore", again, 0)
	wantBehind("put back to another past", three, 4)
	wantBehind("put back to before the restore", one, 4)
}

// brokenWitness cannot be read.
type brokenWitness struct{}

func (brokenWitness) Keep(context.Context, chain.Entry) error { return nil }
func (brokenWitness) Kept(context.Context) iter.Seq2[chain.Entry, error] {
	return func(yield func(chain.Entry, error) bool) { yield(chain.Entry{}, context.DeadlineExceeded) }
}

func TestBehindWithoutItsWitness(t *testing.T) {
	if _, err := Behind(t.Context(), headChain(nil), brokenWitness{}); err == nil {
		t.Error("a witness that cannot be read: got no error, want one")
	}
}
