package sqlmeta

import (
	"context"
	"database/sql"
	"fmt"

	"parley/storage/id"
	"parley/storage/meta"
)

// PutBlock implements [meta.Blocks].
func (s *Store) PutBlock(ctx context.Context, b meta.Block) error {
	if err := b.Validate(); err != nil {
		return err
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO blocks (by, whom, at) VALUES ($1, $2, $3) ON CONFLICT (by, whom) DO NOTHING`,
			b.By, b.Whom, toMicros(b.At))
		return err
	})
	return s.explain(ctx, fmt.Sprintf("store block by %s", b.By), err)
}

// DeleteBlock implements [meta.Blocks].
func (s *Store) DeleteBlock(ctx context.Context, by, whom id.PersonID) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM blocks WHERE by = $1 AND whom = $2`, by, whom)
		return err
	})
	return s.explain(ctx, fmt.Sprintf("delete block by %s", by), err)
}

// Blocked implements [meta.Blocks].
func (s *Store) Blocked(ctx context.Context, a, b id.PersonID) (bool, error) {
	var found bool
	err := s.reader.QueryRowContext(ctx,
		`SELECT EXISTS (SELECT 1 FROM blocks WHERE (by = $1 AND whom = $2) OR (by = $2 AND whom = $1))`, a, b).Scan(&found)
	return found, s.explain(ctx, fmt.Sprintf("look for a block between %s and %s", a, b), err)
}

// BlockedWith implements [meta.Blocks].
func (s *Store) BlockedWith(ctx context.Context, p id.PersonID) ([]id.PersonID, error) {
	people, err := collect(ctx, s.reader, scanPersonID, `SELECT whom FROM blocks WHERE by = $1 UNION SELECT by FROM blocks WHERE whom = $1`, p)
	return people, s.explain(ctx, fmt.Sprintf("list who is blocked with %s", p), err)
}

func scanPersonID(r row) (p id.PersonID, err error) {
	err = r.Scan(&p)
	return p, err
}

// BlocksBy implements [meta.Blocks].
func (s *Store) BlocksBy(ctx context.Context, by id.PersonID) ([]meta.Block, error) {
	blocks, err := collect(ctx, s.reader, scanBlock, `SELECT by, whom, at FROM blocks WHERE by = $1 ORDER BY at DESC, whom`, by)
	return blocks, s.explain(ctx, fmt.Sprintf("list blocks by %s", by), err)
}

// AllBlocks implements [meta.Blocks].
func (s *Store) AllBlocks(ctx context.Context, f meta.BlockFilter) ([]meta.Block, error) {
	limit, err := meta.EffectiveLimit(f.Limit)
	if err != nil {
		return nil, err
	}
	var args arguments
	by, whom := args.add(f.AfterBy), args.add(f.AfterWhom)
	query := `SELECT by, whom, at FROM blocks WHERE (by > ` + by + ` OR by = ` + by + ` AND whom > ` + whom + `)`
	if f.Person != "" {
		person := args.add(f.Person)
		query += ` AND (by = ` + person + ` OR whom = ` + person + `)`
	}
	blocks, err := collect(ctx, s.reader, scanBlock, query+` ORDER BY by, whom LIMIT `+args.add(limit), args...)
	return blocks, s.explain(ctx, "list all blocks", err)
}

func scanBlock(r row) (meta.Block, error) {
	var (
		b  meta.Block
		at int64
	)
	if err := r.Scan(&b.By, &b.Whom, &at); err != nil {
		return meta.Block{}, err
	}
	b.At = fromMicros(at)
	return b, nil
}
