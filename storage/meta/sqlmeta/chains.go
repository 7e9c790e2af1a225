package sqlmeta

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"time"

	"parley/storage/chain"
	"parley/storage/meta"
)

const selectEntry = `SELECT chain, seq, at, kind, subject, actor, body, prev, hash FROM chain_entries `

// AppendChain implements [meta.Chains].
func (s *Store) AppendChain(ctx context.Context, name, kind, subject, actor string, body any, at time.Time) (chain.Entry, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return chain.Entry{}, fmt.Errorf("%w: entry of chain %s: body: %w", meta.ErrInvalid, name, err)
	}
	next := chain.Entry{At: at, Chain: name, Kind: kind, Subject: subject, Actor: actor, Body: encoded}
	var linked chain.Entry
	err = s.writeAlone(ctx, "chain "+name, func(tx *sql.Tx) error {
		last, err := scanEntry(tx.QueryRowContext(ctx, selectEntry+`WHERE chain = $1 ORDER BY seq DESC LIMIT 1`, name))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if linked, err = chain.Link(last, next); err != nil {
			return err
		}
		return insertEntry(ctx, tx, linked)
	})
	if err != nil {
		return chain.Entry{}, s.explain(ctx, fmt.Sprintf("append to chain %s", name), err)
	}
	return linked, nil
}

func insertEntry(ctx context.Context, tx *sql.Tx, e chain.Entry) error {
	return execOne(ctx, tx, `
		INSERT INTO chain_entries (chain, seq, at, kind, subject, actor, body, prev, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		e.Chain, int64(e.Seq), toMicros(e.At), e.Kind, e.Subject, e.Actor, string(e.Body), e.Prev, e.Hash)
}

// ChainEntries implements [meta.Chains].
func (s *Store) ChainEntries(ctx context.Context, name, subject string, afterSeq uint64, limit int) ([]chain.Entry, error) {
	limit, err := meta.EffectiveLimit(limit)
	if err != nil {
		return nil, err
	}
	var args arguments
	where := `WHERE chain = ` + args.add(name) + ` AND seq > ` + args.add(int64(min(afterSeq, math.MaxInt64)))
	if subject != "" {
		where += ` AND subject = ` + args.add(subject)
	}
	query := selectEntry + where + ` ORDER BY seq LIMIT ` + args.add(limit)
	entries, err := collect(ctx, s.reader, scanEntry, query, args...)
	return entries, s.explain(ctx, fmt.Sprintf("read chain %s", name), err)
}

// NewestEntry implements [meta.Chains].
func (s *Store) NewestEntry(ctx context.Context, name, kind, actor string) (chain.Entry, error) {
	entry, err := scanEntry(s.reader.QueryRowContext(ctx,
		selectEntry+`WHERE chain = $1 AND kind = $2 AND actor = $3 ORDER BY seq DESC LIMIT 1`, name, kind, actor))
	return entry, s.explain(ctx, fmt.Sprintf("read the newest %s of chain %s", kind, name), err)
}

// ChainNames returns the names of all chains, sorted.
func (s *Store) ChainNames(ctx context.Context) ([]string, error) {
	names, err := Names(ctx, s.reader, `SELECT DISTINCT chain FROM chain_entries ORDER BY chain`)
	return names, s.explain(ctx, "list chains", err)
}

// VerifyChain implements [meta.Chains]. It reads entry by entry, so the length of
// the chain costs time but no memory.
func (s *Store) VerifyChain(ctx context.Context, name string) error {
	rows, err := s.reader.QueryContext(ctx, selectEntry+`WHERE chain = $1 ORDER BY seq`, name)
	if err != nil {
		return s.explain(ctx, fmt.Sprintf("read chain %s", name), err)
	}
	defer rows.Close()
	return s.explain(ctx, fmt.Sprintf("verify chain %s", name), chain.Verify(eachEntry(rows)))
}

func eachEntry(rows *sql.Rows) iter.Seq2[chain.Entry, error] {
	return func(yield func(chain.Entry, error) bool) {
		for rows.Next() {
			if entry, err := scanEntry(rows); !yield(entry, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(chain.Entry{}, err)
		}
	}
}

func scanEntry(r row) (chain.Entry, error) {
	var (
		e    chain.Entry
		at   int64
		body string
	)
	if err := r.Scan(&e.Chain, &e.Seq, &at, &e.Kind, &e.Subject, &e.Actor, &body, &e.Prev, &e.Hash); err != nil {
		return chain.Entry{}, err
	}
	e.At = fromMicros(at)
	e.Body = json.RawMessage(body)
	return e, nil
}
