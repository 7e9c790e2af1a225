package webhook

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"parley/signaling/feed"
	"parley/storage/id"
	"parley/storage/meta"
)

// Store keeps the addresses and the delivery log.
type Store interface {
	InsertWebhook(ctx context.Context, w meta.Webhook) error
	Webhooks(ctx context.Context) ([]meta.Webhook, error)
	DeleteWebhook(ctx context.Context, hook id.WebhookID) error
	Reseal(ctx context.Context, list []meta.Resealed) (int, error)
	MoveWebhook(ctx context.Context, hook id.WebhookID, from, to uint64) error
	ReplayWebhook(ctx context.Context, hook id.WebhookID, to uint64) error
	LeaseWebhook(ctx context.Context, hook id.WebhookID, holder string, now, until time.Time) (cursor uint64, err error)
	AppendDelivery(ctx context.Context, d meta.Delivery) error
	Deliveries(ctx context.Context, hook id.WebhookID, before uint64, limit int) ([]meta.Delivery, error)
}

// Feed is where the events come from.
type Feed interface {
	Next(ctx context.Context, q feed.Query) (feed.Page, error)
	Read(ctx context.Context, q feed.Query) (feed.Page, error)
	Newest(ctx context.Context) (feed.Cursor, error)
}

// Vault seals the secrets; *envelope.Master is one.
type Vault interface {
	SealSecret(name string, secret []byte) ([]byte, error)
	OpenSecret(name string, sealed []byte) ([]byte, error)
}

// Backoff is the pause before an event is sent again: First, then twice as long
// each time up to Last, less up to a half by chance.
type Backoff struct{ First, Last time.Duration }

// wait is how long to wait when the pause has come to so much and the receiver
// asks to be left alone for so long, which is heeded up to Last.
func (b Backoff) wait(pause, ask time.Duration) time.Duration {
	return max(pause/2+rand.N(pause/2+1), min(ask, b.Last))
}

// Config holds the parts of a sender.
type Config struct {
	Store Store
	Feed  Feed
	Vault Vault
	// AllowPrivate lets addresses be http, and outside of the public internet.
	AllowPrivate bool
	// Backoff is 1 s to 1 h where it is zero.
	Backoff Backoff
	// Reload is how often the list of addresses is read without being told of a
	// change, for other nodes make them too: 10 s where it is zero.
	Reload time.Duration
	// Timeout is AnswerTimeout where it is zero.
	Timeout time.Duration
	// Holder names this node among all. It is the same after a restart, so that
	// a killed process is followed at once.
	Holder string
	Now    func() time.Time
	Log    zerolog.Logger
}

// Sender delivers the feed. Its methods are safe for concurrent use.
type Sender struct {
	cfg    Config
	client *http.Client
	wake   chan struct{} // the list of addresses may have changed

	delivered, failed atomic.Uint64

	mu      sync.Mutex // guards waiting
	waiting map[id.WebhookID]time.Time
}

// New makes a sender; Run does its work.
func New(cfg Config) *Sender {
	if cfg.Backoff == (Backoff{}) {
		cfg.Backoff = Backoff{First: time.Second, Last: time.Hour}
	}
	if cfg.Reload == 0 {
		cfg.Reload = 10 * time.Second
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = AnswerTimeout
	}
	return &Sender{
		cfg: cfg, client: newClient(cfg.AllowPrivate, cfg.Timeout), wake: make(chan struct{}, 1),
		waiting: map[id.WebhookID]time.Time{},
	}
}

// Stats count attempts since the start.
type Stats struct {
	Delivered, Failed uint64
	// Waiting is since when the event has waited that has failed for longest;
	// zero if none fails.
	Waiting time.Time
}

// Stats returns the sender's counters.
func (s *Sender) Stats() Stats {
	st := Stats{Delivered: s.delivered.Load(), Failed: s.failed.Load()}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, since := range s.waiting {
		if st.Waiting.IsZero() || since.Before(st.Waiting) {
			st.Waiting = since
		}
	}
	return st
}

// fails notes since when an address has been failing, or, with the zero time,
// that it no longer is.
func (s *Sender) fails(hook id.WebhookID, since time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if since.IsZero() {
		delete(s.waiting, hook)
	} else {
		s.waiting[hook] = since
	}
}

// Run delivers until ctx ends.
func (s *Sender) Run(ctx context.Context) error {
	defer s.client.CloseIdleConnections()
	var work sync.WaitGroup
	defer work.Wait()
	running := map[id.WebhookID]*courier{}
	tick := time.NewTicker(s.cfg.Reload)
	defer tick.Stop()
	for {
		if hooks, err := s.cfg.Store.Webhooks(ctx); err == nil {
			s.reconcile(ctx, &work, running, hooks)
		} else if ctx.Err() == nil {
			s.cfg.Log.Error().Err(err).Msg("webhooks not read")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-s.wake:
		}
	}
}

// reconcile starts couriers for new addresses, ends those of deleted ones, and
// wakes those whose place may have been set from outside.
func (s *Sender) reconcile(ctx context.Context, work *sync.WaitGroup, running map[id.WebhookID]*courier, hooks []meta.Webhook) {
	wanted := map[id.WebhookID]bool{}
	for _, w := range hooks {
		wanted[w.ID] = true
		c := running[w.ID]
		if c != nil && !c.ended() {
			if !bytes.Equal(c.hook.Secret, w.Secret) {
				c.stop() // with the next look another one begins
			}
			if c.at.Load() != w.Cursor {
				c.kick()
			}
			continue
		}
		c, err := s.newCourier(ctx, w)
		if err != nil {
			s.cfg.Log.Error().Err(err).Str("webhook", string(w.ID)).Msg("webhook not served")
			continue
		}
		running[w.ID] = c
		work.Go(func() { c.run() })
	}
	for hook, c := range running {
		if !wanted[hook] {
			c.stop()
			delete(running, hook)
			s.fails(hook, time.Time{})
		}
	}
}

// changed has Run look at the list again.
func (s *Sender) changed() {
	select {
	case s.wake <- struct{}{}:
	default: // it will already
	}
}

func secretName(hook id.WebhookID) string { return "webhook/" + string(hook) }

func (s *Sender) newCourier(ctx context.Context, w meta.Webhook) (*courier, error) {
	secret, err := s.cfg.Vault.OpenSecret(secretName(w.ID), w.Secret)
	if err != nil {
		return nil, fmt.Errorf("open the secret of webhook %s: %w", w.ID, err)
	}
	c := &courier{s: s, hook: w, secret: secret, done: make(chan struct{})}
	c.ctx, c.stop = context.WithCancel(ctx)
	c.log = s.cfg.Log.With().Str("webhook", string(w.ID)).Logger()
	c.at.Store(w.Cursor)
	return c, nil
}
