package sqlmeta

import (
	"context"
	"database/sql"
	"fmt"

	"parley/storage/id"
	"parley/storage/meta"
)

const selectObject = `SELECT recording_id, part, key, size, sha256 FROM objects `

// PutObject implements [meta.Objects].
func (s *Store) PutObject(ctx context.Context, objects ...meta.StoredObject) error {
	for _, o := range objects {
		if err := o.Validate(); err != nil {
			return err
		}
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, o := range objects {
			if err := putObject(ctx, tx, o); err != nil {
				return fmt.Errorf("object %s of %s: %w", o.Key, o.Recording, err)
			}
		}
		return nil
	})
	return s.explain(ctx, "store objects", err)
}

func putObject(ctx context.Context, tx *sql.Tx, o meta.StoredObject) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO objects (recording_id, part, key, size, sha256) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (key) DO NOTHING`, o.Recording, o.Part, o.Key, o.Size, o.SHA256)
	if err != nil {
		return err
	}
	stored, err := scanObject(tx.QueryRowContext(ctx, selectObject+`WHERE key = $1`, o.Key))
	if err == nil && stored != o {
		err = meta.ErrConflict
	}
	return err
}

// Objects implements [meta.Objects].
func (s *Store) Objects(ctx context.Context, recording id.RecordingID) ([]meta.StoredObject, error) {
	objects, err := collect(ctx, s.reader, scanObject, selectObject+`WHERE recording_id = $1 ORDER BY key`, recording)
	return objects, s.explain(ctx, fmt.Sprintf("list objects of %s", recording), err)
}

// KeepObjects implements [meta.Objects].
func (s *Store) KeepObjects(ctx context.Context, recording id.RecordingID, keys []string) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		args := arguments{recording}
		statement := `DELETE FROM objects WHERE recording_id = $1`
		for _, key := range keys {
			statement += ` AND key <> ` + args.add(key)
		}
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	})
	return s.explain(ctx, fmt.Sprintf("forget old objects of %s", recording), err)
}

func scanObject(r row) (meta.StoredObject, error) {
	var o meta.StoredObject
	err := r.Scan(&o.Recording, &o.Part, &o.Key, &o.Size, &o.SHA256)
	return o, err
}
