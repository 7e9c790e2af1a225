package metatest

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

func newErasure(r meta.Recording, part string) meta.Erasure {
	return meta.Erasure{
		ID: id.NewErasure(noon), Recording: r.ID, Part: part, Basis: meta.BasisPerson,
		RequestedBy: "maya", RequestedAt: stored(noon), State: meta.ErasureRequested,
	}
}

func storedRecording(t *testing.T, store meta.Store) meta.Recording {
	t.Helper()
	r := insertRecording(t, store, noon, func(r *meta.Recording) { r.State = meta.StateStored })
	for _, part := range id.Parts() {
		must(t, "PutObject", store.PutObject(testContext(t), meta.StoredObject{
			Recording: r.ID, Part: part, Key: string(r.ID) + part, Size: 1, SHA256: strings.Repeat("0a", 32),
		}))
	}
	return r
}

func erasures(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	r := storedRecording(t, store)
	e := newErasure(r, id.PartMember)
	wantError(t, "InsertErasure of nothing", store.InsertErasure(ctx, meta.Erasure{}), meta.ErrInvalid)
	wantError(t, "InsertErasure of no recording", store.InsertErasure(ctx, newErasure(newRecording(noon), id.PartMember)), meta.ErrNotExist)
	must(t, "InsertErasure", store.InsertErasure(ctx, e))
	wantError(t, "InsertErasure again", store.InsertErasure(ctx, newErasure(r, id.PartMember)), meta.ErrConflict)
	must(t, "InsertErasure of the other voice", store.InsertErasure(ctx, newErasure(r, id.PartExpert)))
	wantError(t, "BeginErasure before it is approved", store.BeginErasure(ctx, e.ID), meta.ErrConflict)
	wantError(t, "DecideErasure as done", store.DecideErasure(ctx, e.ID, meta.ErasureDone, "pia", "", noon), meta.ErrInvalid)
	must(t, "DecideErasure", store.DecideErasure(ctx, e.ID, meta.ErasureRefused, "pia", "evidence", noon))
	wantError(t, "DecideErasure again", store.DecideErasure(ctx, e.ID, meta.ErasureApproved, "pia", "", noon), meta.ErrConflict)
	got, err := store.Erasure(ctx, e.ID)
	must(t, "Erasure", err)
	e.State, e.DecidedBy, e.Note, e.DecidedAt = meta.ErasureRefused, "pia", "evidence", ptr(stored(noon))
	wantSame(t, "erasure", got, e)
	must(t, "InsertErasure after a refusal", store.InsertErasure(ctx, newErasure(r, id.PartMember)))
	open, err := store.Erasures(ctx, meta.ErasureFilter{Recording: r.ID, States: []meta.ErasureState{meta.ErasureRequested}})
	must(t, "Erasures", err)
	rest, err := store.Erasures(ctx, meta.ErasureFilter{After: open[0].ID, Limit: 1})
	must(t, "Erasures after", err)
	if len(open) != 2 || len(rest) != 1 || rest[0].ID <= open[0].ID {
		t.Errorf("Erasures: got %d open, and %+v after the first", len(open), rest)
	}
	_, err = store.Erasure(ctx, id.NewErasure(noon))
	wantError(t, "Erasure of no id", err, meta.ErrNotExist)
}

func erasureOfAVoice(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	r := storedRecording(t, store)
	carryOut := func(part string) meta.Erasure {
		e := newErasure(r, part)
		e.State = meta.ErasureApproved
		must(t, "InsertErasure", store.InsertErasure(ctx, e))
		wantError(t, "FinishErasure before it began", store.FinishErasure(ctx, e.ID, []string{part}, "x", noon), meta.ErrConflict)
		for range 2 {
			must(t, "BeginErasure", store.BeginErasure(ctx, e.ID))
			must(t, "DestroyEnvelope", store.DestroyEnvelope(ctx, r.ID, part, noon))
		}
		for _, certificate := range []string{"first", "second"} {
			must(t, "FinishErasure", store.FinishErasure(ctx, e.ID, []string{part}, certificate, noon))
		}
		got, err := store.Erasure(ctx, e.ID)
		must(t, "Erasure", err)
		return got
	}
	if got := carryOut(id.PartMember); got.State != meta.ErasureDone || got.Certificate != "first" || got.DoneAt == nil {
		t.Errorf("erasure: got %+v, want it done with the first certificate", got)
	}
	now, err := store.Recording(ctx, r.ID)
	must(t, "Recording", err)
	left, err := store.Objects(ctx, r.ID)
	must(t, "Objects", err)
	if now.State != meta.StateStored || now.Erased != [2]bool{true, false} || len(left) != 2 {
		t.Errorf("after one voice: got %+v with %d objects, want it stored with one voice and two objects", now, len(left))
	}
	waiting := newErasure(r, id.PartCall)
	must(t, "InsertErasure of the whole", store.InsertErasure(ctx, waiting))
	carryOut(id.PartExpert)
	now, err = store.Recording(ctx, r.ID)
	must(t, "Recording", err)
	moot, err := store.Erasure(ctx, waiting.ID)
	must(t, "Erasure", err)
	if now.State != meta.StateErased || now.Erased != [2]bool{true, true} || moot.State != meta.ErasureDone {
		t.Errorf("after both: got %s, and %s for what was left to do, want erased and done", now.State, moot.State)
	}
}

// twoDecideAtOnce: of many who decide at the same time one does.
func twoDecideAtOnce(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	e := newErasure(storedRecording(t, store), id.PartMember)
	must(t, "InsertErasure", store.InsertErasure(ctx, e))
	var group sync.WaitGroup
	var decided atomic.Int32
	for i := range 8 {
		to := []meta.ErasureState{meta.ErasureApproved, meta.ErasureRefused}[i%2]
		group.Go(func() {
			switch err := store.DecideErasure(ctx, e.ID, to, "pia", string(to), noon); {
			case err == nil:
				decided.Add(1)
			case !errors.Is(err, meta.ErrConflict):
				t.Errorf("DecideErasure beside others: got %v, want ErrConflict", err)
			}
		})
	}
	group.Wait()
	got, err := store.Erasure(ctx, e.ID)
	must(t, "Erasure", err)
	if decided.Load() != 1 || got.Note != string(got.State) {
		t.Errorf("%d decided, and it is %s with the note %q, want one, whole", decided.Load(), got.State, got.Note)
	}
}

func newHold(r meta.Recording) meta.Hold {
	return meta.Hold{
		ID: id.NewHold(noon), Recording: r.ID, Case: "42 O 7/26", Reason: "a court asked",
		ReviewAt: stored(after(time.Hour)), By: "pia", At: stored(noon),
	}
}

// holdAgainstErasure has both at once, many times: a recording is held or its
// erasure has begun, never both.
func holdAgainstErasure(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	for range 10 {
		r := storedRecording(t, store)
		e := newErasure(r, id.PartMember)
		e.State = meta.ErasureApproved
		must(t, "InsertErasure", store.InsertErasure(ctx, e))
		var group sync.WaitGroup
		var held, begun error
		group.Go(func() { held = store.PlaceHold(ctx, newHold(r)) })
		group.Go(func() { begun = store.BeginErasure(ctx, e.ID) })
		group.Wait()
		lateHold := errors.Is(held, meta.ErrConflict) && begun == nil
		lateErasure := held == nil && errors.Is(begun, meta.ErrHeld)
		if lateHold == lateErasure {
			t.Fatalf("at once: hold %v, erasure %v, want exactly one of them", held, begun)
		}
	}
}

func holds(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	r := storedRecording(t, store)
	first, second := newHold(r), newHold(r)
	second.ID = id.NewHold(after(time.Second))
	bad := newHold(r)
	bad.Case = ""
	wantError(t, "PlaceHold without a case", store.PlaceHold(ctx, bad), meta.ErrInvalid)
	wantError(t, "PlaceHold on nothing", store.PlaceHold(ctx, newHold(newRecording(noon))), meta.ErrNotExist)
	must(t, "PlaceHold", store.PlaceHold(ctx, first))
	must(t, "PlaceHold", store.PlaceHold(ctx, second))
	must(t, "ReleaseHold", store.ReleaseHold(ctx, first.ID, "paul", "over", noon))
	wantError(t, "ReleaseHold again", store.ReleaseHold(ctx, first.ID, "paul", "over", noon), meta.ErrConflict)
	wantError(t, "ReleaseHold of none", store.ReleaseHold(ctx, id.NewHold(noon), "paul", "", noon), meta.ErrNotExist)
	wantHeld := func(want bool) {
		t.Helper()
		now, err := store.Recording(ctx, r.ID)
		must(t, "Recording", err)
		wantSame(t, "held", now.Held, want)
	}
	wantHeld(true)
	must(t, "ReleaseHold", store.ReleaseHold(ctx, second.ID, "paul", "over", noon))
	wantHeld(false)
	first.ReleasedAt, first.ReleasedBy, first.ReleaseReason = ptr(stored(noon)), "paul", "over"
	all, err := store.Holds(ctx, r.ID)
	must(t, "Holds", err)
	if len(all) != 2 {
		t.Fatalf("Holds: got %d, want 2", len(all))
	}
	wantSame(t, "the older hold", all[1], first)
	rest, err := store.AllHolds(ctx, first.ID, 0)
	must(t, "AllHolds", err)
	if len(rest) != 1 || rest[0].ID != second.ID {
		t.Errorf("AllHolds after the first: got %+v, want the second", rest)
	}
}

func setAside(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	keep := meta.Keep{Purposes: []string{"Quality review"}, Days: 90, MaxDays: 180}
	r := insertRecording(t, store, noon, func(r *meta.Recording) { r.State, r.Keep = meta.StateStored, keep })
	must(t, "SetTrashed", store.SetTrashed(ctx, r.ID, ptr(after(time.Hour))))
	got, err := store.Recording(ctx, r.ID)
	must(t, "Recording", err)
	wantSame(t, "trashed", got.TrashedAt, ptr(stored(after(time.Hour))))
	wantSame(t, "keep", got.Keep, keep)
	must(t, "SetTrashed back", store.SetTrashed(ctx, r.ID, nil))
	got, err = store.Recording(ctx, r.ID)
	must(t, "Recording", err)
	wantSame(t, "trashed", got.TrashedAt, (*time.Time)(nil))
	wantError(t, "SetTrashed of none", store.SetTrashed(ctx, newRecording(noon).ID, nil), meta.ErrNotExist)
}

func assignments(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	r := storedRecording(t, store)
	storedRecording(t, store) // nobody has it
	a := meta.Assignment{ID: id.NewAssignment(noon), Reviewer: "robin", Recording: r.ID, By: "quinn", At: noon, ExpiresAt: after(time.Hour)}
	must(t, "InsertAssignment", store.InsertAssignment(ctx, a))
	wantError(t, "InsertAssignment of nothing", store.InsertAssignment(ctx, meta.Assignment{}), meta.ErrInvalid)
	for _, row := range []struct {
		reviewer id.PersonID
		at       time.Time
		want     bool
	}{{"robin", noon, true}, {"robin", after(time.Hour), false}, {"quinn", noon, false}} {
		got, err := store.Assigned(ctx, row.reviewer, r.ID, row.at)
		must(t, "Assigned", err)
		if got != row.want {
			t.Errorf("Assigned(%s, %s): got %v, want %v", row.reviewer, row.at, got, row.want)
		}
		list, err := store.Recordings(ctx, meta.RecordingFilter{AssignedTo: row.reviewer, AssignedAt: row.at})
		must(t, "Recordings", err)
		if (len(list) == 1) != row.want {
			t.Errorf("Recordings assigned to %s at %s: got %d, want it there: %v", row.reviewer, row.at, len(list), row.want)
		}
	}
}
