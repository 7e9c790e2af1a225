package accesscopy_test

import (
	"strings"
	"testing"
	"time"

	"parley/recorder/accesscopy"
	"parley/recorder/consent/ledger"
	"parley/recorder/evaluation"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
)

// TestACopyHoldsOwnEvaluations: an expert's copy has what was released about their calls
// and no name of who said it; nobody else's copy has a word of it.
func TestACopyHoldsOwnEvaluations(t *testing.T) {
	h := newHouse(t)
	for n, state := range []string{meta.EvaluationSettled, meta.EvaluationDraft} {
		e := meta.Evaluation{
			ID: id.NewEvaluation(noon.Add(time.Duration(n) * time.Second)), Recording: h.rec.ID, Call: h.rec.CallID, Expert: "lee",
			Reviewer: []id.PersonID{"robin-who-scored", "rowan"}[n], State: state, Revision: 1, At: noon,
		}
		said := evaluation.Fresh()
		said.Answers = append(said.Answers, evaluation.Answer{Question: "greeting", Verdict: evaluation.Yes, Comment: "a warm " + state})
		said.Moments = []evaluation.Moment{{AtMs: 65_000, Text: "here it was " + state}}
		if state != meta.EvaluationDraft {
			at := noon
			e.ReleasedAt = &at
			said.Dispute = &evaluation.Dispute{At: noon, Text: "that was not so"}
			said.Settlement = &evaluation.Settlement{At: noon, By: "quinn-who-leads", Text: "true, it goes"}
		}
		must(t, said.Seal(h.builder.Vault.(*envelope.Master), &e))
		must(t, h.store.PutEvaluation(t.Context(), e))
	}
	files, c := h.copyFor(accesscopy.Subject{Person: "lee", Role: ledger.Expert})
	if len(c.Evaluations) != 1 || c.Evaluations[0].Percent != 100 || c.Evaluations[0].Passed || c.Evaluations[0].Settlement.Stands {
		t.Errorf("evaluations: got %+v, want the one that was released", c.Evaluations)
	}
	for _, file := range []string{"data.json", "index.html"} {
		for _, word := range []string{"a warm settled", "here it was settled", "that was not so", "true, it goes"} {
			if !strings.Contains(files[file], word) {
				t.Errorf("%s: has no %q", file, word)
			}
		}
		for _, word := range []string{"robin-who-scored", "quinn-who-leads", "a warm draft"} {
			if strings.Contains(files[file], word) {
				t.Errorf("%s: has %q, which is not told", file, word)
			}
		}
	}
	if files, c := h.copy(); len(c.Evaluations) != 0 || strings.Contains(files["data.json"], "a warm") {
		t.Errorf("a member's copy has %+v, want none", c.Evaluations)
	}
}
