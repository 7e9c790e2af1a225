package sqlmeta

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

const selectErasure = `
	SELECT id, recording_id, part, basis, requested_by, requested_at, state, decided_by, decided_at, note, done_at, certificate
	FROM erasures `

// InsertErasure implements [meta.Erasures].
func (s *Store) InsertErasure(ctx context.Context, e meta.Erasure) error {
	if err := e.Validate(); err != nil {
		return err
	}
	err := s.writeOne(ctx, `
		INSERT INTO erasures (id, recording_id, part, basis, requested_by, requested_at, state, decided_by, decided_at, note, done_at, certificate)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL, '')`,
		e.ID, e.Recording, e.Part, e.Basis, e.RequestedBy, toMicros(e.RequestedAt), e.State, e.DecidedBy, toNullable(e.DecidedAt), e.Note)
	return s.explain(ctx, fmt.Sprintf("enter the erasure of %s of %s", e.Part, e.Recording), err)
}

// Erasure implements [meta.Erasures].
func (s *Store) Erasure(ctx context.Context, erasure id.ErasureID) (meta.Erasure, error) {
	e, err := scanErasure(s.reader.QueryRowContext(ctx, selectErasure+`WHERE id = $1`, erasure))
	return e, s.explain(ctx, fmt.Sprintf("read erasure %s", erasure), err)
}

// Erasures implements [meta.Erasures].
func (s *Store) Erasures(ctx context.Context, f meta.ErasureFilter) ([]meta.Erasure, error) {
	limit, err := meta.EffectiveLimit(f.Limit)
	if err != nil {
		return nil, err
	}
	terms, args := []string{`TRUE`}, arguments(nil)
	if f.Recording != "" {
		terms = append(terms, `recording_id = `+args.add(f.Recording))
	}
	if f.After != "" {
		terms = append(terms, `id > `+args.add(f.After))
	}
	if len(f.States) > 0 {
		var marks []string
		for _, state := range f.States {
			marks = append(marks, args.add(state))
		}
		terms = append(terms, `state IN (`+strings.Join(marks, `, `)+`)`)
	}
	query := selectErasure + `WHERE ` + strings.Join(terms, ` AND `) + ` ORDER BY id LIMIT ` + args.add(limit)
	list, err := collect(ctx, s.reader, scanErasure, query, args...)
	return list, s.explain(ctx, "list erasures", err)
}

func scanErasure(r row) (meta.Erasure, error) {
	var (
		e             meta.Erasure
		requested     int64
		decided, done sql.NullInt64
	)
	err := r.Scan(&e.ID, &e.Recording, &e.Part, &e.Basis, &e.RequestedBy, &requested, &e.State,
		&e.DecidedBy, &decided, &e.Note, &done, &e.Certificate)
	e.RequestedAt, e.DecidedAt, e.DoneAt = fromMicros(requested), fromNullable(decided), fromNullable(done)
	return e, err
}

// DecideErasure implements [meta.Erasures].
func (s *Store) DecideErasure(ctx context.Context, erasure id.ErasureID, to meta.ErasureState, by id.PersonID, note string, at time.Time) error {
	if to != meta.ErasureApproved && to != meta.ErasureRefused || by == "" || len(note) > meta.MaxNote {
		return fmt.Errorf("%w: erasure %s decided as %q", meta.ErrInvalid, erasure, to)
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		if _, err := stateOf(ctx, tx, erasure, meta.ErasureRequested); err != nil {
			return err
		}
		return execOne(ctx, tx, `UPDATE erasures SET state = $1, decided_by = $2, decided_at = $3, note = $4 WHERE id = $5`,
			to, by, toMicros(at), note, erasure)
	})
	return s.explain(ctx, fmt.Sprintf("decide erasure %s", erasure), err)
}

// stateOf returns an erasure that is in one of the given states.
func stateOf(ctx context.Context, tx *sql.Tx, erasure id.ErasureID, want ...meta.ErasureState) (meta.Erasure, error) {
	e, err := scanErasure(tx.QueryRowContext(ctx, selectErasure+`WHERE id = $1`, erasure))
	if err == nil && !slices.Contains(want, e.State) {
		err = fmt.Errorf("%w: it is %s", meta.ErrConflict, e.State)
	}
	return e, err
}

// BeginErasure implements [meta.Erasures].
func (s *Store) BeginErasure(ctx context.Context, erasure id.ErasureID) error {
	e, err := s.Erasure(ctx, erasure)
	if err != nil {
		return err
	}
	err = s.writeAlone(ctx, rightsOf(e.Recording), func(tx *sql.Tx) error {
		e, err := stateOf(ctx, tx, erasure, meta.ErasureApproved, meta.ErasureBegun)
		if err != nil || e.State == meta.ErasureBegun {
			return err
		}
		var held bool
		err = tx.QueryRowContext(ctx, `
			SELECT EXISTS (SELECT 1 FROM holds WHERE recording_id = $1 AND released_at IS NULL)`, e.Recording).Scan(&held)
		if err != nil {
			return err
		}
		if held {
			return meta.ErrHeld
		}
		return execOne(ctx, tx, `UPDATE erasures SET state = $1 WHERE id = $2`, meta.ErasureBegun, erasure)
	})
	return s.explain(ctx, fmt.Sprintf("begin erasure %s", erasure), err)
}

// FinishErasure implements [meta.Erasures].
func (s *Store) FinishErasure(ctx context.Context, erasure id.ErasureID, parts []string, certificate string, at time.Time) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		e, err := stateOf(ctx, tx, erasure, meta.ErasureBegun, meta.ErasureDone)
		if err != nil || e.State == meta.ErasureDone {
			return err
		}
		err = execOne(ctx, tx, `UPDATE erasures SET state = $1, done_at = $2, certificate = $3 WHERE id = $4`,
			meta.ErasureDone, toMicros(at), certificate, erasure)
		if err != nil {
			return err
		}
		for _, part := range parts {
			if err := forgetObjects(ctx, tx, e.Recording, part); err != nil {
				return err
			}
		}
		return endRecording(ctx, tx, e, certificate, at)
	})
	return s.explain(ctx, fmt.Sprintf("finish erasure %s", erasure), err)
}

// forgetObjects forgets the objects of a part, and what stores were told of them.
func forgetObjects(ctx context.Context, tx *sql.Tx, recording id.RecordingID, part string) error {
	_, err := tx.ExecContext(ctx, `
		DELETE FROM object_locks WHERE key IN (SELECT key FROM objects WHERE recording_id = $1 AND part = $2)`, recording, part)
	if err == nil {
		_, err = tx.ExecContext(ctx, `DELETE FROM objects WHERE recording_id = $1 AND part = $2`, recording, part)
	}
	return err
}

// endRecording moves a recording of which no voice is left, and what else was asked
// for of it, to their end.
func endRecording(ctx context.Context, tx *sql.Tx, e meta.Erasure, certificate string, at time.Time) error {
	var left int
	err := tx.QueryRowContext(ctx, `
		SELECT COUNT(*) FROM key_envelopes WHERE recording_id = $1 AND part <> $2 AND sealed IS NOT NULL`,
		e.Recording, id.PartCall).Scan(&left)
	if err != nil || left > 0 {
		return err
	}
	if err := execOne(ctx, tx, `UPDATE recordings SET state = $1 WHERE id = $2`, meta.StateErased, e.Recording); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE erasures SET state = $1, done_at = $2, certificate = $3 WHERE recording_id = $4 AND state IN ($5, $6)`,
		meta.ErasureDone, toMicros(at), certificate, e.Recording, meta.ErasureRequested, meta.ErasureApproved)
	return err
}
