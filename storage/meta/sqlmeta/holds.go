package sqlmeta

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// rightsOf names the lock of a recording under which holds are placed and erasures
// begin: each sees the other.
func rightsOf(recording id.RecordingID) string { return "rights " + string(recording) }

const selectHold = `
	SELECT id, recording_id, case_id, reason, review_at, placed_by, placed_at, released_at, released_by, release_reason
	FROM holds `

// PlaceHold implements [meta.Holds].
func (s *Store) PlaceHold(ctx context.Context, h meta.Hold) error {
	if err := h.Validate(); err != nil {
		return err
	}
	err := s.writeAlone(ctx, rightsOf(h.Recording), func(tx *sql.Tx) error {
		var state meta.State
		var begun bool
		err := tx.QueryRowContext(ctx, `
			SELECT state, EXISTS (SELECT 1 FROM erasures WHERE recording_id = recordings.id AND state = $1)
			FROM recordings WHERE id = $2`, meta.ErasureBegun, h.Recording).Scan(&state, &begun)
		if err != nil {
			return err
		}
		if begun || state == meta.StateErased {
			return fmt.Errorf("%w: it is too late to hold it", meta.ErrConflict)
		}
		return execOne(ctx, tx, `
			INSERT INTO holds (id, recording_id, case_id, reason, review_at, placed_by, placed_at, released_at, released_by, release_reason)
			VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, '', '')`,
			h.ID, h.Recording, h.Case, h.Reason, toMicros(h.ReviewAt), h.By, toMicros(h.At))
	})
	return s.explain(ctx, fmt.Sprintf("hold recording %s", h.Recording), err)
}

// ReleaseHold implements [meta.Holds].
func (s *Store) ReleaseHold(ctx context.Context, hold id.HoldID, by id.PersonID, reason string, at time.Time) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		var released sql.NullInt64
		if err := tx.QueryRowContext(ctx, `SELECT released_at FROM holds WHERE id = $1`, hold).Scan(&released); err != nil {
			return err
		}
		if released.Valid {
			return fmt.Errorf("%w: it was released before", meta.ErrConflict)
		}
		return execOne(ctx, tx, `UPDATE holds SET released_at = $1, released_by = $2, release_reason = $3 WHERE id = $4`,
			toMicros(at), by, reason, hold)
	})
	return s.explain(ctx, fmt.Sprintf("release hold %s", hold), err)
}

// Holds implements [meta.Holds].
func (s *Store) Holds(ctx context.Context, recording id.RecordingID) ([]meta.Hold, error) {
	holds, err := collect(ctx, s.reader, scanHold, selectHold+`WHERE recording_id = $1 ORDER BY id DESC`, recording)
	return holds, s.explain(ctx, fmt.Sprintf("list holds of %s", recording), err)
}

// AllHolds implements [meta.Holds].
func (s *Store) AllHolds(ctx context.Context, after id.HoldID, limit int) ([]meta.Hold, error) {
	limit, err := meta.EffectiveLimit(limit)
	if err != nil {
		return nil, err
	}
	holds, err := collect(ctx, s.reader, scanHold, selectHold+`WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
	return holds, s.explain(ctx, "list holds", err)
}

func scanHold(r row) (meta.Hold, error) {
	var (
		h          meta.Hold
		review, at int64
		released   sql.NullInt64
	)
	err := r.Scan(&h.ID, &h.Recording, &h.Case, &h.Reason, &review, &h.By, &at, &released, &h.ReleasedBy, &h.ReleaseReason)
	h.ReviewAt, h.At, h.ReleasedAt = fromMicros(review), fromMicros(at), fromNullable(released)
	return h, err
}

// InsertAssignment implements [meta.Assignments].
func (s *Store) InsertAssignment(ctx context.Context, a meta.Assignment) error {
	if err := a.Validate(); err != nil {
		return err
	}
	err := s.writeOne(ctx, `INSERT INTO assignments (id, reviewer, recording_id, made_by, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		a.ID, a.Reviewer, a.Recording, a.By, toMicros(a.At), toMicros(a.ExpiresAt))
	return s.explain(ctx, fmt.Sprintf("assign recording %s", a.Recording), err)
}

// Assigned implements [meta.Assignments].
func (s *Store) Assigned(ctx context.Context, reviewer id.PersonID, recording id.RecordingID, at time.Time) (bool, error) {
	var assigned bool
	err := s.reader.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM assignments WHERE reviewer = $1 AND recording_id = $2 AND expires_at > $3)`,
		reviewer, recording, toMicros(at)).Scan(&assigned)
	return assigned, s.explain(ctx, fmt.Sprintf("read assignments of %s", recording), err)
}
