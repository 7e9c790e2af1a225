package metatest

import (
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// newEvaluation makes a draft; those with a higher n are begun later.
func newEvaluation(n int, r meta.Recording, reviewer id.PersonID) meta.Evaluation {
	at := after(time.Duration(n) * time.Second)
	return meta.Evaluation{
		ID: id.NewEvaluation(at), Recording: r.ID, Call: r.CallID, Expert: r.ExpertID, Reviewer: reviewer,
		State: meta.EvaluationDraft, Revision: 1, At: stored(at), Sealed: []byte("sealed\x00\xff"),
	}
}

func wantEvaluations(t *testing.T, store meta.Store, f meta.EvaluationFilter, want ...meta.Evaluation) {
	t.Helper()
	got, err := store.Evaluations(testContext(t), f)
	must(t, "Evaluations", err)
	if len(got) != len(want) {
		t.Fatalf("evaluations %+v: got %d, want %d", f, len(got), len(want))
	}
	for i := range want {
		wantSame(t, "evaluation", got[i], want[i])
	}
}

func evaluations(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	r := insertRecording(t, store, noon, nil)
	first, second := newEvaluation(1, r, "robin"), newEvaluation(2, r, "quinn")
	must(t, "PutEvaluation", store.PutEvaluation(ctx, first))
	must(t, "PutEvaluation of another reviewer", store.PutEvaluation(ctx, second))
	wantError(t, "PutEvaluation again", store.PutEvaluation(ctx, first), meta.ErrConflict)
	wantError(t, "PutEvaluation of the reviewer's second", store.PutEvaluation(ctx, newEvaluation(3, r, "robin")), meta.ErrConflict)
	for name, spoil := range map[string]func(*meta.Evaluation){
		"no id": func(e *meta.Evaluation) { e.ID = "" }, "no recording": func(e *meta.Evaluation) { e.Recording = "" }, "no call": func(e *meta.Evaluation) { e.Call = "" },
		"no expert": func(e *meta.Evaluation) { e.Expert = "" }, "no reviewer": func(e *meta.Evaluation) { e.Reviewer = "" }, "no state": func(e *meta.Evaluation) { e.State = "good" },
		"released at no time": func(e *meta.Evaluation) { e.State = meta.EvaluationReleased }, "not sealed": func(e *meta.Evaluation) { e.Sealed = nil }, "revision": func(e *meta.Evaluation) { e.Revision = 0 },
		"too long": func(e *meta.Evaluation) { e.Sealed = make([]byte, meta.MaxSealedEvaluation+1) },
	} {
		bad := newEvaluation(4, r, "other")
		spoil(&bad)
		wantError(t, name, store.PutEvaluation(ctx, bad), meta.ErrInvalid)
	}
	next := first
	next.State, next.Revision, next.ReleasedAt, next.Sealed = meta.EvaluationReleased, 2, ptr(stored(after(time.Hour))), []byte("more")
	must(t, "PutEvaluation of the next revision", store.PutEvaluation(ctx, next))
	late := first
	late.Revision, late.Sealed = 2, []byte("of another tab")
	wantError(t, "PutEvaluation of a revision that is there", store.PutEvaluation(ctx, late), meta.ErrConflict)
	got, err := store.Evaluation(ctx, first.ID)
	must(t, "Evaluation", err)
	wantSame(t, "evaluation", got, next)
	got, err = store.EvaluationBy(ctx, r.ID, "quinn")
	must(t, "EvaluationBy", err)
	wantSame(t, "evaluation by a reviewer", got, second)
	_, err = store.EvaluationBy(ctx, r.ID, "nobody")
	wantError(t, "EvaluationBy nobody", err, meta.ErrNotExist)
	_, err = store.Evaluation(ctx, id.NewEvaluation(noon))
	wantError(t, "Evaluation that is not stored", err, meta.ErrNotExist)

	wantEvaluations(t, store, meta.EvaluationFilter{}, second, next)
	wantEvaluations(t, store, meta.EvaluationFilter{Before: second.ID, Limit: 1}, next)
	wantEvaluations(t, store, meta.EvaluationFilter{Expert: r.ExpertID, Seen: true}, next)
	wantEvaluations(t, store, meta.EvaluationFilter{Expert: "nobody"})
	wantEvaluations(t, store, meta.EvaluationFilter{Reviewer: "quinn", State: meta.EvaluationDraft}, second)
}

// evaluationsGoWithTheirRecording: with the key of any part of it, and none comes after.
func evaluationsGoWithTheirRecording(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	kept := newEvaluation(1, insertRecording(t, store, after(time.Minute), nil), "robin")
	must(t, "PutEvaluation", store.PutEvaluation(ctx, kept))
	for _, part := range id.Parts() {
		r := insertRecording(t, store, noon, nil)
		gone := newEvaluation(2, r, "robin")
		must(t, "PutEvaluation", store.PutEvaluation(ctx, gone))
		must(t, "DestroyEnvelope", store.DestroyEnvelope(ctx, r.ID, part, noon))
		wantEvaluations(t, store, meta.EvaluationFilter{}, kept)
		wantError(t, "PutEvaluation of what was erased", store.PutEvaluation(ctx, gone), meta.ErrConflict)
		gone.Revision = 2
		wantError(t, "PutEvaluation of what was erased meanwhile", store.PutEvaluation(ctx, gone), meta.ErrConflict)
	}
}
