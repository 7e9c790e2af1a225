package sqlmeta

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parley/storage/meta"
)

// livingObjects are those that somebody could open: of stored recordings, with
// their key envelopes.
const livingObjects = `
	FROM objects o
	JOIN recordings r ON r.id = o.recording_id AND r.state = 'stored'
	JOIN key_envelopes e ON e.recording_id = o.recording_id AND e.part = o.part AND e.sealed IS NOT NULL
	LEFT JOIN object_copies c ON c.key = o.key
	LEFT JOIN object_checks k ON k.key = o.key `

const (
	selectLiving = `SELECT o.recording_id, o.part, o.key, o.size, o.sha256` + livingObjects
	uncopied     = `WHERE c.copied_at IS NULL AND (k.fault IS NULL OR k.fault = '') `
)

// CopiesDue implements [meta.Copies].
func (s *Store) CopiesDue(ctx context.Context, except []string, limit int) ([]meta.StoredObject, error) {
	limit, err := meta.EffectiveLimit(limit)
	if err != nil {
		return nil, err
	}
	var args arguments
	where := uncopied + args.without(`o.key`, except)
	due, err := collect(ctx, s.reader, scanObject, selectLiving+where+` ORDER BY o.recording_id, o.key LIMIT `+args.add(limit), args...)
	return due, s.explain(ctx, "list objects to copy", err)
}

// CopyQueue implements [meta.Copies].
func (s *Store) CopyQueue(ctx context.Context) (meta.CopyQueue, error) {
	var (
		q      meta.CopyQueue
		oldest sql.NullInt64
	)
	err := s.reader.QueryRowContext(ctx, `SELECT COUNT(*), MIN(r.stored_at)`+livingObjects+uncopied).Scan(&q.Waiting, &oldest)
	q.Oldest = fromNullable(oldest)
	return q, s.explain(ctx, "count objects to copy", err)
}

// BeginCopy implements [meta.Copies].
func (s *Store) BeginCopy(ctx context.Context, key string, at time.Time) error {
	return s.change(ctx, "begin copy of "+key,
		`INSERT INTO object_copies (key, begun_at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, key, toMicros(at))
}

// FinishCopy implements [meta.Copies].
func (s *Store) FinishCopy(ctx context.Context, key string, at time.Time) error {
	return s.change(ctx, "finish copy of "+key,
		`INSERT INTO object_copies (key, begun_at, copied_at) VALUES ($1, $2, $2) ON CONFLICT (key) DO UPDATE SET copied_at = $2`,
		key, toMicros(at))
}

// HasCopy implements [meta.Copies].
func (s *Store) HasCopy(ctx context.Context, key string) (has bool, err error) {
	err = s.reader.QueryRowContext(ctx,
		`SELECT EXISTS (SELECT 1 FROM object_copies WHERE key = $1 AND copied_at IS NOT NULL)`, key).Scan(&has)
	return has, s.explain(ctx, "look for a copy of "+key, err)
}

// CopiesToRemove implements [meta.Copies].
func (s *Store) CopiesToRemove(ctx context.Context, except []string, limit int) ([]string, error) {
	limit, err := meta.EffectiveLimit(limit)
	if err != nil {
		return nil, err
	}
	var args arguments
	where := `WHERE e.part IS NULL` + args.without(`c.key`, except)
	keys, err := collect(ctx, s.reader, scanName, `
		SELECT c.key FROM object_copies c
		LEFT JOIN objects o ON o.key = c.key
		LEFT JOIN key_envelopes e ON e.recording_id = o.recording_id AND e.part = o.part AND e.sealed IS NOT NULL
		`+where+` ORDER BY c.key LIMIT `+args.add(limit), args...)
	return keys, s.explain(ctx, "list copies to remove", err)
}

// ForgetCopy implements [meta.Copies].
func (s *Store) ForgetCopy(ctx context.Context, key string) error {
	return s.change(ctx, "forget copy of "+key, `DELETE FROM object_copies WHERE key = $1`, key)
}

// change runs a statement that may change nothing.
func (s *Store) change(ctx context.Context, doing, statement string, args ...any) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	})
	return s.explain(ctx, doing, err)
}

func scanName(r row) (name string, err error) {
	err = r.Scan(&name)
	return name, err
}

// PutDrill implements [meta.Drills].
func (s *Store) PutDrill(ctx context.Context, d meta.Drill) error {
	if d.At.IsZero() || d.Recordings < d.Failed || d.Failed < 0 {
		return fmt.Errorf("%w: drill %+v", meta.ErrInvalid, d)
	}
	return s.change(ctx, "store drill", `INSERT INTO drills (at, recordings, failed) VALUES ($1, $2, $3)`,
		toMicros(d.At), d.Recordings, d.Failed)
}

// LastDrill implements [meta.Drills].
func (s *Store) LastDrill(ctx context.Context) (meta.Drill, error) {
	var (
		d  meta.Drill
		at int64
	)
	err := s.reader.QueryRowContext(ctx, `SELECT at, recordings, failed FROM drills WHERE failed = 0 AND recordings > 0 ORDER BY at DESC LIMIT 1`).
		Scan(&at, &d.Recordings, &d.Failed)
	d.At = fromMicros(at)
	return d, s.explain(ctx, "read last drill", err)
}
