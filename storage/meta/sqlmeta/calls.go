package sqlmeta

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"parley/storage/id"
	"parley/storage/meta"
)

const selectCall = `
	SELECT id, member_id, expert_id, member_name, expert_name, created_at,
		accepted_at, connected_at, ended_at, end_reason, recording_id, alarms, quality
	FROM calls `

// InsertCall implements [meta.Calls].
func (s *Store) InsertCall(ctx context.Context, c meta.Call) error {
	if err := c.Validate(); err != nil {
		return err
	}
	err := s.writeOne(ctx, `
		INSERT INTO calls (id, member_id, expert_id, member_name, expert_name, created_at,
			accepted_at, connected_at, ended_at, end_reason, recording_id, alarms, quality)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		c.ID, c.MemberID, c.ExpertID, c.MemberName, c.ExpertName, toMicros(c.CreatedAt),
		toNullable(c.AcceptedAt), toNullable(c.ConnectedAt), toNullable(c.EndedAt), c.EndReason, c.RecordingID, toJSON(c.Alarms), toJSON(c.Quality))
	return s.explain(ctx, fmt.Sprintf("store call %s", c.ID), err)
}

// UpdateCall implements [meta.Calls].
func (s *Store) UpdateCall(ctx context.Context, c meta.Call) error {
	if err := c.Validate(); err != nil {
		return err
	}
	err := s.writeOne(ctx, `
		UPDATE calls SET accepted_at = $1, connected_at = $2, ended_at = $3, end_reason = $4, recording_id = $5, alarms = $6, quality = $7
		WHERE id = $8`,
		toNullable(c.AcceptedAt), toNullable(c.ConnectedAt), toNullable(c.EndedAt), c.EndReason, c.RecordingID, toJSON(c.Alarms), toJSON(c.Quality), c.ID)
	return s.explain(ctx, fmt.Sprintf("update call %s", c.ID), err)
}

// Call implements [meta.Calls].
func (s *Store) Call(ctx context.Context, call id.CallID) (meta.Call, error) {
	c, err := scanCall(s.reader.QueryRowContext(ctx, selectCall+`WHERE id = $1`, call))
	return c, s.explain(ctx, fmt.Sprintf("read call %s", call), err)
}

// ListCalls implements [meta.Calls].
func (s *Store) ListCalls(ctx context.Context, f meta.CallFilter) ([]meta.Call, error) {
	limit, err := meta.EffectiveLimit(f.Limit)
	if err != nil {
		return nil, err
	}
	terms, args := []string{`TRUE`}, arguments(nil)
	if f.Participant != "" {
		person := args.add(f.Participant)
		terms = append(terms, `(member_id = `+person+` OR expert_id = `+person+`)`)
	}
	if !f.From.IsZero() {
		terms = append(terms, `created_at >= `+args.add(toMicros(f.From)))
	}
	if !f.Until.IsZero() {
		terms = append(terms, `created_at < `+args.add(toMicros(f.Until)))
	}
	if f.After != "" {
		terms = append(terms, `id > `+args.add(f.After))
	}
	query := selectCall + `WHERE ` + strings.Join(terms, ` AND `) + ` ORDER BY id LIMIT ` + args.add(limit)
	calls, err := collect(ctx, s.reader, scanCall, query, args...)
	return calls, s.explain(ctx, "list calls", err)
}

// MissedCalls implements [meta.Calls].
func (s *Store) MissedCalls(ctx context.Context, expert id.PersonID, reasons []string, before id.CallID, limit int) ([]meta.Call, error) {
	limit, err := meta.EffectiveLimit(limit)
	if err != nil {
		return nil, err
	}
	var args arguments
	query := selectCall + `WHERE expert_id = ` + args.add(expert) + ` AND accepted_at IS NULL AND ended_at IS NOT NULL`
	marks := make([]string, len(reasons))
	for i, reason := range reasons {
		marks[i] = args.add(reason)
	}
	query += ` AND end_reason IN (` + strings.Join(marks, `, `) + `)`
	if before != "" {
		query += ` AND id < ` + args.add(before)
	}
	calls, err := collect(ctx, s.reader, scanCall, query+` ORDER BY id DESC LIMIT `+args.add(limit), args...)
	return calls, s.explain(ctx, fmt.Sprintf("list missed calls of %s", expert), err)
}

// UnfinishedCalls implements [meta.Calls].
func (s *Store) UnfinishedCalls(ctx context.Context) ([]meta.Call, error) {
	calls, err := collect(ctx, s.reader, scanCall, selectCall+`WHERE ended_at IS NULL ORDER BY id`)
	return calls, s.explain(ctx, "list unfinished calls", err)
}

func scanCall(r row) (meta.Call, error) {
	var (
		c                          meta.Call
		created                    int64
		accepted, connected, ended sql.NullInt64
		alarms, quality            string
	)
	err := r.Scan(&c.ID, &c.MemberID, &c.ExpertID, &c.MemberName, &c.ExpertName, &created,
		&accepted, &connected, &ended, &c.EndReason, &c.RecordingID, &alarms, &quality)
	if err != nil {
		return meta.Call{}, err
	}
	c.CreatedAt = fromMicros(created)
	c.AcceptedAt = fromNullable(accepted)
	c.ConnectedAt = fromNullable(connected)
	c.EndedAt = fromNullable(ended)
	if err := json.Unmarshal([]byte(alarms), &c.Alarms); err != nil {
		return meta.Call{}, fmt.Errorf("alarms of %s: %w", c.ID, err)
	}
	if err := json.Unmarshal([]byte(quality), &c.Quality); err != nil {
		return meta.Call{}, fmt.Errorf("quality of %s: %w", c.ID, err)
	}
	return c, nil
}

// toJSON writes what is kept of both legs: finite numbers and words of ours always
// encode.
func toJSON[T any](legs [2]T) string {
	data, _ := json.Marshal(legs)
	return string(data)
}
