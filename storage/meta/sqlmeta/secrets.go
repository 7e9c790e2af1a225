package sqlmeta

import (
	"context"
	"database/sql"
	"fmt"

	"parley/storage/meta"
)

const selectSecret = `SELECT sealed FROM secrets WHERE name = $1`

// Secret implements [meta.Secrets].
func (s *Store) Secret(ctx context.Context, name string) ([]byte, error) {
	var sealed []byte
	err := s.reader.QueryRowContext(ctx, selectSecret, name).Scan(&sealed)
	return sealed, s.explain(ctx, fmt.Sprintf("read secret %s", name), err)
}

// PutSecret implements [meta.Secrets].
func (s *Store) PutSecret(ctx context.Context, name string, sealed []byte) ([]byte, error) {
	if name == "" || len(sealed) == 0 {
		return nil, fmt.Errorf("%w: secret %q of %d bytes", meta.ErrInvalid, name, len(sealed))
	}
	var stored []byte
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO secrets (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, sealed)
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, selectSecret, name).Scan(&stored)
	})
	if err != nil {
		return nil, s.explain(ctx, fmt.Sprintf("store secret %s", name), err)
	}
	return stored, nil
}
