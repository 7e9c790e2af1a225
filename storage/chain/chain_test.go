package chain_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/storage/chain"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 123_456_789, time.FixedZone("CET", 3600))

func draft(i int) chain.Entry {
	return chain.Entry{
		At:      noon.Add(time.Duration(i) * time.Second),
		Chain:   "consent",
		Kind:    "answer",
		Subject: "call_1",
		Actor:   fmt.Sprintf("person-%d", i),
		Body:    json.RawMessage(fmt.Sprintf(`{"answer": "yes", "n": %d}`, i)),
	}
}

// build returns a chain of n entries.
func build(t testing.TB, n int) []chain.Entry {
	t.Helper()
	var entries []chain.Entry
	var prev chain.Entry
	for i := range n {
		next, err := chain.Link(prev, draft(i))
		if err != nil {
			t.Fatalf("Link of entry %d: got %v, want no error", i+1, err)
		}
		entries = append(entries, next)
		prev = next
	}
	return entries
}

func each(entries []chain.Entry) iter.Seq2[chain.Entry, error] {
	return func(yield func(chain.Entry, error) bool) {
		for _, entry := range entries {
			if !yield(entry, nil) {
				return
			}
		}
	}
}

// TestLayoutIsFixed holds hashes computed by hand-packed bytes and another
// SHA-256 than Go's, from the layout in the package's comment.
func TestLayoutIsFixed(t *testing.T) {
	entries := build(t, 2)
	want := []string{
		"0d19ef4b45730a0f7ca104ec90c83db6b65c1d2362292fffb405867b9e959b42",
		"a496ac8237d7942a8cb29f1483a53f705337b0d7623bc50d62c025f3370040dc",
	}
	for i, entry := range entries {
		if entry.Hash != want[i] {
			t.Errorf("hash of entry %d: got %s, want %s", i+1, entry.Hash, want[i])
		}
	}
}

func TestLinkSetsWhatFollows(t *testing.T) {
	entries := build(t, 2)
	first, second := entries[0], entries[1]
	if first.Seq != 1 || first.Prev != chain.Genesis {
		t.Errorf("first entry: got seq %d after %s, want 1 after Genesis", first.Seq, first.Prev)
	}
	if second.Seq != 2 || second.Prev != first.Hash {
		t.Errorf("second entry: got seq %d after %s, want 2 after %s", second.Seq, second.Prev, first.Hash)
	}
	if want := time.Date(2026, 3, 14, 11, 0, 0, 123_456_000, time.UTC); first.At != want {
		t.Errorf("time: got %v, want %v", first.At, want)
	}
	if want := `{"answer":"yes","n":0}`; string(first.Body) != want {
		t.Errorf("body: got %s, want %s", first.Body, want)
	}
}

func TestLinkRefuses(t *testing.T) {
	other := draft(0)
	other.Chain = "access"
	foreign, err := chain.Link(chain.Entry{}, other)
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(*chain.Entry)) chain.Entry {
		e := draft(1)
		f(&e)
		return e
	}
	cases := map[string]struct{ prev, next chain.Entry }{
		"no chain":        {chain.Entry{}, change(func(e *chain.Entry) { e.Chain = "" })},
		"no kind":         {chain.Entry{}, change(func(e *chain.Entry) { e.Kind = "" })},
		"no time":         {chain.Entry{}, change(func(e *chain.Entry) { e.At = time.Time{} })},
		"body not JSON":   {chain.Entry{}, change(func(e *chain.Entry) { e.Body = json.RawMessage("{") })},
		"two bodies":      {chain.Entry{}, change(func(e *chain.Entry) { e.Body = json.RawMessage("1 2") })},
		"broken UTF-8":    {chain.Entry{}, change(func(e *chain.Entry) { e.Actor = "\xff" })},
		"other chain":     {foreign, draft(1)},
		"prev not linked": {chain.Entry{Seq: 1, Chain: "consent"}, draft(1)},
	}
	for name, tc := range cases {
		if got, err := chain.Link(tc.prev, tc.next); !errors.Is(err, chain.ErrInvalid) {
			t.Errorf("%s: got %+v and %v, want ErrInvalid", name, got, err)
		}
	}
}

func TestVerifyAcceptsWholeChains(t *testing.T) {
	for _, n := range []int{0, 1, 2, 50} {
		if err := chain.Verify(each(build(t, n))); err != nil {
			t.Errorf("Verify of %d entries: got %v, want no error", n, err)
		}
	}
}

func TestVerifyNamesTheFirstBadEntry(t *testing.T) {
	relink := func(e chain.Entry, prev chain.Entry) chain.Entry {
		linked, err := chain.Link(prev, e)
		if err != nil {
			t.Fatal(err)
		}
		return linked
	}
	cases := []struct {
		name   string
		change func(e []chain.Entry) []chain.Entry
		want   uint64
	}{
		{"body", func(e []chain.Entry) []chain.Entry { e[4].Body = json.RawMessage(`{}`); return e }, 5},
		{"body with a space", func(e []chain.Entry) []chain.Entry { e[4].Body = append(e[4].Body, ' '); return e }, 5},
		{"kind", func(e []chain.Entry) []chain.Entry { e[0].Kind = "x"; return e }, 1},
		{"subject", func(e []chain.Entry) []chain.Entry { e[9].Subject = "x"; return e }, 10},
		{"actor", func(e []chain.Entry) []chain.Entry { e[2].Actor = "x"; return e }, 3},
		{"time", func(e []chain.Entry) []chain.Entry { e[2].At = e[2].At.Add(time.Microsecond); return e }, 3},
		{"hash", func(e []chain.Entry) []chain.Entry { e[2].Hash = e[3].Hash; return e }, 3},
		{"prev", func(e []chain.Entry) []chain.Entry { e[2].Prev = e[0].Hash; return e }, 3},
		{"chain name", func(e []chain.Entry) []chain.Entry { e[2].Chain = "x"; return e }, 3},
		{"text moved between fields", func(e []chain.Entry) []chain.Entry {
			e[2].Kind, e[2].Subject = e[2].Kind+e[2].Subject[:1], e[2].Subject[1:]
			return e
		}, 3},
		{"changed and linked anew", func(e []chain.Entry) []chain.Entry { e[2].Actor = "x"; e[2] = relink(e[2], e[1]); return e }, 4},
		{"left out", func(e []chain.Entry) []chain.Entry { return slices.Delete(e, 3, 4) }, 4},
		{"first left out", func(e []chain.Entry) []chain.Entry { return e[1:] }, 1},
		{"exchanged", func(e []chain.Entry) []chain.Entry { e[3], e[4] = e[4], e[3]; return e }, 4},
		{"twice", func(e []chain.Entry) []chain.Entry { return slices.Insert(e, 3, e[2]) }, 4},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			err := chain.Verify(each(tc.change(build(t, 10))))
			var broken *chain.BrokenError
			if !errors.As(err, &broken) || broken.Seq != tc.want {
				t.Errorf("Verify: got %v, want a BrokenError at %d", err, tc.want)
			}
		})
	}
}

func TestVerifyPassesErrorsOn(t *testing.T) {
	away := errors.New("away")
	err := chain.Verify(func(yield func(chain.Entry, error) bool) { yield(chain.Entry{}, away) })
	var broken *chain.BrokenError
	if !errors.Is(err, away) || errors.As(err, &broken) {
		t.Errorf("Verify when reading fails: got %v, want that error and no BrokenError", err)
	}
}

func TestEntriesComeThroughJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "body")
		body, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		entry, err := chain.Link(chain.Entry{}, chain.Entry{
			At:      time.UnixMicro(rapid.Int64Range(0, 1<<51).Draw(t, "at")),
			Chain:   "c",
			Kind:    "k",
			Subject: rapid.String().Draw(t, "subject"),
			Body:    body,
		})
		if err != nil {
			t.Fatal(err)
		}
		encoded, err := json.Marshal(entry)
		if err != nil {
			t.Fatal(err)
		}
		var decoded chain.Entry
		if err := json.Unmarshal(encoded, &decoded); err != nil {
			t.Fatal(err)
		}
		if err := chain.Verify(each([]chain.Entry{decoded})); err != nil {
			t.Errorf("Verify of %s: got %v, want no error", encoded, err)
		}
	})
}

func TestBodyWithoutEscapesIsMadeCanonical(t *testing.T) {
	d := draft(0)
	d.Body = json.RawMessage("{\n  \"text\": \"a<b>&\u2028\"\n}")
	entry, err := chain.Link(chain.Entry{}, d)
	if err != nil {
		t.Fatal(err)
	}
	if want := []byte(`{"text":"a\u003cb\u003e\u0026\u2028"}`); !bytes.Equal(entry.Body, want) {
		t.Errorf("body: got %s, want %s", entry.Body, want)
	}
	d.Body = nil
	if entry, err = chain.Link(chain.Entry{}, d); err != nil || string(entry.Body) != "null" {
		t.Errorf("no body: got %s and %v, want null", entry.Body, err)
	}
}

func BenchmarkLink(b *testing.B) {
	var prev chain.Entry
	for b.Loop() {
		next, err := chain.Link(prev, draft(1))
		if err != nil {
			b.Fatal(err)
		}
		prev = next
	}
}
