package sqlmeta

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"parley/storage/meta"
)

// AppendEvents implements [meta.Events].
func (s *Store) AppendEvents(ctx context.Context, events []meta.Event) error {
	for _, e := range events {
		if err := e.Validate(); err != nil {
			return err
		}
	}
	err := s.writeAlone(ctx, "feed", func(tx *sql.Tx) error {
		for _, e := range events {
			if err := appendEvent(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	return s.explain(ctx, "append to the feed", err)
}

// appendEvent takes the next place, unless the event has one.
func appendEvent(ctx context.Context, tx *sql.Tx, e meta.Event) error {
	var seq int64
	err := tx.QueryRowContext(ctx, `UPDATE event_head SET seq = seq + 1 RETURNING seq`).Scan(&seq)
	if err != nil {
		return err
	}
	result, err := tx.ExecContext(ctx, `
		INSERT INTO events (seq, id, at, type, call_id, recording_id, member_id, expert_id, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING`,
		seq, e.ID, toMicros(e.At), e.Type, e.Call, e.Recording, e.Member, e.Expert, string(e.Body))
	if err != nil {
		return err
	}
	if added, err := result.RowsAffected(); err != nil || added == 1 {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE event_head SET seq = seq - 1`)
	return err
}

// EventsAfter implements [meta.Events].
func (s *Store) EventsAfter(ctx context.Context, after uint64, limit int, types []meta.EventType) ([]meta.Event, error) {
	limit, err := meta.EffectiveLimit(limit)
	if err != nil {
		return nil, err
	}
	var args arguments
	where := `WHERE seq > ` + args.add(int64(min(after, math.MaxInt64)))
	if len(types) > 0 {
		var wanted []string
		for _, t := range types {
			wanted = append(wanted, args.add(t))
		}
		where += ` AND type IN (` + strings.Join(wanted, `, `) + `)`
	}
	events, err := collect(ctx, s.reader, scanEvent, `
		SELECT seq, id, at, type, call_id, recording_id, member_id, expert_id, body
		FROM events `+where+` ORDER BY seq LIMIT `+args.add(limit), args...)
	return events, s.explain(ctx, fmt.Sprintf("read the feed after %d", after), err)
}

func scanEvent(r row) (meta.Event, error) {
	var (
		e    meta.Event
		at   int64
		body string
	)
	err := r.Scan(&e.Seq, &e.ID, &at, &e.Type, &e.Call, &e.Recording, &e.Member, &e.Expert, &body)
	if err != nil {
		return meta.Event{}, err
	}
	e.At, e.Body = fromMicros(at), json.RawMessage(body)
	return e, nil
}

// EventRange implements [meta.Events].
func (s *Store) EventRange(ctx context.Context) (meta.EventRange, error) {
	var r meta.EventRange
	err := s.reader.QueryRowContext(ctx, `
		SELECT seq, COALESCE((SELECT MIN(seq) FROM events), seq + 1) FROM event_head`).Scan(&r.Newest, &r.Oldest)
	return r, s.explain(ctx, "read the range of the feed", err)
}

// DeleteEventsBefore implements [meta.Events].
func (s *Store) DeleteEventsBefore(ctx context.Context, at time.Time) (int, error) {
	var deleted int64
	err := s.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `
			DELETE FROM events WHERE seq < COALESCE(
				(SELECT MIN(seq) FROM events WHERE at >= $1),
				(SELECT seq + 1 FROM event_head))`, toMicros(at))
		if err != nil {
			return err
		}
		deleted, err = result.RowsAffected()
		return err
	})
	return int(deleted), s.explain(ctx, "delete old events", err)
}
