package meta

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"parley/storage/id"
)

// Webhook is an address to which the feed is delivered, in order.
type Webhook struct {
	ID  id.WebhookID
	URL string
	// Secret signs the deliveries; it is sealed.
	Secret []byte
	// Types are delivered, all if there are none.
	Types     []EventType
	CreatedAt time.Time
	// Cursor is the place of the last event that needs no more delivery.
	Cursor uint64
}

// Validate tells whether w can be stored; its error matches [ErrInvalid].
func (w Webhook) Validate() error {
	if _, err := id.ParseWebhook(string(w.ID)); err != nil {
		return fmt.Errorf("%w: webhook: %w", ErrInvalid, err)
	}
	if u, err := url.Parse(w.URL); err != nil || u.Host == "" || len(w.URL) > 2000 {
		return fmt.Errorf("%w: webhook %s: no URL", ErrInvalid, w.ID)
	}
	for _, t := range w.Types {
		if !slices.Contains(EventTypes(), t) {
			return fmt.Errorf("%w: webhook %s: type %q", ErrInvalid, w.ID, t)
		}
	}
	if len(w.Secret) == 0 || w.CreatedAt.IsZero() {
		return fmt.Errorf("%w: webhook %s without a secret or a time", ErrInvalid, w.ID)
	}
	return nil
}

// Delivery is one attempt to deliver an event to a webhook.
type Delivery struct {
	// Number counts the attempts of one webhook from 1; the store gives it.
	Number  uint64
	Webhook id.WebhookID
	Event   id.EventID
	// Attempt counts the attempts of this event from 1, anew in each process.
	Attempt int
	At      time.Time
	TookMs  int64
	// Status is the HTTP status of the answer, 0 if there was none.
	Status int
	// Fault says in a word or two why there was none.
	Fault string
}

// KeptDeliveries is how many attempts are kept of each webhook.
const KeptDeliveries = 10_000

// Webhooks keeps the addresses and what was delivered to them.
type Webhooks interface {
	// InsertWebhook stores a new webhook. Errors match ErrInvalid, or
	// ErrConflict if its id or URL is taken.
	InsertWebhook(ctx context.Context, w Webhook) error
	// Webhooks returns all, the oldest first.
	Webhooks(ctx context.Context) ([]Webhook, error)
	// DeleteWebhook deletes a webhook and its deliveries. Errors match
	// ErrNotExist.
	DeleteWebhook(ctx context.Context, hook id.WebhookID) error
	// MoveWebhook sets the cursor of a webhook whose cursor is from. Errors
	// match ErrNotExist if it is another one, or there is no such webhook.
	MoveWebhook(ctx context.Context, hook id.WebhookID, from, to uint64) error
	// ReplayWebhook sets the cursor of a webhook. Errors match ErrNotExist.
	ReplayWebhook(ctx context.Context, hook id.WebhookID, to uint64) error
	// LeaseWebhook makes holder the one that delivers to a webhook until a
	// time, if nobody else is at now, and returns the webhook's cursor. Errors
	// match ErrNotExist if somebody is, or there is no such webhook.
	LeaseWebhook(ctx context.Context, hook id.WebhookID, holder string, now, until time.Time) (cursor uint64, err error)
	// AppendDelivery stores an attempt and forgets those before the last
	// KeptDeliveries. Errors match ErrNotExist for no such webhook.
	AppendDelivery(ctx context.Context, d Delivery) error
	// Deliveries returns attempts with numbers below before, the newest first;
	// before 0 begins with the last. limit is as in EventsAfter.
	Deliveries(ctx context.Context, hook id.WebhookID, before uint64, limit int) ([]Delivery, error)
}
