package rotation_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlite"
	"parley/storage/rotation"
	"parley/storage/storetest"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func newKey(t testing.TB, kind string) envelope.MasterKey {
	t.Helper()
	text, err := envelope.GenerateMasterKey(kind)
	if err != nil {
		t.Fatal(err)
	}
	k, err := envelope.ParseMasterKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func master(t testing.TB, keys ...envelope.MasterKey) *envelope.Master {
	t.Helper()
	m, err := envelope.NewMaster(nil, envelope.MasterKeys(keys))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func openStore(t testing.TB) *sqlite.Store {
	t.Helper()
	store := storetest.Database(t)
	return store
}

// fill enters recordings, a secret and a webhook, sealed by m.
func fill(t testing.TB, store *sqlite.Store, m *envelope.Master, recordings int) {
	t.Helper()
	sealer := m.Sealer()
	for i := range recordings {
		at := noon.Add(time.Duration(i) * time.Second)
		r := meta.Recording{
			ID: id.NewRecording(at), CallID: id.NewCall(at), MemberID: "maya", ExpertID: "hanna", State: meta.StateCapturing, StartedAt: at,
		}
		envelopes := map[string][]byte{}
		for _, part := range id.Parts() {
			k, err := sealer.NewKey(envelope.Binding{Recording: r.ID, Part: part})
			if err != nil {
				t.Fatal(err)
			}
			envelopes[part] = k.Envelope
		}
		if err := store.InsertRecording(t.Context(), r, envelopes); err != nil {
			t.Fatal(err)
		}
	}
	secret, err := m.SealSecret("turn", []byte("value"))
	if err == nil {
		_, err = store.PutSecret(t.Context(), "turn", secret)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// cut is a store that is killed after some pages.
type cut struct {
	rotation.Store
	after int
}

var errCut = errors.New("cut off")

func (c *cut) Reseal(ctx context.Context, list []meta.Resealed) (int, error) {
	if c.after--; c.after < 0 {
		return 0, errCut
	}
	return c.Store.Reseal(ctx, list)
}

// TestRotationIsResumed after a kill at each of its pages: at every point
// everything can be opened, and in the end with the new key alone.
func TestRotationIsResumed(t *testing.T) {
	older, newer := newKey(t, envelope.KindX25519), newKey(t, envelope.KindHybrid)
	both := master(t, older, newer)
	alone := both.Without(older.Recipient().ID())
	store := openStore(t)
	const recordings = 200
	fill(t, store, master(t, older), recordings)
	resealed := 0
	for after := 0; ; after++ {
		p, err := rotation.Run(t.Context(), &cut{store, 1}, both, nil)
		resealed += p.Resealed
		if n, failed := rotation.Check(t.Context(), store, both); failed != nil || n != 3*recordings+1 {
			t.Fatalf("after cut %d: %d things and %v, want all to open", after, n, failed)
		}
		if err == nil {
			break
		}
		if !errors.Is(err, errCut) {
			t.Fatalf("Run: got %v, want that it was cut off", err)
		}
		var failed rotation.Failures
		if _, err := rotation.Check(t.Context(), store, alone); !errors.As(err, &failed) || len(failed) == 0 {
			t.Fatalf("with the new key alone, half way: got %v, want what hangs on the other one", err)
		} else if !strings.Contains(err.Error(), "rec_") && !strings.Contains(err.Error(), "turn") {
			t.Errorf("the error does not name what cannot be opened: %v", err)
		}
	}
	if resealed != 3*recordings+1 {
		t.Errorf("sealed anew in all: got %d, want each of the %d once", resealed, 3*recordings+1)
	}
	if _, err := rotation.Check(t.Context(), store, alone); err != nil {
		t.Errorf("with the new key alone: got %v, want all to open", err)
	}
	uses, err := rotation.Count(t.Context(), store)
	if want := (rotation.Use{Sealed: 3*recordings + 1}); err != nil || uses.ByKey[older.Recipient().ID()] != want || uses.ByKey[newer.Recipient().ID()] != want {
		t.Errorf("Count: got %+v and %v, want all sealed to both", uses, err)
	}
	if p, err := rotation.Run(t.Context(), store, alone, nil); err != nil || p.Resealed != 3*recordings+1 {
		t.Errorf("without the old key: got %+v and %v, want all sealed anew", p, err)
	}
	if _, err := rotation.Check(t.Context(), store, master(t, older)); err == nil {
		t.Error("with the old key alone: everything opens still")
	}
}

// TestWhatCannotBeOpened is named and left, and the rest is done.
func TestWhatCannotBeOpened(t *testing.T) {
	mine, foreign := newKey(t, envelope.KindX25519), newKey(t, envelope.KindX25519)
	store := openStore(t)
	fill(t, store, master(t, foreign), 1)
	next := newKey(t, envelope.KindX25519)
	p, err := rotation.Run(t.Context(), store, master(t, mine, next), nil)
	var failed rotation.Failures
	if !errors.As(err, &failed) || len(failed) != 4 || p.Resealed != 0 {
		t.Fatalf("Run with a foreign key: got %+v and %v, want four failures", p, err)
	}
	for _, f := range failed {
		if !errors.Is(f.Err, envelope.ErrNoMatchingKey) || !strings.Contains(err.Error(), foreign.Recipient().ID()) {
			t.Errorf("%s: got %v, want ErrNoMatchingKey with the key that is missing", f.Name, f.Err)
		}
	}
	if _, err := rotation.Check(t.Context(), store, master(t, foreign)); err != nil {
		t.Errorf("with the foreign key after it: got %v, want all as it was", err)
	}
}

// BenchmarkRun seals 100 000 envelopes anew.
func BenchmarkRun(b *testing.B) {
	for _, kind := range []string{envelope.KindX25519, envelope.KindHybrid} {
		b.Run(fmt.Sprintf("to %s", kind), func(b *testing.B) {
			older := newKey(b, envelope.KindX25519)
			store := openStore(b)
			fill(b, store, master(b, older), 100_000/3)
			b.ResetTimer()
			for b.Loop() {
				next := newKey(b, kind)
				p, err := rotation.Run(b.Context(), store, master(b, older, next), nil)
				if err != nil || p.Resealed < 99_999 {
					b.Fatalf("got %+v and %v", p, err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/100k")
		})
	}
}
