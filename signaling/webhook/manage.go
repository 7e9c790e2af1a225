package webhook

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"

	"parley/signaling/feed"
	"parley/storage/id"
	"parley/storage/meta"
)

// Wish is a webhook that somebody wants.
type Wish struct {
	URL string
	// Secret is the text of the secret; empty makes one.
	Secret string
	Types  []meta.EventType
	// After is where delivery begins; nil means with what happens from now on.
	After *feed.Cursor
}

// ErrTooMany: there are as many webhooks as there may be.
var ErrTooMany = errors.New("webhook: there are too many webhooks")

// maxWebhooks bounds the goroutines and connections.
const maxWebhooks = 20

// Add stores a webhook and returns it with the text of its secret, which cannot
// be read again. Errors match ErrAddress, ErrSecret, ErrTooMany, feed.ErrCursor, or
// meta.ErrConflict if the URL has one.
func (s *Sender) Add(ctx context.Context, wish Wish) (meta.Webhook, string, error) {
	if err := CheckURL(wish.URL, s.cfg.AllowPrivate); err != nil {
		return meta.Webhook{}, "", err
	}
	text := wish.Secret
	if text == "" {
		text = NewSecret()
	}
	raw, err := ParseSecret(text)
	if err != nil {
		return meta.Webhook{}, "", err
	}
	hooks, err := s.cfg.Store.Webhooks(ctx)
	if err == nil && len(hooks) >= maxWebhooks {
		err = ErrTooMany
	}
	if err != nil {
		return meta.Webhook{}, "", err
	}
	cursor, err := s.begin(ctx, wish.After)
	if err != nil {
		return meta.Webhook{}, "", err
	}
	now := s.cfg.Now().UTC()
	w := meta.Webhook{ID: id.NewWebhook(now), URL: wish.URL, Types: wish.Types, CreatedAt: now, Cursor: cursor.Seq()}
	if w.Secret, err = s.cfg.Vault.SealSecret(secretName(w.ID), raw); err != nil {
		return meta.Webhook{}, "", fmt.Errorf("seal the secret of webhook %s: %w", w.ID, err)
	}
	if err := s.cfg.Store.InsertWebhook(ctx, w); err != nil {
		return meta.Webhook{}, "", err
	}
	s.changed()
	return w, text, nil
}

// begin is the place where delivery begins.
func (s *Sender) begin(ctx context.Context, after *feed.Cursor) (feed.Cursor, error) {
	if after == nil {
		return s.cfg.Feed.Newest(ctx)
	}
	_, err := s.cfg.Feed.Read(ctx, feed.Query{After: *after, Limit: 1}) // is it one of this feed?
	return *after, err
}

// Ensure adds the webhook of the configuration unless its URL has one, which then
// gets the configured secret. Errors are those of Add.
func (s *Sender) Ensure(ctx context.Context, wish Wish) error {
	hooks, err := s.cfg.Store.Webhooks(ctx)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(hooks, func(w meta.Webhook) bool { return w.URL == wish.URL }); i >= 0 {
		return s.setSecret(ctx, hooks[i], wish.Secret)
	}
	if _, _, err = s.Add(ctx, wish); errors.Is(err, meta.ErrConflict) {
		return nil // another node was faster
	}
	return err
}

// setSecret gives a webhook a secret, unless it has that one.
func (s *Sender) setSecret(ctx context.Context, w meta.Webhook, text string) error {
	raw, err := ParseSecret(text)
	if err != nil {
		return err
	}
	name := secretName(w.ID)
	if now, err := s.cfg.Vault.OpenSecret(name, w.Secret); err == nil && subtle.ConstantTimeCompare(now, raw) == 1 {
		return nil
	}
	again, err := s.cfg.Vault.SealSecret(name, raw)
	if err != nil {
		return fmt.Errorf("seal the secret of webhook %s: %w", w.ID, err)
	}
	old := meta.Sealed{SealedName: meta.SealedName{Kind: meta.SealedWebhook, Owner: string(w.ID)}, Bytes: w.Secret}
	changed, err := s.cfg.Store.Reseal(ctx, []meta.Resealed{{Sealed: old, Again: again}})
	if err == nil && changed == 0 {
		err = fmt.Errorf("%w: webhook %s was changed at the same time", meta.ErrConflict, w.ID)
	}
	s.changed()
	return err
}

// List returns all webhooks, the oldest first.
func (s *Sender) List(ctx context.Context) ([]meta.Webhook, error) { return s.cfg.Store.Webhooks(ctx) }

// Remove deletes a webhook. Errors match meta.ErrNotExist.
func (s *Sender) Remove(ctx context.Context, hook id.WebhookID) error {
	err := s.cfg.Store.DeleteWebhook(ctx, hook)
	s.changed()
	return err
}

// Replay has a webhook begin again after a cursor, or skip to it. Errors match
// meta.ErrNotExist, feed.ErrCursor or feed.ErrExpired.
func (s *Sender) Replay(ctx context.Context, hook id.WebhookID, after feed.Cursor) error {
	if _, err := s.begin(ctx, &after); err != nil {
		return err
	}
	err := s.cfg.Store.ReplayWebhook(ctx, hook, after.Seq())
	s.changed()
	return err
}

// Deliveries returns the delivery log of a webhook, as meta.Webhooks has it. Errors
// match meta.ErrNotExist.
func (s *Sender) Deliveries(ctx context.Context, hook id.WebhookID, before uint64, limit int) ([]meta.Delivery, error) {
	hooks, err := s.cfg.Store.Webhooks(ctx)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(hooks, func(w meta.Webhook) bool { return w.ID == hook }) {
		return nil, fmt.Errorf("%w: webhook %s", meta.ErrNotExist, hook)
	}
	return s.cfg.Store.Deliveries(ctx, hook, before, limit)
}
