package notary

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"parley/storage/blob/fsblob"
	"parley/storage/chain"
	"parley/storage/meta"
	"parley/storage/signing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func testKey(t testing.TB, n byte) *signing.Key {
	t.Helper()
	k, err := signing.FromSeed(append(make([]byte, signing.SeedLen-1), n))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// house is a ledger with its notary and witness.
type house struct {
	*database
	t       *testing.T
	witness *FileWitness
	path    string // of the witness's file
	key     *signing.Key
}

func newHouse(t *testing.T, d *database) *house {
	path := filepath.Join(t.TempDir(), "heads.jsonl")
	return &house{database: d, t: t, path: path, witness: NewFileWitness(path), key: testKey(t, 1)}
}

func (h *house) append(name string, n int) {
	h.t.Helper()
	for i := range n {
		if _, err := h.store.AppendChain(h.t.Context(), name, "answer", fmt.Sprint("call-", i%2), "person", map[string]int{"n": i}, noon.Add(time.Duration(i)*time.Second)); err != nil {
			h.t.Fatal(err)
		}
	}
}

func (h *house) notary() *Notary {
	return New(Config{
		Store: h.store, Key: h.key, Chains: []string{"consent", "audit"}, Witnesses: []Witness{h.witness},
		Now: func() time.Time { return noon.Add(time.Hour) }, Log: zerolog.New(zerolog.NewTestWriter(h.t)),
	})
}

// sign is what Run does at a time.
func (h *house) sign() {
	h.t.Helper()
	n := h.notary()
	if err := errors.Join(n.load(h.t.Context()), n.sign(h.t.Context())); err != nil {
		h.t.Fatalf("sign: %v", err)
	}
}

func (h *house) verify() Report {
	h.t.Helper()
	r, err := Verification{
		Store: h.store, Keys: h.key.Public(), Chains: []string{"consent", "audit"}, Witnesses: []Witness{h.witness},
	}.Run(h.t.Context())
	if err != nil {
		h.t.Fatalf("verify: %v", err)
	}
	return r
}

// faults writes a report as "consent 4 changed, heads 2 truncated".
func faults(r Report) string {
	var all []string
	for _, c := range r.Chains {
		for _, f := range c.Faults {
			all = append(all, fmt.Sprintf("%s %d %s", c.Chain, f.Seq, f.Kind))
		}
	}
	return strings.Join(all, ", ")
}

// forge links a chain anew from an entry on, as somebody would who can write the
// database but not sign.
func (h *house) forge(name string, from uint64, change func(*chain.Entry)) {
	h.t.Helper()
	var prev chain.Entry
	for e, err := range All(h.t.Context(), h.store, name) {
		if err != nil {
			h.t.Fatal(err)
		}
		if e.Seq >= from {
			if e.Seq == from {
				change(&e)
			}
			if e, err = chain.Link(prev, e); err != nil {
				h.t.Fatal(err)
			}
			h.exec(fmt.Sprintf(`UPDATE chain_entries SET actor = '%s', prev = '%s', hash = '%s' WHERE chain = '%s' AND seq = %d`, e.Actor, e.Prev, e.Hash, name, e.Seq))
		}
		prev = e
	}
}

// TestTamperingIsFoundAndNamed changes real databases by SQL.
func TestTamperingIsFoundAndNamed(t *testing.T) {
	rows := []struct {
		name   string
		tamper func(h *house)
		want   string
	}{
		{"nothing", func(*house) {}, ""},
		{"a row changed", func(h *house) {
			h.exec(`UPDATE chain_entries SET body = '{"n":99}' WHERE chain = 'consent' AND seq = 4`)
		}, "consent 4 changed"},
		{"a time changed", func(h *house) {
			h.exec(`UPDATE chain_entries SET at = at + 1 WHERE chain = 'audit' AND seq = 2`)
		}, "audit 2 changed"},
		{"a row deleted", func(h *house) { h.exec(`DELETE FROM chain_entries WHERE chain = 'consent' AND seq = 5`) }, "consent 5 missing"},
		{"two rows exchanged", func(h *house) {
			h.exec(`UPDATE chain_entries SET seq = 1000 WHERE chain = 'consent' AND seq = 2`,
				`UPDATE chain_entries SET seq = 2 WHERE chain = 'consent' AND seq = 7`,
				`UPDATE chain_entries SET seq = 7 WHERE chain = 'consent' AND seq = 1000`)
		}, "consent 2 moved, consent 7 moved"},
		{"a row added", func(h *house) {
			h.exec(`INSERT INTO chain_entries SELECT chain, 9, at, kind, subject, actor, body, prev, hash FROM chain_entries WHERE chain = 'consent' AND seq = 8`)
		}, "consent 9 moved"},
		{"a row moved to another chain", func(h *house) {
			h.exec(`UPDATE chain_entries SET chain = 'other' WHERE chain = 'consent' AND seq = 3`)
		}, "consent 3 missing"},
		{"the tail cut off", func(h *house) { h.exec(`DELETE FROM chain_entries WHERE chain = 'consent' AND seq > 6`) }, "consent 7 truncated"},
		{"the whole chain gone", func(h *house) { h.exec(`DELETE FROM chain_entries WHERE chain = 'consent'`) }, "consent 1 truncated"},
		{"the tail cut off, and its heads", func(h *house) {
			h.exec(`DELETE FROM chain_entries WHERE chain = 'consent' AND seq > 6`, `DELETE FROM chain_entries WHERE chain = 'heads'`)
		}, "consent 7 truncated, heads 1 truncated"},
		{"everything gone", func(h *house) { h.exec(`DELETE FROM chain_entries`) }, "consent 1 truncated, audit 1 truncated, heads 1 truncated"},
		{"changed and linked anew", func(h *house) {
			h.forge("consent", 3, func(e *chain.Entry) { e.Actor = "somebody" })
		}, "consent 8 replaced"},
		{"the tail cut off and grown again", func(h *house) {
			h.exec(`DELETE FROM chain_entries WHERE chain = 'consent' AND seq > 6`)
			h.append("consent", 5)
		}, "consent 8 replaced"},
		{"a head changed", func(h *house) {
			h.exec(`UPDATE chain_entries SET body = '{"jws":"a.b.c"}' WHERE chain = 'heads' AND seq = 1`)
		}, "heads 1 changed, heads 1 unsigned"},
		{"heads of another key", func(h *house) {
			h.exec(`DELETE FROM chain_entries WHERE chain = 'heads'`)
			other := *h
			other.key = testKey(h.t, 2)
			other.witness = NewFileWitness(filepath.Join(h.t.TempDir(), "other"))
			other.sign()
		}, "heads 1 replaced, heads 1 unsigned, heads 2 replaced, heads 2 unsigned"},
	}
	eachDatabase(t, func(t *testing.T, fresh func(t *testing.T) *database) {
		for _, r := range rows {
			t.Run(r.name, func(t *testing.T) {
				h := newHouse(t, fresh(t))
				h.append("consent", 8)
				h.append("audit", 3)
				h.sign()
				r.tamper(h)
				got := h.verify()
				sorted := strings.Split(faults(got), ", ")
				slices.Sort(sorted)
				want := strings.Split(r.want, ", ")
				slices.Sort(want)
				if !slices.Equal(sorted, want) || got.OK != (r.want == "") {
					t.Errorf("verify: got %q, ok %t, want %q", faults(got), got.OK, r.want)
				}
			})
		}
	})
}

// TestWhatIsNotSignedYet: the report says how far signatures go.
func TestWhatIsNotSignedYet(t *testing.T) {
	h := newHouse(t, openSQLite(t))
	h.append("consent", 4)
	h.sign()
	h.append("consent", 3)
	r := h.verify()
	if c := r.Chains[0]; !r.OK || c.SignedTo != 4 || c.Last != 7 || r.Heads != 1 || r.Witnessed != 1 {
		t.Errorf("report: got %+v, want whole, signed to 4 of 7", r)
	}
}

// TestClockSetBackIsNoted: the entries stand, and the report says so.
func TestClockSetBackIsNoted(t *testing.T) {
	h := newHouse(t, openSQLite(t))
	h.append("consent", 3)
	h.append("consent", 1) // again at noon
	r := h.verify()
	if c := r.Chains[0]; !r.OK || len(c.Backwards) != 1 || c.Backwards[0].Seq != 4 || c.Backwards[0].By != 2_000_000 {
		t.Errorf("report: got %+v, want a step of 2 s back at entry 4", r.Chains[0])
	}
}

// TestNothingBrokenIsSigned: a signature must not make good what was tampered with.
func TestNothingBrokenIsSigned(t *testing.T) {
	for name, tamper := range map[string]func(h *house){
		"a signed entry was replaced": func(h *house) {
			h.forge("consent", 4, func(e *chain.Entry) { e.Actor = "x" })
		},
		"a newer entry was changed": func(h *house) { h.exec(`UPDATE chain_entries SET actor = 'x' WHERE chain = 'consent' AND seq = 5`) },
		"all of it is gone":         func(h *house) { h.exec(`DELETE FROM chain_entries WHERE chain = 'consent'`) },
	} {
		h := newHouse(t, openSQLite(t))
		h.append("consent", 4)
		h.sign()
		h.append("consent", 2)
		tamper(h)
		n := h.notary()
		err := errors.Join(n.load(t.Context()), n.sign(t.Context()))
		if !errors.Is(err, ErrBroken) {
			t.Errorf("%s: got %v, want ErrBroken", name, err)
		}
		if r := h.verify(); r.OK || r.Heads != 1 {
			t.Errorf("%s: got %+v, want no further head", name, r)
		}
	}
}

// TestWitnessCatchesUp: a crash between store and witness leaves no gap.
func TestWitnessCatchesUp(t *testing.T) {
	h := newHouse(t, openSQLite(t))
	h.append("consent", 2)
	h.sign()
	if err := os.Truncate(h.path, 20); err != nil { // torn
		t.Fatal(err)
	}
	h.append("consent", 1)
	h.sign()
	if r := h.verify(); !r.OK || r.Heads != 2 || r.Witnessed != 2 {
		t.Errorf("report: got %+v, want both heads kept", r)
	}
}

func TestObjectWitness(t *testing.T) {
	files, err := fsblob.Open(fsblob.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	w := NewObjectWitness(files)
	h := newHouse(t, openSQLite(t))
	h.append("consent", 2)
	h.sign()
	for e, err := range h.witness.Kept(t.Context()) {
		if err = errors.Join(err, w.Keep(t.Context(), e), w.Keep(t.Context(), e)); err != nil {
			t.Fatal(err)
		}
	}
	h.exec(`DELETE FROM chain_entries WHERE chain = 'heads'`, `DELETE FROM chain_entries WHERE chain = 'consent' AND seq = 2`)
	r, err := Verification{Store: h.store, Keys: h.key.Public(), Chains: []string{"consent"}, Witnesses: []Witness{w}}.Run(t.Context())
	if err != nil || faults(r) != "consent 2 truncated, heads 1 truncated" {
		t.Errorf("report: got %q and %v, want both tails missed", faults(r), err)
	}
}

// memory is a store whose appends can be watched.
type memory struct {
	mu     sync.Mutex
	chains map[string][]chain.Entry
	away   bool // for heads
}

func (m *memory) goAway(away bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.away = away
}

func (m *memory) AppendChain(_ context.Context, name, kind, subject, actor string, _ any, at time.Time) (chain.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away && name == Chain {
		return chain.Entry{}, errors.New("away")
	}
	var prev chain.Entry
	if list := m.chains[name]; len(list) > 0 {
		prev = list[len(list)-1]
	}
	e, err := chain.Link(prev, chain.Entry{At: at, Chain: name, Kind: kind, Subject: subject, Actor: actor})
	if err == nil {
		m.chains[name] = append(m.chains[name], e)
	}
	return e, err
}

func (m *memory) ChainEntries(_ context.Context, name, _ string, after uint64, _ int) ([]chain.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := m.chains[name]
	return slices.Clone(list[min(after, uint64(len(list))):]), nil
}

func (m *memory) heads() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.chains[Chain])
}

// TestWhenHeadsAreSigned: after so many entries, after so long, and at the end;
// never for nothing.
func TestWhenHeadsAreSigned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &memory{chains: map[string][]chain.Entry{}}
		n := New(Config{Store: store, Key: testKey(t, 1), Chains: []string{"consent"}, Every: 3, Interval: time.Minute, Now: time.Now, Log: zerolog.Nop()})
		add := func(count int) {
			for range count {
				if _, err := store.AppendChain(t.Context(), "consent", "k", "s", "a", nil, time.Now()); err != nil {
					t.Fatal(err)
				}
				n.Appended()
			}
			synctest.Wait()
		}
		want := func(when string, heads int) {
			t.Helper()
			if got := store.heads(); got != heads {
				t.Errorf("%s: got %d heads, want %d", when, got, heads)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- n.Run(ctx) }()
		synctest.Wait()
		want("of an empty chain", 0)
		add(2)
		want("after two entries", 0)
		add(1)
		want("after three", 1)
		time.Sleep(61 * time.Second) // the bubble's clock
		synctest.Wait()
		want("after a minute without anything new", 1)
		add(1)
		time.Sleep(61 * time.Second)
		synctest.Wait()
		want("after a minute with one entry", 2)
		store.goAway(true)
		add(3)
		want("while the store is away", 2)
		store.goAway(false)
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		want("at the end", 3)
	})
}

var _ Store = meta.Store(nil)
