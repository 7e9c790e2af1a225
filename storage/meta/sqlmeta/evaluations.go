package sqlmeta

import (
	"context"
	"database/sql"
	"fmt"

	"parley/storage/id"
	"parley/storage/meta"
)

// PutEvaluation implements [meta.Evaluations].
func (s *Store) PutEvaluation(ctx context.Context, e meta.Evaluation) error {
	if err := e.Validate(); err != nil {
		return err
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		var lost bool
		err := tx.QueryRowContext(ctx, `
			SELECT EXISTS (SELECT 1 FROM key_envelopes WHERE recording_id = $1 AND sealed IS NULL)`, e.Recording).Scan(&lost)
		switch {
		case err != nil:
			return err
		case lost:
			return fmt.Errorf("%w: a part of the recording was erased", meta.ErrConflict)
		case e.Revision == 1:
			return insertEvaluation(ctx, tx, e)
		}
		return replaceEvaluation(ctx, tx, e)
	})
	return s.explain(ctx, fmt.Sprintf("store evaluation %s", e.ID), err)
}

func insertEvaluation(ctx context.Context, tx *sql.Tx, e meta.Evaluation) error {
	return execOne(ctx, tx, `
		INSERT INTO evaluations (id, recording_id, call_id, expert, reviewer, state, revision, at, released_at, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		e.ID, e.Recording, e.Call, e.Expert, e.Reviewer, e.State, e.Revision, toMicros(e.At), toNullable(e.ReleasedAt), e.Sealed)
}

func replaceEvaluation(ctx context.Context, tx *sql.Tx, e meta.Evaluation) error {
	result, err := tx.ExecContext(ctx, `
		UPDATE evaluations SET state = $1, revision = $2, released_at = $3, sealed = $4 WHERE id = $5 AND revision = $6`,
		e.State, e.Revision, toNullable(e.ReleasedAt), e.Sealed, e.ID, e.Revision-1)
	if err != nil {
		return err
	}
	changed, err := result.RowsAffected()
	if err == nil && changed == 0 {
		err = fmt.Errorf("%w: it was changed or erased meanwhile", meta.ErrConflict)
	}
	return err
}

const selectEvaluation = `SELECT id, recording_id, call_id, expert, reviewer, state, revision, at, released_at, sealed FROM evaluations `

// Evaluation implements [meta.Evaluations].
func (s *Store) Evaluation(ctx context.Context, which id.EvaluationID) (meta.Evaluation, error) {
	e, err := scanEvaluation(s.reader.QueryRowContext(ctx, selectEvaluation+`WHERE id = $1`, which))
	return e, s.explain(ctx, fmt.Sprintf("read evaluation %s", which), err)
}

// EvaluationBy implements [meta.Evaluations].
func (s *Store) EvaluationBy(ctx context.Context, recording id.RecordingID, reviewer id.PersonID) (meta.Evaluation, error) {
	e, err := scanEvaluation(s.reader.QueryRowContext(ctx, selectEvaluation+`WHERE recording_id = $1 AND reviewer = $2`, recording, reviewer))
	return e, s.explain(ctx, fmt.Sprintf("read evaluation of %s", recording), err)
}

// Evaluations implements [meta.Evaluations].
func (s *Store) Evaluations(ctx context.Context, f meta.EvaluationFilter) ([]meta.Evaluation, error) {
	limit, err := meta.EffectiveLimit(f.Limit)
	if err != nil {
		return nil, err
	}
	var args arguments
	query := selectEvaluation + `WHERE TRUE`
	if f.Expert != "" {
		query += ` AND expert = ` + args.add(f.Expert)
	}
	if f.Reviewer != "" {
		query += ` AND reviewer = ` + args.add(f.Reviewer)
	}
	if f.State != "" {
		query += ` AND state = ` + args.add(f.State)
	}
	if f.Seen {
		query += ` AND state <> ` + args.add(meta.EvaluationDraft)
	}
	if f.Before != "" {
		query += ` AND id < ` + args.add(f.Before)
	}
	all, err := collect(ctx, s.reader, scanEvaluation, query+` ORDER BY id DESC LIMIT `+args.add(limit), args...)
	return all, s.explain(ctx, "list evaluations", err)
}

func scanEvaluation(r row) (meta.Evaluation, error) {
	var (
		e        meta.Evaluation
		at       int64
		released sql.NullInt64
	)
	err := r.Scan(&e.ID, &e.Recording, &e.Call, &e.Expert, &e.Reviewer, &e.State, &e.Revision, &at, &released, &e.Sealed)
	e.At, e.ReleasedAt = fromMicros(at), fromNullable(released)
	return e, err
}
