package client

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"time"
)

// Event is something that happened. docs/protocol.md lists the types and what Data holds.
type Event struct {
	ID        string          `json:"id"`
	Cursor    string          `json:"cursor"`
	Type      string          `json:"type"`
	Timestamp time.Time       `json:"timestamp"`
	Call      string          `json:"call,omitempty"`
	Recording string          `json:"recording,omitempty"`
	Member    string          `json:"member,omitempty"`
	Expert    string          `json:"expert,omitempty"`
	Data      json.RawMessage `json:"data"`
}

// EventPage is a page of the feed. Next is the cursor to go on from, never empty once
// something has happened.
type EventPage struct {
	Events []Event `json:"events"`
	Next   string  `json:"next"`
}

// EventQuery chooses events.
type EventQuery struct {
	After string   `query:"after"` // a cursor; empty: from the oldest
	Limit int      `query:"limit"` // 1 to 1000; 0: 100
	Wait  int      `query:"wait"`  // seconds to wait for the next event, up to 60
	Types []string `query:"types"` // empty: all
}

// ListEvents returns a page of the feed.
func (c *Client) ListEvents(ctx context.Context, q EventQuery) (out EventPage, err error) {
	return out, c.json(ctx, get("/events", q), &out)
}

// eventWait is for how many seconds EachEvent waits at a time where it is not told.
const eventWait = 30

// EachEvent reads the feed from where q begins, and waits for what comes, until the
// context ends or the server refuses for good: a cursor that has expired, a token that
// is not taken. It goes on by itself when the connection is lost or the server
// restarts. Keep the Cursor of the last event that was dealt with: whoever begins
// there again misses nothing.
func (c *Client) EachEvent(ctx context.Context, q EventQuery) iter.Seq2[Event, error] {
	if q.Wait == 0 {
		q.Wait = eventWait
	}
	return func(yield func(Event, error) bool) {
		failed := 0
		for q := q; ; {
			page, err := c.ListEvents(ctx, q)
			if err != nil {
				failed++
				if !passes(err) || pause(ctx, backoff(failed, c.cfg.MaxWait)) != nil {
					yield(Event{}, err)
					return
				}
				continue
			}
			failed = 0
			for _, e := range page.Events {
				if !yield(e, nil) {
					return
				}
			}
			q.After = page.Next
		}
	}
}

// passes tells whether a fault may be over by itself.
func passes(err error) bool {
	var refused *Problem
	var noToken *tokenError
	if errors.As(err, &refused) {
		return refused.Temporary() || refused.Status >= http.StatusInternalServerError
	}
	return !errors.As(err, &noToken)
}

// Webhook is an address that events are delivered to.
type Webhook struct {
	ID        string    `json:"id"`
	URL       string    `json:"url"`
	Types     []string  `json:"types"`
	CreatedAt time.Time `json:"created_at"`
	Cursor    string    `json:"cursor"`
	// Secret is told once, by AddWebhook.
	Secret string `json:"secret,omitempty"`
}

// WebhookList has all of them.
type WebhookList struct {
	Webhooks []Webhook `json:"webhooks"`
}

// ListWebhooks returns where events are delivered.
func (c *Client) ListWebhooks(ctx context.Context) (out WebhookList, err error) {
	return out, c.json(ctx, get("/webhooks", nil), &out)
}

// WebhookWish is an address to deliver to. Without Types all are; without After what
// happens from now on.
type WebhookWish struct {
	URL    string   `json:"url"`
	Secret string   `json:"secret,omitempty"` // whsec_ and base64; empty: one is made
	Types  []string `json:"types,omitempty"`
	After  *string  `json:"after,omitempty"`
}

// AddWebhook delivers events to an address; the answer has the secret.
func (c *Client) AddWebhook(ctx context.Context, w WebhookWish) (out Webhook, err error) {
	return out, c.json(ctx, change(http.MethodPost, "/webhooks", w), &out)
}

// RemoveWebhook delivers there no more.
func (c *Client) RemoveWebhook(ctx context.Context, id string) error {
	return c.json(ctx, change(http.MethodDelete, path("/webhooks/%s", id), nil), nil)
}

// Replay says after which cursor deliveries begin anew; empty: all.
type Replay struct {
	After string `json:"after"`
}

// ReplayWebhook delivers once more what came after a cursor.
func (c *Client) ReplayWebhook(ctx context.Context, id string, r Replay) error {
	return c.json(ctx, change(http.MethodPost, path("/webhooks/%s/replay", id), r), nil)
}

// Delivery is one attempt. Status is 0 and Fault says why when there was no answer.
type Delivery struct {
	Number  int64     `json:"number"`
	Event   string    `json:"event"`
	Attempt int       `json:"attempt"`
	At      time.Time `json:"at"`
	TookMs  int64     `json:"took_ms"`
	Status  int       `json:"status"`
	Fault   string    `json:"fault"`
}

// DeliveryPage is a page; Next is empty on the last.
type DeliveryPage struct {
	Deliveries []Delivery `json:"deliveries"`
	Next       string     `json:"next"`
}

// DeliveryQuery chooses a page of deliveries.
type DeliveryQuery struct {
	Limit  int    `query:"limit"`
	Before string `query:"before"` // next of the page before
}

// ListDeliveries returns a page of attempts to deliver, the newest first.
func (c *Client) ListDeliveries(ctx context.Context, webhook string, q DeliveryQuery) (out DeliveryPage, err error) {
	return out, c.json(ctx, get(path("/webhooks/%s/deliveries", webhook), q), &out)
}

// EachDelivery reads all pages from where q begins.
func (c *Client) EachDelivery(ctx context.Context, webhook string, q DeliveryQuery) iter.Seq2[Delivery, error] {
	return each(q.Before, func(cursor string) ([]Delivery, string, error) {
		q.Before = cursor
		page, err := c.ListDeliveries(ctx, webhook, q)
		return page.Deliveries, page.Next, err
	})
}
