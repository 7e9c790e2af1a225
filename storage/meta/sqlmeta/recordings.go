package sqlmeta

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

const selectRecording = `
	SELECT id, call_id, member_id, expert_id, member_name, expert_name, state,
		started_at, stored_at, length_ms, report, keep, trashed_at,
		EXISTS (SELECT 1 FROM key_envelopes WHERE recording_id = recordings.id AND part = 'member' AND sealed IS NULL),
		EXISTS (SELECT 1 FROM key_envelopes WHERE recording_id = recordings.id AND part = 'expert' AND sealed IS NULL),
		EXISTS (SELECT 1 FROM holds WHERE recording_id = recordings.id AND released_at IS NULL)
	FROM recordings `

// InsertRecording implements [meta.Recordings].
func (s *Store) InsertRecording(ctx context.Context, r meta.Recording, envelopes map[string][]byte) error {
	if err := r.Validate(); err != nil {
		return err
	}
	if err := meta.ValidateEnvelopes(envelopes); err != nil {
		return fmt.Errorf("recording %s: %w", r.ID, err)
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		if err := insertRecording(ctx, tx, r); err != nil {
			return err
		}
		return insertEnvelopes(ctx, tx, r.ID, envelopes)
	})
	return s.explain(ctx, fmt.Sprintf("store recording %s", r.ID), err)
}

func insertRecording(ctx context.Context, tx *sql.Tx, r meta.Recording) error {
	keep, err := json.Marshal(r.Keep)
	if err != nil {
		return err
	}
	return execOne(ctx, tx, `
		INSERT INTO recordings (id, call_id, member_id, expert_id, member_name, expert_name, state,
			started_at, stored_at, length_ms, report, keep, trashed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		r.ID, r.CallID, r.MemberID, r.ExpertID, r.MemberName, r.ExpertName, r.State,
		toMicros(r.StartedAt), toNullable(r.StoredAt), r.LengthMs, r.Report, string(keep), toNullable(r.TrashedAt))
}

// UpdateRecording implements [meta.Recordings].
func (s *Store) UpdateRecording(ctx context.Context, r meta.Recording) error {
	if err := r.Validate(); err != nil {
		return err
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		var from meta.State
		if err := tx.QueryRowContext(ctx, `SELECT state FROM recordings WHERE id = $1`, r.ID).Scan(&from); err != nil {
			return err
		}
		if !meta.CanMove(from, r.State) {
			return fmt.Errorf("%w: it is %s and cannot become %s", meta.ErrConflict, from, r.State)
		}
		return execOne(ctx, tx, `UPDATE recordings SET state = $1, stored_at = $2, length_ms = $3, report = $4 WHERE id = $5`,
			r.State, toNullable(r.StoredAt), r.LengthMs, r.Report, r.ID)
	})
	return s.explain(ctx, fmt.Sprintf("update recording %s", r.ID), err)
}

// Recording implements [meta.Recordings].
func (s *Store) Recording(ctx context.Context, recording id.RecordingID) (meta.Recording, error) {
	r, err := scanRecording(s.reader.QueryRowContext(ctx, selectRecording+`WHERE id = $1`, recording))
	return r, s.explain(ctx, fmt.Sprintf("read recording %s", recording), err)
}

// Recordings implements [meta.Recordings].
func (s *Store) Recordings(ctx context.Context, filter meta.RecordingFilter) ([]meta.Recording, error) {
	limit, err := meta.EffectiveLimit(filter.Limit)
	if err != nil {
		return nil, err
	}
	where, args := conditions(filter)
	query := selectRecording + where + ` ORDER BY id DESC LIMIT ` + args.add(limit)
	recordings, err := collect(ctx, s.reader, scanRecording, query, args...)
	return recordings, s.explain(ctx, "list recordings", err)
}

// conditions returns the filter as a clause and its arguments.
func conditions(filter meta.RecordingFilter) (string, arguments) {
	terms, args := []string{`TRUE`}, arguments(nil)
	if filter.Participant != "" {
		person := args.add(filter.Participant)
		terms = append(terms, `(member_id = `+person+` OR expert_id = `+person+`)`)
	}
	if filter.AssignedTo != "" {
		terms = append(terms, `EXISTS (SELECT 1 FROM assignments a WHERE a.recording_id = recordings.id AND a.reviewer = `+
			args.add(filter.AssignedTo)+` AND a.expires_at > `+args.add(toMicros(filter.AssignedAt))+`)`)
	}
	if filter.State != "" {
		terms = append(terms, `state = `+args.add(filter.State))
	}
	if filter.Before != "" {
		terms = append(terms, `id < `+args.add(filter.Before))
	}
	return `WHERE ` + strings.Join(terms, ` AND `), args
}

// SetTrashed implements [meta.Recordings].
func (s *Store) SetTrashed(ctx context.Context, recording id.RecordingID, at *time.Time) error {
	err := s.writeOne(ctx, `UPDATE recordings SET trashed_at = $1 WHERE id = $2`, toNullable(at), recording)
	return s.explain(ctx, fmt.Sprintf("set recording %s aside", recording), err)
}

// UnfinishedRecordings implements [meta.Recordings].
func (s *Store) UnfinishedRecordings(ctx context.Context) ([]meta.Recording, error) {
	recordings, err := collect(ctx, s.reader, scanRecording, selectRecording+`WHERE state IN ($1, $2, $3) ORDER BY id`,
		meta.StateCapturing, meta.StateRendering, meta.StateUploading)
	return recordings, s.explain(ctx, "list unfinished recordings", err)
}

func scanRecording(r row) (meta.Recording, error) {
	var (
		rec     meta.Recording
		started int64
		stored  sql.NullInt64
		keep    string
		trashed sql.NullInt64
	)
	err := r.Scan(&rec.ID, &rec.CallID, &rec.MemberID, &rec.ExpertID, &rec.MemberName, &rec.ExpertName, &rec.State,
		&started, &stored, &rec.LengthMs, &rec.Report, &keep, &trashed, &rec.Erased[0], &rec.Erased[1], &rec.Held)
	if err != nil {
		return meta.Recording{}, err
	}
	rec.StartedAt = fromMicros(started)
	rec.StoredAt, rec.TrashedAt = fromNullable(stored), fromNullable(trashed)
	if err := json.Unmarshal([]byte(keep), &rec.Keep); err != nil {
		return meta.Recording{}, fmt.Errorf("keep of %s: %w", rec.ID, err)
	}
	return rec, nil
}
