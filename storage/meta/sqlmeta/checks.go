package sqlmeta

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// ChecksDue implements [meta.Checks].
func (s *Store) ChecksDue(ctx context.Context, before time.Time, except []string, limit int) ([]meta.StoredObject, error) {
	limit, err := meta.EffectiveLimit(limit)
	if err != nil {
		return nil, err
	}
	args := arguments{toMicros(before)}
	where := `WHERE COALESCE(k.checked_at, 0) < $1` + args.without(`o.key`, except)
	due, err := collect(ctx, s.reader, scanObject,
		selectLiving+where+` ORDER BY COALESCE(k.checked_at, 0), o.key LIMIT `+args.add(limit), args...)
	return due, s.explain(ctx, "list objects to check", err)
}

// PutCheck implements [meta.Checks].
func (s *Store) PutCheck(ctx context.Context, key string, at time.Time, fault string) error {
	return s.change(ctx, "store check of "+key, `
		INSERT INTO object_checks (key, checked_at, fault) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET checked_at = $2, fault = $3`, key, toMicros(at), fault)
}

// Faults implements [meta.Checks].
func (s *Store) Faults(ctx context.Context) (n int, err error) {
	err = s.reader.QueryRowContext(ctx, `SELECT COUNT(*)`+livingObjects+`WHERE k.fault <> ''`).Scan(&n)
	return n, s.explain(ctx, "count faults", err)
}

// SetReport implements [meta.Checks].
func (s *Store) SetReport(ctx context.Context, recording id.RecordingID, report string) error {
	if !json.Valid([]byte(report)) {
		return fmt.Errorf("%w: the report of %s is not JSON", meta.ErrInvalid, recording)
	}
	err := s.writeOne(ctx, `UPDATE recordings SET report = $1 WHERE id = $2`, report, recording)
	return s.explain(ctx, fmt.Sprintf("set the report of %s", recording), err)
}
