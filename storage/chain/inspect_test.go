package chain_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/storage/chain"
)

func inspect(t testing.TB, entries []chain.Entry) chain.Inspection {
	t.Helper()
	got, err := chain.Inspect("consent", each(entries), nil)
	if err != nil {
		t.Fatalf("Inspect: %v", err)
	}
	return got
}

// found writes faults as "4 changed, 7 missing".
func found(in chain.Inspection) string {
	text := ""
	for i, f := range in.Faults {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%d %s", f.Seq, f.Kind)
	}
	return text
}

func TestInspectNamesEveryBadEntry(t *testing.T) {
	relink := func(e, prev chain.Entry) chain.Entry {
		linked, err := chain.Link(prev, e)
		if err != nil {
			t.Fatal(err)
		}
		return linked
	}
	swap := func(e []chain.Entry, i, j int) []chain.Entry {
		e[i].Seq, e[j].Seq = e[j].Seq, e[i].Seq
		slices.SortFunc(e, func(a, b chain.Entry) int { return int(a.Seq) - int(b.Seq) })
		return e
	}
	cases := []struct {
		name   string
		change func(e []chain.Entry) []chain.Entry
		want   string
	}{
		{"whole", func(e []chain.Entry) []chain.Entry { return e }, ""},
		{"none", func([]chain.Entry) []chain.Entry { return nil }, ""},
		{"a body", func(e []chain.Entry) []chain.Entry { e[4].Body = json.RawMessage(`{}`); return e }, "5 changed"},
		{"two actors", func(e []chain.Entry) []chain.Entry { e[2].Actor, e[7].Actor = "x", "y"; return e }, "3 changed, 8 changed"},
		{"a hash", func(e []chain.Entry) []chain.Entry { e[2].Hash = e[3].Hash; return e }, "3 changed"},
		{"a hash before", func(e []chain.Entry) []chain.Entry { e[2].Prev = "x"; return e }, "3 changed"},
		{"one left out", func(e []chain.Entry) []chain.Entry { return slices.Delete(e, 3, 4) }, "4 missing"},
		{"three left out", func(e []chain.Entry) []chain.Entry { return slices.Delete(e, 3, 6) }, "4 missing"},
		{"the first left out", func(e []chain.Entry) []chain.Entry { return e[1:] }, "1 missing"},
		{"two exchanged", func(e []chain.Entry) []chain.Entry { return swap(e, 3, 4) }, "4 moved, 5 moved"},
		{"two far apart exchanged", func(e []chain.Entry) []chain.Entry { return swap(e, 1, 8) }, "2 moved, 9 moved"},
		{"one left out and closed up", func(e []chain.Entry) []chain.Entry {
			for i := 4; i < len(e); i++ {
				e[i].Seq--
			}
			return slices.Delete(e, 3, 4)
		}, "4 moved, 5 moved, 6 moved, 7 moved, 8 moved, 9 moved"},
		{"changed and hashed anew", func(e []chain.Entry) []chain.Entry {
			e[4].Actor = "x"
			e[4] = relink(e[4], e[3])
			return e
		}, "5 replaced"},
		{"another beginning", func(e []chain.Entry) []chain.Entry {
			e[0].Prev = e[5].Hash
			return e
		}, "1 changed"},
		{"of another chain", func(e []chain.Entry) []chain.Entry { e[4].Chain = "x"; return e }, "5 foreign"},
		{"a number twice", func(e []chain.Entry) []chain.Entry { return slices.Insert(e, 3, e[2]) }, "3 foreign"},
		{"two kinds at once", func(e []chain.Entry) []chain.Entry {
			e[1].Kind = "x"
			return slices.Delete(e, 6, 7)
		}, "2 changed, 7 missing"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			if got := found(inspect(t, tc.change(build(t, 10)))); got != tc.want {
				t.Errorf("faults: got %q, want %q", got, tc.want)
			}
		})
	}
}

// TestInspectNotesTheClock: a clock that was set back is no fault, and no secret.
func TestInspectNotesTheClock(t *testing.T) {
	var entries []chain.Entry
	var prev chain.Entry
	for i, offset := range []time.Duration{0, 2 * time.Second, -time.Hour, -time.Minute} {
		d := draft(i)
		d.At = noon.Add(offset)
		next, err := chain.Link(prev, d)
		if err != nil {
			t.Fatal(err)
		}
		entries, prev = append(entries, next), next
	}
	got := inspect(t, entries)
	want := []chain.ClockStep{{Seq: 3, By: (time.Hour + 2*time.Second).Microseconds()}}
	if len(got.Faults) != 0 || !slices.Equal(got.Backwards, want) {
		t.Errorf("got faults %v and steps %v, want none and %v", got.Faults, got.Backwards, want)
	}
}

func TestInspectLetsVisitorsAdd(t *testing.T) {
	got, err := chain.Inspect("consent", each(build(t, 3)), func(e chain.Entry) *chain.Fault {
		if e.Seq != 2 {
			return nil
		}
		return &chain.Fault{Seq: 2, Kind: chain.Unsigned}
	})
	if err != nil || found(got) != "2 unsigned" || got.Entries != 3 || got.Last != 3 {
		t.Errorf("got %+v and %v, want 3 entries and the visitor's fault", got, err)
	}
	away := errors.New("away")
	_, err = chain.Inspect("consent", func(yield func(chain.Entry, error) bool) { yield(chain.Entry{}, away) }, nil)
	if !errors.Is(err, away) {
		t.Errorf("when reading fails: got %v, want that error", err)
	}
}

// TestInspectSeesWhatVerifySees: both agree on every single change.
func TestInspectSeesWhatVerifySees(t *testing.T) {
	whole := build(t, 8)
	rapid.Check(t, func(t *rapid.T) {
		entries := slices.Clone(whole)
		i := rapid.IntRange(0, len(entries)-1).Draw(t, "entry")
		switch rapid.IntRange(0, 5).Draw(t, "change") {
		case 0:
			entries[i].Subject += "x"
		case 1:
			entries[i].At = entries[i].At.Add(time.Second)
		case 2:
			entries = slices.Delete(entries, i, i+1)
		case 3:
			entries[i].Hash = whole[(i+1)%len(whole)].Hash
		case 4:
			entries[i].Seq += 20
		case 5: // nothing
		}
		in, err := chain.Inspect("consent", each(entries), nil)
		broken := chain.Verify(each(entries))
		if err != nil || (broken == nil) != (len(in.Faults) == 0) {
			t.Errorf("got faults %v, Verify says %v", in.Faults, broken)
		}
	})
}
