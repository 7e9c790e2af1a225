package sqlmeta

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// InsertRating implements [meta.Feedback].
func (s *Store) InsertRating(ctx context.Context, r meta.Rating, comment *meta.Text) error {
	if err := r.Validate(); err != nil {
		return err
	}
	survey, err := json.Marshal(r.Survey)
	if err != nil {
		return err
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		if err := insertText(ctx, tx, comment); err != nil {
			return err
		}
		return execOne(ctx, tx, `
			INSERT INTO ratings (call_id, by, about, part, at, stars, survey, text_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			r.Call, r.By, r.About, r.Part, toMicros(r.At), r.Stars, string(survey), textID(comment))
	})
	return s.explain(ctx, fmt.Sprintf("store rating of %s", r.Call), err)
}

// CompleteRating implements [meta.Feedback].
func (s *Store) CompleteRating(ctx context.Context, call id.CallID, by id.PersonID, survey meta.Survey, comment *meta.Text) error {
	if err := survey.Validate(); err != nil {
		return err
	}
	said, err := json.Marshal(survey)
	if err != nil {
		return err
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		if err := insertText(ctx, tx, comment); err != nil {
			return err
		}
		return execOne(ctx, tx, `
			UPDATE ratings SET survey = $1, text_id = $2 WHERE call_id = $3 AND by = $4 AND survey = '{}' AND text_id IS NULL`,
			string(said), textID(comment), call, by)
	})
	return s.explain(ctx, fmt.Sprintf("complete rating of %s", call), err)
}

func textID(t *meta.Text) *id.TextID {
	if t == nil {
		return nil
	}
	return &t.ID
}

// Rating implements [meta.Feedback].
func (s *Store) Rating(ctx context.Context, call id.CallID, by id.PersonID) (meta.Rating, error) {
	r, err := scanRating(s.reader.QueryRowContext(ctx, `
		SELECT call_id, by, about, part, at, stars, survey, text_id FROM ratings WHERE call_id = $1 AND by = $2`, call, by))
	return r, s.explain(ctx, fmt.Sprintf("read rating of %s", call), err)
}

// Standings implements [meta.Feedback].
func (s *Store) Standings(ctx context.Context, members int) ([]meta.Standing, error) {
	found, err := collect(ctx, s.reader, scanStanding, `
		SELECT about, COUNT(*), AVG(stars) FROM (
			SELECT about, by, AVG(CAST(stars AS DOUBLE PRECISION)) AS stars FROM ratings WHERE part = $1 GROUP BY about, by
		) AS own GROUP BY about HAVING COUNT(*) >= $2 ORDER BY about`, id.PartMember, members)
	return found, s.explain(ctx, "read standings", err)
}

func scanStanding(r row) (meta.Standing, error) {
	var x meta.Standing
	return x, r.Scan(&x.Expert, &x.Members, &x.Stars)
}

func scanRating(from row) (meta.Rating, error) {
	var (
		r      meta.Rating
		at     int64
		survey string
	)
	if err := from.Scan(&r.Call, &r.By, &r.About, &r.Part, &at, &r.Stars, &survey, &r.Text); err != nil {
		return meta.Rating{}, err
	}
	if err := json.Unmarshal([]byte(survey), &r.Survey); err != nil {
		return meta.Rating{}, fmt.Errorf("survey of %s: %w", r.Call, err)
	}
	r.At = fromMicros(at)
	return r, nil
}

// InsertReport implements [meta.Feedback].
func (s *Store) InsertReport(ctx context.Context, r meta.Report, text *meta.Text) error {
	if err := r.Validate(); err != nil {
		return err
	}
	var offset sql.NullInt64
	if r.Offset != nil {
		offset = sql.NullInt64{Int64: r.Offset.Milliseconds(), Valid: true}
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		if err := insertText(ctx, tx, text); err != nil {
			return err
		}
		return execOne(ctx, tx, `
			INSERT INTO reports (id, call_id, by, about, part, at, reason, offset_ms, text_id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			r.ID, r.Call, r.By, r.About, r.Part, toMicros(r.At), r.Reason, offset, textID(text))
	})
	return s.explain(ctx, fmt.Sprintf("store report %s", r.ID), err)
}

const selectReport = `SELECT id, call_id, by, about, part, at, reason, offset_ms, text_id, state, note, handled_by, handled_at FROM reports `

// Report implements [meta.Feedback].
func (s *Store) Report(ctx context.Context, report id.ReportID) (meta.Report, error) {
	r, err := scanReport(s.reader.QueryRowContext(ctx, selectReport+`WHERE id = $1`, report))
	return r, s.explain(ctx, fmt.Sprintf("read report %s", report), err)
}

// HandleReport implements [meta.Feedback].
func (s *Store) HandleReport(ctx context.Context, report id.ReportID, h meta.Handling) error {
	if err := h.Validate(); err != nil {
		return err
	}
	err := s.writeOne(ctx, `UPDATE reports SET state = $1, note = $2, handled_by = $3, handled_at = $4 WHERE id = $5`,
		h.State, h.Note, h.By, toNullable(h.At), report)
	return s.explain(ctx, fmt.Sprintf("handle report %s", report), err)
}

// Reports implements [meta.Feedback].
func (s *Store) Reports(ctx context.Context, f meta.ReportFilter) ([]meta.Report, error) {
	limit, err := meta.EffectiveLimit(f.Limit)
	if err != nil {
		return nil, err
	}
	var args arguments
	query := selectReport + `WHERE TRUE`
	if f.Call != "" {
		query += ` AND call_id = ` + args.add(f.Call)
	}
	if f.By != "" {
		query += ` AND by = ` + args.add(f.By)
	}
	if f.Person != "" {
		whom := args.add(f.Person)
		query += ` AND (by = ` + whom + ` OR about = ` + whom + `)`
	}
	if f.State != "" {
		query += ` AND state = ` + args.add(f.State)
	}
	if f.Reason != "" {
		query += ` AND reason = ` + args.add(f.Reason)
	}
	if f.Before != "" {
		query += ` AND id < ` + args.add(f.Before)
	}
	reports, err := collect(ctx, s.reader, scanReport, query+` ORDER BY id DESC LIMIT `+args.add(limit), args...)
	return reports, s.explain(ctx, "list reports", err)
}

func scanReport(from row) (meta.Report, error) {
	var (
		r      meta.Report
		at     int64
		offset sql.NullInt64
		done   sql.NullInt64
	)
	h := &r.Handling
	err := from.Scan(&r.ID, &r.Call, &r.By, &r.About, &r.Part, &at, &r.Reason, &offset, &r.Text, &h.State, &h.Note, &h.By, &done)
	r.At, h.At = fromMicros(at), fromNullable(done)
	if offset.Valid {
		in := time.Duration(offset.Int64) * time.Millisecond
		r.Offset = &in
	}
	return r, err
}
