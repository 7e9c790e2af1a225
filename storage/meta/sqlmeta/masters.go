package sqlmeta

import (
	"context"
	"database/sql"
	"fmt"

	"parley/storage/meta"
)

// sealedKind is where one kind of sealed things is stored.
type sealedKind struct{ kind, page, replace string }

// sealedKinds returns them in the order of their names. In page $1 and $2 are
// owner and part of the last name seen; in replace $1 is new, $2 old.
func sealedKinds() []sealedKind {
	return []sealedKind{
		{
			meta.SealedEnvelope,
			`SELECT recording_id, part, sealed FROM key_envelopes
			 WHERE sealed IS NOT NULL AND (recording_id > $1 OR recording_id = $1 AND part > $2)
			 ORDER BY recording_id, part LIMIT $3`,
			`UPDATE key_envelopes SET sealed = $1 WHERE sealed = $2 AND recording_id = $3 AND part = $4`,
		},
		{
			meta.SealedEvaluation,
			`SELECT id, '', sealed FROM evaluations WHERE id > $1 AND $2 = '' ORDER BY id LIMIT $3`,
			`UPDATE evaluations SET sealed = $1 WHERE sealed = $2 AND id = $3 AND $4 = ''`,
		},
		{
			meta.SealedSecret,
			`SELECT name, '', sealed FROM secrets WHERE name > $1 AND $2 = '' ORDER BY name LIMIT $3`,
			`UPDATE secrets SET sealed = $1 WHERE sealed = $2 AND name = $3 AND $4 = ''`,
		},
		{
			meta.SealedText,
			`SELECT id, '', sealed FROM texts WHERE id > $1 AND $2 = '' ORDER BY id LIMIT $3`,
			`UPDATE texts SET sealed = $1 WHERE sealed = $2 AND id = $3 AND $4 = ''`,
		},
		{
			meta.SealedWebhook,
			`SELECT id, '', secret FROM webhooks WHERE id > $1 AND $2 = '' ORDER BY id LIMIT $3`,
			`UPDATE webhooks SET secret = $1 WHERE secret = $2 AND id = $3 AND $4 = ''`,
		},
	}
}

// SealedAfter implements [meta.Masters].
func (s *Store) SealedAfter(ctx context.Context, after meta.SealedName, limit int) ([]meta.Sealed, error) {
	limit, err := meta.EffectiveLimit(limit)
	if err != nil {
		return nil, err
	}
	for _, k := range sealedKinds() {
		from := after
		if k.kind < after.Kind {
			continue
		}
		if k.kind > after.Kind {
			from = meta.SealedName{}
		}
		page, err := collect(ctx, s.reader, func(r row) (meta.Sealed, error) {
			one := meta.Sealed{SealedName: meta.SealedName{Kind: k.kind}}
			err := r.Scan(&one.Owner, &one.Part, &one.Bytes)
			return one, err
		}, k.page, from.Owner, from.Part, limit)
		if err != nil || len(page) > 0 {
			return page, s.explain(ctx, "list what is sealed to the master key", err)
		}
	}
	return nil, nil
}

// Reseal implements [meta.Masters].
func (s *Store) Reseal(ctx context.Context, list []meta.Resealed) (int, error) {
	replace := map[string]string{}
	for _, k := range sealedKinds() {
		replace[k.kind] = k.replace
	}
	var changed int64
	err := s.write(ctx, func(tx *sql.Tx) error {
		changed = 0
		for _, r := range list {
			statement, known := replace[r.Kind]
			if !known || len(r.Again) == 0 {
				return fmt.Errorf("%w: %s sealed anew as %d bytes", meta.ErrInvalid, r.SealedName, len(r.Again))
			}
			result, err := tx.ExecContext(ctx, statement, r.Again, r.Bytes, r.Owner, r.Part)
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			changed += n
		}
		return nil
	})
	return int(changed), s.explain(ctx, "store what was sealed anew", err)
}

// EraseReplaced implements [meta.Masters].
func (s *Store) EraseReplaced(ctx context.Context) error {
	return s.explain(ctx, "erase what was replaced", s.engine.Erase(ctx, s.writer))
}
