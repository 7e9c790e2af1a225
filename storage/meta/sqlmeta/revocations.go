package sqlmeta

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// PutRevocation implements [meta.Revocations].
func (s *Store) PutRevocation(ctx context.Context, r meta.Revocation) error {
	if err := r.Validate(); err != nil {
		return err
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO revocations (kind, subject, issued_before, expires_at, by, at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (kind, subject) DO UPDATE SET
				issued_before = CASE WHEN excluded.issued_before > revocations.issued_before THEN excluded.issued_before ELSE revocations.issued_before END,
				expires_at = CASE WHEN excluded.expires_at > revocations.expires_at THEN excluded.expires_at ELSE revocations.expires_at END,
				by = excluded.by, at = excluded.at`,
			r.Kind, r.Subject, toMicros(r.IssuedBefore), toMicros(r.ExpiresAt), r.By, toMicros(r.At))
		return err
	})
	return s.explain(ctx, "store a revocation", err)
}

// Revocations implements [meta.Revocations].
func (s *Store) Revocations(ctx context.Context, now time.Time) ([]meta.Revocation, error) {
	list, err := collect(ctx, s.reader, scanRevocation,
		`SELECT kind, subject, issued_before, expires_at, by, at FROM revocations WHERE expires_at > $1 ORDER BY kind, subject`, toMicros(now))
	return list, s.explain(ctx, "list revocations", err)
}

// DropRevocations implements [meta.Revocations].
func (s *Store) DropRevocations(ctx context.Context, now time.Time) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM revocations WHERE expires_at <= $1`, toMicros(now))
		return err
	})
	return s.explain(ctx, "forget expired revocations", err)
}

func scanRevocation(r row) (meta.Revocation, error) {
	var (
		v                   meta.Revocation
		issued, expires, at int64
	)
	if err := r.Scan(&v.Kind, &v.Subject, &issued, &expires, &v.By, &at); err != nil {
		return meta.Revocation{}, err
	}
	v.IssuedBefore, v.ExpiresAt, v.At = fromMicros(issued), fromMicros(expires), fromMicros(at)
	return v, nil
}

// ClaimAccount implements [meta.Accounts].
func (s *Store) ClaimAccount(ctx context.Context, a meta.Account) error {
	if a.Human == "" || a.Person == "" || a.At.IsZero() {
		return fmt.Errorf("%w: account of nobody, or without a time", meta.ErrInvalid)
	}
	var has id.PersonID
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO expert_accounts (cluster, human, person_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT (cluster, human) DO NOTHING`,
			a.Cluster, a.Human, a.Person, toMicros(a.At))
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT person_id FROM expert_accounts WHERE cluster = $1 AND human = $2`, a.Cluster, a.Human).Scan(&has)
	})
	if err == nil && has != a.Person {
		return fmt.Errorf("%w: the human of %s has another account in the cluster", meta.ErrConflict, a.Person)
	}
	return s.explain(ctx, fmt.Sprintf("claim account %s", a.Person), err)
}

// ReleaseAccount implements [meta.Accounts].
func (s *Store) ReleaseAccount(ctx context.Context, human, cluster string) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM expert_accounts WHERE cluster = $1 AND human = $2`, cluster, human)
		return err
	})
	return s.explain(ctx, "release an account", err)
}
