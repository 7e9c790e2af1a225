package retention_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"parley/storage/destruction"
	"parley/storage/erasure"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlmeta"
	"parley/storage/retention"
	"parley/storage/signing"
	"parley/storage/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("got %v, want no error", err)
	}
}

// site is a deployment with a clock that the test moves.
type site struct {
	t       *testing.T
	meta    *sqlmeta.Store
	now     time.Time
	sweeper *retention.Sweeper
	policy  retention.Policy
}

type nowhere struct{}

func (nowhere) RemoveLocal(context.Context, id.RecordingID, string) error { return nil }

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, now: noon, policy: retention.Policy{Days: 90, TrashDays: 7}}
	var err error
	s.meta = storetest.Database(t)
	objects := storetest.Folder(t)
	key, err := signing.FromSeed(bytes.Repeat([]byte{7}, signing.SeedLen))
	must(t, err)
	clock := func() time.Time { return s.now }
	s.sweeper = retention.New(retention.Config{
		Meta: s.meta, Policy: s.policy, AuditChain: "audit", Every: time.Hour, Now: clock, Log: zerolog.Nop(),
		Eraser: destruction.New(destruction.Config{
			Meta: s.meta, List: erasure.NewLog(objects), Objects: objects, Local: nowhere{}, Key: key, AuditChain: "audit", Now: clock,
		}),
	})
	return s
}

func (s *site) record() id.RecordingID {
	s.t.Helper()
	r := meta.Recording{ID: id.NewRecording(s.now), CallID: id.NewCall(s.now), MemberID: "maya", ExpertID: "lee", State: meta.StateStored, StartedAt: s.now, Keep: meta.Keep{Days: 90}}
	envelopes := map[string][]byte{}
	for _, part := range id.Parts() {
		envelopes[part] = []byte("sealed")
	}
	must(s.t, s.meta.InsertRecording(s.t.Context(), r, envelopes))
	return r.ID
}

// sweepAt moves the clock to a day and sweeps.
func (s *site) sweepAt(day int) {
	s.t.Helper()
	s.now = noon.Add(time.Duration(day) * 24 * time.Hour)
	must(s.t, s.sweeper.Sweep(s.t.Context()))
}

func (s *site) want(r id.RecordingID, state meta.State, trashed bool) {
	s.t.Helper()
	got, err := s.meta.Recording(s.t.Context(), r)
	must(s.t, err)
	if got.State != state || (got.TrashedAt != nil) != trashed {
		s.t.Errorf("at %s: got %s, set aside %v, want %s, %v", s.now.Format(time.DateOnly), got.State, got.TrashedAt != nil, state, trashed)
	}
}

func TestALife(t *testing.T) {
	s := newSite(t)
	r := s.record()
	s.sweepAt(89)
	s.want(r, meta.StateStored, false)
	s.sweepAt(90)
	s.want(r, meta.StateStored, true)
	s.sweepAt(40) // the clock was ahead, and is set back
	s.want(r, meta.StateStored, false)
	s.sweepAt(91)
	s.want(r, meta.StateStored, true)
	s.sweepAt(97)
	s.want(r, meta.StateStored, true)
	s.sweepAt(98)
	s.want(r, meta.StateErased, true)
	list, err := s.meta.Erasures(t.Context(), meta.ErasureFilter{Recording: r})
	if err != nil || len(list) != 1 || list[0].State != meta.ErasureDone || list[0].Basis != meta.BasisRetention || list[0].Certificate == "" {
		t.Errorf("erasure: got %+v and %v, want one that is done, with a certificate", list, err)
	}
	must(t, s.meta.VerifyChain(t.Context(), "audit"))
	entries, err := s.meta.ChainEntries(t.Context(), "audit", string(r), 0, 0)
	if err != nil || len(entries) != 5 { // set aside, put back, set aside, expired, erased
		t.Errorf("audit: got %d entries and %v, want 5", len(entries), err)
	}
	s.sweepAt(99)
	if again, err := s.meta.ChainEntries(t.Context(), "audit", string(r), 0, 0); err != nil || len(again) != 5 {
		t.Errorf("swept again: got %d entries and %v, want no more", len(again), err)
	}
}

// TestAHoldPutsOff what is due, and the release carries it out.
func TestAHoldPutsOff(t *testing.T) {
	s := newSite(t)
	r := s.record()
	s.sweepAt(90)
	hold := meta.Hold{ID: id.NewHold(s.now), Recording: r, Case: "1", Reason: "court", ReviewAt: s.now.Add(time.Hour), By: "pia", At: s.now}
	must(t, s.meta.PlaceHold(t.Context(), hold))
	asked := meta.Erasure{
		ID: id.NewErasure(s.now), Recording: r, Part: id.PartMember, Basis: meta.BasisPerson, RequestedBy: "maya", RequestedAt: s.now, State: meta.ErasureApproved,
	}
	must(t, s.meta.InsertErasure(t.Context(), asked))
	s.sweepAt(4000)
	s.want(r, meta.StateStored, false)
	must(t, s.meta.ReleaseHold(t.Context(), hold.ID, "pia", "over", s.now))
	s.sweepAt(4001)
	if _, err := s.meta.Envelope(t.Context(), r, id.PartMember); !errors.Is(err, meta.ErrNotExist) {
		t.Errorf("what was asked for while it was held: got %v, want it carried out", err)
	}
	s.want(r, meta.StateStored, true)
	s.sweepAt(4007)
	s.want(r, meta.StateStored, true)
	s.sweepAt(4008)
	s.want(r, meta.StateErased, true)
}

// TestADryRun tells what would be done and does nothing.
func TestADryRun(t *testing.T) {
	s := newSite(t)
	r := s.record()
	var got []retention.Action
	must(t, retention.Plan(t.Context(), s.meta, s.policy, noon.Add(91*24*time.Hour), func(_ meta.Recording, d retention.Decision) error {
		got = append(got, d.Do)
		return nil
	}))
	if len(got) != 1 || got[0] != retention.Trash {
		t.Errorf("plan: got %q, want to set it aside", got)
	}
	s.want(r, meta.StateStored, false)
}

// TestTextsOfUnrecordedCalls go when a recording would have gone; those of a call
// that has one stay until its voices go.
func TestTextsOfUnrecordedCalls(t *testing.T) {
	s := newSite(t)
	rec, err := s.meta.Recording(t.Context(), s.record())
	must(t, err)
	alone := id.NewCall(noon)
	for n, call := range []id.CallID{alone, rec.CallID} {
		must(t, s.meta.InsertText(t.Context(), meta.Text{
			ID: id.NewText(noon.Add(time.Duration(n) * time.Second)), Call: call, Kind: meta.TextMessage, Author: "maya", Part: id.PartMember, At: noon, Sealed: []byte("sealed"),
		}))
	}
	want := func(day int, calls ...id.CallID) {
		t.Helper()
		s.sweepAt(day)
		texts, err := s.meta.Texts(t.Context(), meta.TextFilter{})
		must(t, err)
		if len(texts) != len(calls) || len(calls) > 0 && texts[len(texts)-1].Call != calls[len(calls)-1] {
			t.Errorf("texts on day %d: got %+v, want those of %v", day, texts, calls)
		}
	}
	want(89, alone, rec.CallID)
	want(91, rec.CallID)
	entries, err := s.meta.ChainEntries(t.Context(), "audit", string(alone), 0, 0)
	if err != nil || len(entries) != 1 || entries[0].Kind != "retention.texts" {
		t.Errorf("audit of the texts: got %+v and %v, want one entry", entries, err)
	}
	want(99)
}

func TestRunEndsWithItsContext(t *testing.T) {
	s := newSite(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.sweeper.Run(ctx) }()
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run: got %v, want no error", err)
	}
}

// stuck is an eraser that gets no further.
type stuck struct{}

var errStuck = errors.New("stuck")

func (stuck) CarryOut(context.Context, id.ErasureID) (meta.Erasure, error) {
	return meta.Erasure{}, errStuck
}

// TestAnExpiryIsEnteredOnce, however many sweeps it takes to carry it out.
func TestAnExpiryIsEnteredOnce(t *testing.T) {
	s := newSite(t)
	r := s.record()
	s.sweepAt(90)
	s.now = noon.Add(98 * 24 * time.Hour)
	failing := retention.New(retention.Config{
		Meta: s.meta, Policy: s.policy, AuditChain: "audit", Every: time.Hour, Eraser: stuck{},
		Now: func() time.Time { return s.now }, Log: zerolog.Nop(),
	})
	for range 3 {
		if err := failing.Sweep(t.Context()); !errors.Is(err, errStuck) {
			t.Errorf("sweep: got %v, want that it is stuck", err)
		}
	}
	entries, err := s.meta.ChainEntries(t.Context(), "audit", string(r), 0, 0)
	list, listErr := s.meta.Erasures(t.Context(), meta.ErasureFilter{Recording: r})
	if len(entries) != 2 || len(list) != 1 || errors.Join(err, listErr) != nil { // set aside, expired
		t.Errorf("after three sweeps: got %d audit entries and %d erasures (%v), want 2 and 1", len(entries), len(list), errors.Join(err, listErr))
	}
	s.sweepAt(99)
	s.want(r, meta.StateErased, true)
}
