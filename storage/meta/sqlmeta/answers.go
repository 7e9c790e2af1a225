package sqlmeta

import (
	"context"
	"database/sql"

	"parley/storage/meta"
)

// ClaimAnswer implements [meta.Answers].
func (s *Store) ClaimAnswer(ctx context.Context, a meta.Answer) (was meta.Answer, claimed bool, err error) {
	if err := a.Validate(); err != nil {
		return was, false, err
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM answers WHERE expires_at <= $1`, toMicros(a.ClaimedAt)); err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, `INSERT INTO answers (key, request, status, type, claimed_at, expires_at) VALUES ($1, $2, 0, '', $3, $4)
			ON CONFLICT (key) DO NOTHING`, a.Key, a.Request, toMicros(a.ClaimedAt), toMicros(a.ExpiresAt))
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if claimed = n == 1; claimed || err != nil {
			return err
		}
		was, err = scanAnswer(tx.QueryRowContext(ctx, `SELECT key, request, status, type, body, claimed_at, expires_at FROM answers WHERE key = $1`, a.Key))
		return err
	})
	return was, claimed, s.explain(ctx, "claim an answer", err)
}

// PutAnswer implements [meta.Answers].
func (s *Store) PutAnswer(ctx context.Context, a meta.Answer) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE answers SET status = $1, type = $2, body = $3, expires_at = $4 WHERE key = $5 AND claimed_at = $6 AND status = 0`,
			a.Status, a.Type, a.Body, toMicros(a.ExpiresAt), a.Key, toMicros(a.ClaimedAt))
		return err
	})
	return s.explain(ctx, "store an answer", err)
}

// ReleaseAnswer implements [meta.Answers].
func (s *Store) ReleaseAnswer(ctx context.Context, a meta.Answer) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM answers WHERE key = $1 AND claimed_at = $2 AND status = 0`, a.Key, toMicros(a.ClaimedAt))
		return err
	})
	return s.explain(ctx, "give up an answer", err)
}

func scanAnswer(r row) (meta.Answer, error) {
	var (
		a                meta.Answer
		claimed, expires int64
	)
	if err := r.Scan(&a.Key, &a.Request, &a.Status, &a.Type, &a.Body, &claimed, &expires); err != nil {
		return meta.Answer{}, err
	}
	a.ClaimedAt, a.ExpiresAt = fromMicros(claimed), fromMicros(expires)
	return a, nil
}
