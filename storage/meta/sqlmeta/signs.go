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

// PutSign implements [meta.Signs].
func (s *Store) PutSign(ctx context.Context, sign meta.Sign) error {
	if err := sign.Validate(); err != nil {
		return err
	}
	people := sign.People
	if people == nil {
		people = []id.PersonID{}
	}
	others, err := json.Marshal(people)
	if err != nil {
		return err
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO signs (call_id, kind, at, people) VALUES ($1, $2, $3, $4) ON CONFLICT (call_id, kind) DO NOTHING`,
			sign.Call, sign.Kind, toMicros(sign.At), string(others))
		return err
	})
	return s.explain(ctx, fmt.Sprintf("store sign of %s", sign.Call), err)
}

// Signs implements [meta.Signs].
func (s *Store) Signs(ctx context.Context, f meta.SignFilter) ([]meta.Sign, error) {
	limit, err := meta.EffectiveLimit(f.Limit)
	if err != nil {
		return nil, err
	}
	var args arguments
	query := `SELECT call_id, kind, at, people FROM signs WHERE TRUE`
	if f.Kind != "" {
		query += ` AND kind = ` + args.add(f.Kind)
	}
	if f.Person != "" {
		quoted, err := json.Marshal(f.Person)
		if err != nil {
			return nil, err
		}
		whom, among := args.add(f.Person), args.add(string(quoted))
		query += ` AND (call_id IN (SELECT id FROM calls WHERE member_id = ` + whom + ` OR expert_id = ` + whom + `)
			OR replace(people, ` + among + `, '') <> people)`
	}
	if f.Before != "" {
		call, kind := args.add(f.Before), args.add(f.BeforeKind)
		query += ` AND (call_id < ` + call + ` OR call_id = ` + call + ` AND kind > ` + kind + `)`
	}
	signs, err := collect(ctx, s.reader, scanSign, query+` ORDER BY call_id DESC, kind LIMIT `+args.add(limit), args...)
	return signs, s.explain(ctx, "list signs", err)
}

func scanSign(r row) (meta.Sign, error) {
	var (
		s      meta.Sign
		at     int64
		people string
	)
	if err := r.Scan(&s.Call, &s.Kind, &at, &people); err != nil {
		return s, err
	}
	if err := json.Unmarshal([]byte(people), &s.People); err != nil {
		return s, fmt.Errorf("people of a sign of %s: %w", s.Call, err)
	}
	if len(s.People) == 0 {
		s.People = nil
	}
	s.At = fromMicros(at)
	return s, nil
}

// PutTrace implements [meta.Signs].
func (s *Store) PutTrace(ctx context.Context, t meta.Trace) error {
	if err := t.Validate(); err != nil {
		return err
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO traces (call_id, address, device, at) VALUES ($1, $2, $3, $4) ON CONFLICT (call_id) DO NOTHING`,
			t.Call, t.Address, t.Device, toMicros(t.At))
		return err
	})
	return s.explain(ctx, fmt.Sprintf("store trace of %s", t.Call), err)
}

// DeleteTracesBefore implements [meta.Signs].
func (s *Store) DeleteTracesBefore(ctx context.Context, at time.Time) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM traces WHERE at < $1`, toMicros(at))
		return err
	})
	return s.explain(ctx, "delete traces", err)
}

// Traced implements [meta.Signs].
func (s *Store) Traced(ctx context.Context, f meta.TracedFilter) ([]meta.Traced, error) {
	limit, err := meta.EffectiveLimit(f.Limit)
	if err != nil {
		return nil, err
	}
	var args arguments
	query := `
		SELECT r.call_id, r.by, r.about, r.stars, r.at, COALESCE(t.address, ''), COALESCE(t.device, '')
		FROM ratings r LEFT JOIN traces t ON t.call_id = r.call_id WHERE r.part = ` + args.add(id.PartMember)
	if f.Member != "" {
		query += ` AND r.by = ` + args.add(f.Member)
	}
	if f.Expert != "" {
		query += ` AND r.about = ` + args.add(f.Expert)
	}
	if !f.Since.IsZero() {
		query += ` AND r.at >= ` + args.add(toMicros(f.Since))
	}
	found, err := collect(ctx, s.reader, scanTraced, query+` ORDER BY r.at DESC, r.call_id DESC LIMIT `+args.add(limit), args...)
	return found, s.explain(ctx, "list ratings", err)
}

func scanTraced(r row) (meta.Traced, error) {
	var (
		t  meta.Traced
		at int64
	)
	err := r.Scan(&t.Call, &t.Member, &t.Expert, &t.Stars, &at, &t.Address, &t.Device)
	t.At = fromMicros(at)
	return t, err
}
