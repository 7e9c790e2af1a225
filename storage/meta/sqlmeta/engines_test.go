package sqlmeta_test

import (
	"context"
	"errors"
	"iter"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/pgtest"
	"parley/storage/meta/postgres"
	"parley/storage/meta/sqlite"
	"parley/storage/meta/sqlmeta"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// place makes the connections to one database.
type place func() (sqlmeta.Database, error)

// places returns a maker of empty databases for each kind.
func places(t testing.TB) map[string]func(testing.TB) place {
	server := pgtest.Start(t)
	return map[string]func(testing.TB) place{
		"SQLite": func(t testing.TB) place {
			cfg := sqlite.Config{Path: filepath.Join(t.TempDir(), "parley.db")}
			return func() (sqlmeta.Database, error) { return sqlite.Connect(cfg) }
		},
		"PostgreSQL": func(t testing.TB) place {
			cfg := postgres.Config{URL: server.Schema(t)}
			return func() (sqlmeta.Database, error) { return postgres.Connect(cfg) }
		},
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("got %v, want no error", err)
	}
}

func (p place) open(ctx context.Context) (*sqlmeta.Store, error) {
	db, err := p()
	if err != nil {
		return nil, err
	}
	return db.Open(ctx)
}

// use opens a database for one purpose.
func (p place) use(t testing.TB, do func(*sqlmeta.Store)) {
	t.Helper()
	store, err := p.open(t.Context())
	must(t, err)
	do(store)
	must(t, store.Close())
}

func (p place) restore(ctx context.Context, dump sqlmeta.Dump, overwrite bool) error {
	db, err := p()
	if err != nil {
		return err
	}
	return errors.Join(db.Restore(ctx, dump, overwrite), db.Close())
}

// cutOff is a restore that ends after a step.
func (p place) cutOff(ctx context.Context, dump sqlmeta.Dump, last string) error {
	db, err := p()
	if err != nil {
		return err
	}
	return errors.Join(db.RestoreUntil(ctx, dump, last, errInjected), db.Close())
}

// fill stores something in every table.
func fill(t testing.TB, s *sqlmeta.Store) {
	t.Helper()
	ctx := t.Context()
	later := noon.Add(time.Hour)
	must(t, s.UpsertPerson(ctx, meta.Person{ID: "maya", Role: "member", Name: "Zoë 👩🏽‍⚕️ \"<b>&\u2028", Languages: []string{"de"}, UpdatedAt: noon}))
	must(t, s.UpsertPerson(ctx, meta.Person{ID: "lee", Role: meta.RoleExpert, Name: "Lee", UpdatedAt: noon}))
	must(t, s.SetAvailable(ctx, "lee", true, noon))
	must(t, s.SetWrapUp(ctx, "lee", &later))
	must(t, s.PutBlock(ctx, meta.Block{By: "lee", Whom: "noah", At: noon}))
	must(t, s.PutRevocation(ctx, meta.Revocation{Kind: meta.RevokedPerson, Subject: "maya", IssuedBefore: noon, ExpiresAt: later, By: "platform", At: noon}))
	must(t, s.ClaimAccount(ctx, meta.Account{Human: "h-7", Cluster: "tax", Person: "lee", At: noon}))
	answer := meta.Answer{Key: "k", Request: "r", ClaimedAt: noon, ExpiresAt: later}
	_, _, err := s.ClaimAnswer(ctx, answer)
	must(t, err)
	answer.Status, answer.Body = 201, []byte("sealed\x00")
	must(t, s.PutAnswer(ctx, answer))
	call := meta.Call{ID: id.NewCall(noon), MemberID: "maya", ExpertID: "lee", CreatedAt: noon}
	must(t, s.InsertCall(ctx, call))
	call.EndedAt = &later
	call.Quality[0].Sent = &meta.WayQuality{Samples: 3, MOS: meta.Measure{Average: 4.25, Worst: 3.5}}
	must(t, s.UpdateCall(ctx, call))
	r := meta.Recording{ID: id.NewRecording(noon), CallID: call.ID, MemberID: "maya", ExpertID: "lee", State: meta.StateStored, StartedAt: noon, Report: `{"a": 1}`}
	envelopes := map[string][]byte{}
	for _, part := range id.Parts() {
		envelopes[part] = []byte("sealed key of " + part + "\x00\xff")
	}
	must(t, s.InsertRecording(ctx, r, envelopes))
	must(t, s.DestroyEnvelope(ctx, r.ID, id.PartExpert, noon))
	must(t, s.PutObject(ctx, meta.StoredObject{Recording: r.ID, Part: id.PartCall, Key: "k", Size: 1 << 40,
		SHA256: "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"}))
	e := meta.Erasure{ID: id.NewErasure(noon), Recording: r.ID, Part: id.PartExpert, Basis: meta.BasisPerson, RequestedBy: "lee", RequestedAt: noon, State: meta.ErasureRequested}
	must(t, s.InsertErasure(ctx, e))
	must(t, s.DecideErasure(ctx, e.ID, meta.ErasureApproved, "pia", "as asked", later))
	must(t, s.BeginErasure(ctx, e.ID))
	must(t, s.FinishErasure(ctx, e.ID, []string{id.PartExpert}, "a.b.c", later))
	text := meta.Text{ID: id.NewText(noon), Call: call.ID, Kind: meta.TextComment, Author: "maya", Part: id.PartMember, At: noon, Sealed: []byte("sealed\x00")}
	must(t, s.InsertRating(ctx, meta.Rating{Call: call.ID, By: "maya", About: "lee", Part: id.PartMember, At: noon, Stars: 4}, &text))
	must(t, s.InsertReport(ctx, meta.Report{ID: id.NewReport(noon), Call: call.ID, By: "maya", About: "lee", Part: id.PartMember, At: noon, Reason: meta.ReportAbuse}, nil))
	must(t, s.PutTrace(ctx, meta.Trace{Call: call.ID, Address: "a", Device: "d", At: noon}))
	must(t, s.PutSign(ctx, meta.Sign{Call: call.ID, Kind: meta.SignSameAddress, At: noon}))
	must(t, s.PutEvaluation(ctx, meta.Evaluation{ID: id.NewEvaluation(noon), Recording: id.NewRecording(noon), Call: call.ID, Expert: "lee", Reviewer: "robin",
		State: meta.EvaluationDraft, Revision: 1, At: noon, Sealed: []byte("sealed\x00")}))
	must(t, s.PlaceHold(ctx, meta.Hold{ID: id.NewHold(noon), Recording: r.ID, Case: "42 O 7/26", Reason: "court", ReviewAt: later, By: "pia", At: noon}))
	must(t, s.SetTrashed(ctx, r.ID, &later))
	must(t, s.InsertAssignment(ctx, meta.Assignment{ID: id.NewAssignment(noon), Reviewer: "robin", Recording: r.ID, By: "quinn", At: noon, ExpiresAt: later}))
	_, err = s.PutSecret(ctx, "turn", []byte("sealed\x00\xff"))
	must(t, err)
	for n := range 3 {
		_, err := s.AppendChain(ctx, "consent", "answer", string(call.ID), "maya", map[string]any{"n": n, "said": "<yes>"}, noon)
		must(t, err)
	}
	must(t, s.AppendEvents(ctx, []meta.Event{{ID: id.NewEvent(noon), At: noon, Type: meta.EventCallRinging, Call: call.ID, Body: []byte(`{}`)}}))
	hook := meta.Webhook{ID: id.NewWebhook(noon), URL: "https://platform.example/hook", Secret: []byte("sealed\x00"), CreatedAt: noon}
	must(t, s.InsertWebhook(ctx, hook))
	must(t, s.BeginCopy(ctx, "k", noon))
	must(t, s.FinishCopy(ctx, "k", noon))
	must(t, s.PutCheck(ctx, "k", noon, "changed"))
	must(t, s.PutLock(ctx, meta.StoreMain, "k", true, &later))
	must(t, s.PutDrill(ctx, meta.Drill{At: noon, Recordings: 3, Failed: 1}))
	must(t, s.AppendDelivery(ctx, meta.Delivery{Webhook: hook.ID, Event: id.NewEvent(noon), Attempt: 1, At: noon, Status: 200}))
}

// dumped reads everything that is stored.
func dumped(t testing.TB, s *sqlmeta.Store) (version int64, records []sqlmeta.Record) {
	t.Helper()
	must(t, s.Dump(t.Context(), func(v int64, all iter.Seq2[sqlmeta.Record, error]) error {
		version = v
		for r, err := range all {
			if err != nil {
				return err
			}
			records = append(records, r)
		}
		return nil
	}))
	return version, records
}

func each(records []sqlmeta.Record) iter.Seq2[sqlmeta.Record, error] {
	return func(yield func(sqlmeta.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func finished(context.Context, *sqlmeta.Store) error { return nil }

var errInjected = errors.New("injected")
