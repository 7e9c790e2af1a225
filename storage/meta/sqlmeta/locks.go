package sqlmeta

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// isHeld is 1 where a legal hold stands on the recording of an object, else 0.
const isHeld = `CASE WHEN EXISTS (SELECT 1 FROM holds h WHERE h.recording_id = o.recording_id AND h.released_at IS NULL) THEN 1 ELSE 0 END`

// LocksDue implements [meta.Locks].
func (s *Store) LocksDue(ctx context.Context, q meta.LockQuery) ([]meta.LockDue, error) {
	limit, err := meta.EffectiveLimit(q.Limit)
	if err != nil {
		return nil, err
	}
	args := arguments{q.Store}
	due := []string{`COALESCE(l.held, 0) <> ` + isHeld}
	if q.Retain { // of what was erased nothing is to stay
		due = append(due, `l.retain_until IS NULL AND r.state = 'stored' AND EXISTS (
			SELECT 1 FROM key_envelopes e WHERE e.recording_id = o.recording_id AND e.part = o.part AND e.sealed IS NOT NULL)`)
	}
	where := `WHERE (` + strings.Join(due, ` OR `) + `)`
	if q.Store == meta.StoreOffsite {
		where += ` AND EXISTS (SELECT 1 FROM object_copies c WHERE c.key = o.key AND c.copied_at IS NOT NULL)`
	}
	where += args.without(`o.key`, q.Except)
	list, err := collect(ctx, s.reader, scanLock, `
		SELECT o.recording_id, o.part, o.key, o.size, o.sha256, COALESCE(l.held, 0), l.retain_until
		FROM objects o
		JOIN recordings r ON r.id = o.recording_id AND r.state IN ('stored', 'damaged')
		LEFT JOIN object_locks l ON l.store = $1 AND l.key = o.key
		`+where+` ORDER BY o.recording_id, o.key LIMIT `+args.add(limit), args...)
	return list, s.explain(ctx, "list objects to lock", err)
}

func scanLock(r row) (meta.LockDue, error) {
	var (
		d     meta.LockDue
		held  int64
		until sql.NullInt64
	)
	err := r.Scan(&d.Recording, &d.Part, &d.Key, &d.Size, &d.SHA256, &held, &until)
	d.Held, d.Retained = held != 0, until.Valid
	return d, err
}

// Held implements [meta.Locks].
func (s *Store) Held(ctx context.Context, recording id.RecordingID) (held bool, err error) {
	err = s.reader.QueryRowContext(ctx,
		`SELECT EXISTS (SELECT 1 FROM holds WHERE recording_id = $1 AND released_at IS NULL)`, recording).Scan(&held)
	return held, s.explain(ctx, fmt.Sprintf("look for a hold of %s", recording), err)
}

// PutLock implements [meta.Locks].
func (s *Store) PutLock(ctx context.Context, store, key string, held bool, until *time.Time) error {
	flag := 0
	if held {
		flag = 1
	}
	return s.change(ctx, "note the lock of "+key, `
		INSERT INTO object_locks (store, key, held, retain_until) VALUES ($1, $2, $3, $4)
		ON CONFLICT (store, key) DO UPDATE SET held = $3, retain_until = COALESCE($4, object_locks.retain_until)`,
		store, key, flag, toNullable(until))
}

// ForgetLock implements [meta.Locks].
func (s *Store) ForgetLock(ctx context.Context, store, key string) error {
	return s.change(ctx, "forget the lock of "+key, `DELETE FROM object_locks WHERE store = $1 AND key = $2`, store, key)
}
