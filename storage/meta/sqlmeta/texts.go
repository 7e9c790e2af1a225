package sqlmeta

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// InsertText implements [meta.Texts].
func (s *Store) InsertText(ctx context.Context, t meta.Text) error {
	err := s.write(ctx, func(tx *sql.Tx) error { return insertText(ctx, tx, &t) })
	return s.explain(ctx, fmt.Sprintf("store text %s", t.ID), err)
}

// insertText stores a text; nil is none.
func insertText(ctx context.Context, tx *sql.Tx, t *meta.Text) error {
	if t == nil {
		return nil
	}
	if err := t.Validate(); err != nil {
		return err
	}
	return execOne(ctx, tx, `INSERT INTO texts (id, call_id, kind, author, part, at, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		t.ID, t.Call, t.Kind, t.Author, t.Part, toMicros(t.At), t.Sealed)
}

// Texts implements [meta.Texts].
func (s *Store) Texts(ctx context.Context, f meta.TextFilter) ([]meta.Text, error) {
	limit, err := meta.EffectiveLimit(f.Limit)
	if err != nil {
		return nil, err
	}
	var args arguments
	query := `SELECT id, call_id, kind, author, part, at, sealed FROM texts WHERE id > ` + args.add(f.After)
	if f.Call != "" {
		query += ` AND call_id = ` + args.add(f.Call)
	}
	if f.Kind != "" {
		query += ` AND kind = ` + args.add(f.Kind)
	}
	if f.Author != "" {
		query += ` AND author = ` + args.add(f.Author)
	}
	texts, err := collect(ctx, s.reader, scanText, query+` ORDER BY id LIMIT `+args.add(limit), args...)
	return texts, s.explain(ctx, "list texts", err)
}

func scanText(r row) (meta.Text, error) {
	var (
		t  meta.Text
		at int64
	)
	err := r.Scan(&t.ID, &t.Call, &t.Kind, &t.Author, &t.Part, &at, &t.Sealed)
	t.At = fromMicros(at)
	return t, err
}

// TextsDue implements [meta.Texts].
func (s *Store) TextsDue(ctx context.Context, before time.Time, limit int) ([]id.CallID, error) {
	limit, err := meta.EffectiveLimit(limit)
	if err != nil {
		return nil, err
	}
	due, err := collect(ctx, s.reader, func(r row) (c id.CallID, err error) { err = r.Scan(&c); return c, err }, `
		SELECT DISTINCT call_id FROM texts t
		WHERE at < $1 AND NOT EXISTS (
			SELECT 1 FROM recordings r WHERE r.call_id = t.call_id AND r.state NOT IN ($2, $3))
		ORDER BY call_id LIMIT $4`, toMicros(before), meta.StateErased, meta.StateDiscarded, limit)
	return due, s.explain(ctx, "list texts whose time is over", err)
}

// DeleteTexts implements [meta.Texts].
func (s *Store) DeleteTexts(ctx context.Context, call id.CallID) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM texts WHERE call_id = $1`, call)
		return err
	})
	if err == nil {
		err = s.engine.Erase(ctx, s.writer)
	}
	return s.explain(ctx, fmt.Sprintf("delete texts of %s", call), err)
}
