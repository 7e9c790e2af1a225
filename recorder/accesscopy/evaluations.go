package accesscopy

import (
	"context"

	"parley/recorder/consent/ledger"
	"parley/recorder/evaluation"
	"parley/storage/meta"
)

// evaluations adds those of an expert's calls that were released.
func (b *Builder) evaluations(ctx context.Context, s Subject, c *Contents) error {
	if s.Role != ledger.Expert {
		return nil
	}
	for f := (meta.EvaluationFilter{Expert: s.Person, Seen: true, Limit: meta.MaxLimit}); ; {
		page, err := b.Store.Evaluations(ctx, f)
		if err != nil {
			return err
		}
		for _, e := range page {
			row, err := b.evaluation(e)
			if err != nil {
				return err
			}
			c.Evaluations, f.Before = append(c.Evaluations, row), e.ID
		}
		if len(page) < meta.MaxLimit {
			return nil
		}
	}
}

func (b *Builder) evaluation(e meta.Evaluation) (Evaluation, error) {
	said, err := evaluation.Read(b.Vault, e)
	if err != nil {
		return Evaluation{}, err
	}
	_, result, err := said.Scored()
	row := Evaluation{
		Call: e.Call, Recording: e.Recording, State: e.State, ReleasedAt: e.ReleasedAt, Form: said.Form, Version: said.Version,
		Percent: result.Percent, Passed: result.Passed, Answers: said.Answers, Comment: said.Comment, Moments: said.Moments, Dispute: said.Dispute,
	}
	if s := said.Settlement; s != nil {
		row.Settlement = &Settlement{s.At, s.Stands, s.Text}
	}
	return row, err
}
