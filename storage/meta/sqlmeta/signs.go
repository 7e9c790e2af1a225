package sqlmeta

import (
	"context"
	"database/sql"
	"fmt"

	"parley/storage/id"
	"parley/storage/meta"
)

// PutSign implements [meta.Signs].
func (s *Store) PutSign(ctx context.Context, sign meta.Sign) error {
	if err := sign.Validate(); err != nil {
		return err
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO signs (call_id, kind, at) VALUES ($1, $2, $3) ON CONFLICT (call_id, kind) DO NOTHING`,
			sign.Call, sign.Kind, toMicros(sign.At))
		return err
	})
	return s.explain(ctx, fmt.Sprintf("store sign of %s", sign.Call), err)
}

// SignsBefore implements [meta.Signs].
func (s *Store) SignsBefore(ctx context.Context, before id.CallID, limit int) ([]meta.Sign, error) {
	limit, err := meta.EffectiveLimit(limit)
	if err != nil {
		return nil, err
	}
	signs, err := collect(ctx, s.reader, scanSign, `
		SELECT call_id, kind, at FROM signs WHERE $1 = '' OR call_id < $1 ORDER BY call_id DESC, kind LIMIT $2`, before, limit)
	return signs, s.explain(ctx, "list signs", err)
}

func scanSign(r row) (meta.Sign, error) {
	var (
		s  meta.Sign
		at int64
	)
	err := r.Scan(&s.Call, &s.Kind, &at)
	s.At = fromMicros(at)
	return s, err
}
