package sqlmeta

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// InsertWebhook implements [meta.Webhooks].
func (s *Store) InsertWebhook(ctx context.Context, w meta.Webhook) error {
	if err := w.Validate(); err != nil {
		return err
	}
	var types []string
	for _, t := range w.Types {
		types = append(types, string(t))
	}
	err := s.writeOne(ctx, `
		INSERT INTO webhooks (id, url, secret, types, created_at, cursor, holder, held_until)
		VALUES ($1, $2, $3, $4, $5, $6, '', 0)`,
		w.ID, w.URL, w.Secret, strings.Join(types, " "), toMicros(w.CreatedAt), int64(w.Cursor))
	return s.explain(ctx, fmt.Sprintf("store webhook %s", w.ID), err)
}

// Webhooks implements [meta.Webhooks].
func (s *Store) Webhooks(ctx context.Context) ([]meta.Webhook, error) {
	hooks, err := collect(ctx, s.reader, scanWebhook,
		`SELECT id, url, secret, types, created_at, cursor FROM webhooks ORDER BY id`)
	return hooks, s.explain(ctx, "list webhooks", err)
}

func scanWebhook(r row) (meta.Webhook, error) {
	var (
		w     meta.Webhook
		types string
		at    int64
	)
	if err := r.Scan(&w.ID, &w.URL, &w.Secret, &types, &at, &w.Cursor); err != nil {
		return meta.Webhook{}, err
	}
	w.CreatedAt = fromMicros(at)
	for _, t := range strings.Fields(types) {
		w.Types = append(w.Types, meta.EventType(t))
	}
	return w, nil
}

// DeleteWebhook implements [meta.Webhooks].
func (s *Store) DeleteWebhook(ctx context.Context, hook id.WebhookID) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM webhook_deliveries WHERE webhook_id = $1`, hook); err != nil {
			return err
		}
		return execOne(ctx, tx, `DELETE FROM webhooks WHERE id = $1`, hook)
	})
	return s.explain(ctx, fmt.Sprintf("delete webhook %s", hook), err)
}

// MoveWebhook implements [meta.Webhooks].
func (s *Store) MoveWebhook(ctx context.Context, hook id.WebhookID, from, to uint64) error {
	err := s.writeOne(ctx, `UPDATE webhooks SET cursor = $1 WHERE id = $2 AND cursor = $3`, int64(to), hook, int64(from))
	return s.explain(ctx, fmt.Sprintf("move webhook %s", hook), err)
}

// ReplayWebhook implements [meta.Webhooks].
func (s *Store) ReplayWebhook(ctx context.Context, hook id.WebhookID, to uint64) error {
	err := s.writeOne(ctx, `UPDATE webhooks SET cursor = $1 WHERE id = $2`, int64(to), hook)
	return s.explain(ctx, fmt.Sprintf("replay webhook %s", hook), err)
}

// LeaseWebhook implements [meta.Webhooks].
func (s *Store) LeaseWebhook(ctx context.Context, hook id.WebhookID, holder string, now, until time.Time) (cursor uint64, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `
			UPDATE webhooks SET holder = $1, held_until = $2 WHERE id = $3 AND (holder = $1 OR held_until <= $4)
			RETURNING cursor`,
			holder, toMicros(until), hook, toMicros(now)).Scan(&cursor)
	})
	return cursor, s.explain(ctx, fmt.Sprintf("lease webhook %s", hook), err)
}

// AppendDelivery implements [meta.Webhooks].
func (s *Store) AppendDelivery(ctx context.Context, d meta.Delivery) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		var number int64
		err := tx.QueryRowContext(ctx, `
			UPDATE webhooks SET attempts = attempts + 1 WHERE id = $1 RETURNING attempts`, d.Webhook).Scan(&number)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM webhook_deliveries WHERE webhook_id = $1 AND number <= $2`,
			d.Webhook, number-meta.KeptDeliveries)
		if err != nil {
			return err
		}
		return execOne(ctx, tx, `
			INSERT INTO webhook_deliveries (webhook_id, number, event_id, attempt, at, took_ms, status, fault)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			d.Webhook, number, d.Event, d.Attempt, toMicros(d.At), d.TookMs, d.Status, d.Fault)
	})
	return s.explain(ctx, fmt.Sprintf("store a delivery of webhook %s", d.Webhook), err)
}

// Deliveries implements [meta.Webhooks].
func (s *Store) Deliveries(ctx context.Context, hook id.WebhookID, before uint64, limit int) ([]meta.Delivery, error) {
	limit, err := meta.EffectiveLimit(limit)
	if err != nil {
		return nil, err
	}
	if before == 0 || before > math.MaxInt64 {
		before = math.MaxInt64
	}
	list, err := collect(ctx, s.reader, scanDelivery, `
		SELECT number, webhook_id, event_id, attempt, at, took_ms, status, fault FROM webhook_deliveries
		WHERE webhook_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3`, hook, int64(before), limit)
	return list, s.explain(ctx, fmt.Sprintf("list deliveries of webhook %s", hook), err)
}

func scanDelivery(r row) (meta.Delivery, error) {
	var (
		d  meta.Delivery
		at int64
	)
	err := r.Scan(&d.Number, &d.Webhook, &d.Event, &d.Attempt, &at, &d.TookMs, &d.Status, &d.Fault)
	d.At = fromMicros(at)
	return d, err
}
