package holding

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"parley/storage/chainlog"
	"parley/storage/id"
	"parley/storage/meta"
)

// Metadata is from which follows what is to be listed.
type Metadata interface {
	// AllHolds returns the holds after one, released ones too, by id.
	AllHolds(ctx context.Context, after id.HoldID, limit int) ([]meta.Hold, error)
	Erasures(ctx context.Context, f meta.ErasureFilter) ([]meta.Erasure, error)
}

// Config holds the parts of a [List].
type Config struct {
	Objects chainlog.Objects
	Meta    Metadata
	Vault   Vault
	// Every is the time between two looks at what is not listed yet.
	Every time.Duration
	Now   func() time.Time
	Log   zerolog.Logger
}

// List is the list. Its methods may be called concurrently, and several nodes may
// have one in the same object store.
type List struct {
	cfg     Config
	entries *chainlog.Log
	wake    chan struct{}

	mu     sync.Mutex // guards what follows, and is held while entries are put
	listed map[string]bool
}

// New returns the list in an object store.
func New(cfg Config) *List {
	return &List{cfg: cfg, entries: chainlog.New(cfg.Objects, listName), wake: make(chan struct{}, 1)}
}

// Wake lets the next look be soon. It does not wait.
func (l *List) Wake() {
	select {
	case l.wake <- struct{}{}:
	default: // it will be anyway
	}
}

// Run lists what is not listed yet until ctx ends. It returns nil.
func (l *List) Run(ctx context.Context) error {
	for {
		if err := l.Sync(ctx); err != nil && ctx.Err() == nil {
			l.cfg.Log.Error().Err(err).Msg("holds or erasures are not on the list outside of the database yet: a restore would lose them")
		}
		timer := time.NewTimer(l.cfg.Every)
		select {
		case <-timer.C:
		case <-l.wake:
			timer.Stop()
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
	}
}

// Sync lists what is not listed yet. What other nodes have listed meanwhile may be
// listed twice, which changes nothing.
func (l *List) Sync(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.readLocked(ctx); err != nil {
		return err
	}
	return errors.Join(l.syncHoldsLocked(ctx), l.syncErasuresLocked(ctx))
}

// readLocked learns once what is listed.
func (l *List) readLocked(ctx context.Context) error {
	if l.listed != nil {
		return nil
	}
	listed := map[string]bool{}
	for e, err := range l.entries.All(ctx) {
		if err != nil {
			return err
		}
		b, err := decode(e)
		if err != nil {
			return err
		}
		listed[b.key()] = true
	}
	l.listed = listed
	return nil
}

func (l *List) syncHoldsLocked(ctx context.Context) error {
	for after := id.HoldID(""); ; {
		page, err := l.cfg.Meta.AllHolds(ctx, after, meta.MaxLimit)
		if err != nil {
			return err
		}
		for _, h := range page {
			after = h.ID
			if err := l.appendLocked(ctx, kindHold, h.Recording, string(h.ID), holdState(h), h); err != nil {
				return err
			}
		}
		if len(page) < meta.MaxLimit {
			return nil
		}
	}
}

// syncErasuresLocked lists those that wait, and those that were refused after they
// had been listed.
func (l *List) syncErasuresLocked(ctx context.Context) error {
	f := meta.ErasureFilter{Limit: meta.MaxLimit, States: []meta.ErasureState{meta.ErasureRequested, meta.ErasureApproved, meta.ErasureRefused}}
	for {
		page, err := l.cfg.Meta.Erasures(ctx, f)
		if err != nil {
			return err
		}
		for _, e := range page {
			f.After = e.ID
			asked := l.listed[body{ID: string(e.ID), State: string(meta.ErasureRequested)}.key()]
			if e.State == meta.ErasureRefused && !asked {
				continue
			}
			if err := l.appendLocked(ctx, kindErasure, e.Recording, string(e.ID), string(e.State), e); err != nil {
				return err
			}
		}
		if len(page) < f.Limit {
			return nil
		}
	}
}

func (l *List) appendLocked(ctx context.Context, kind string, recording id.RecordingID, of, state string, whole any) error {
	key := body{ID: of, State: state}.key()
	if l.listed[key] {
		return nil
	}
	entry, err := draft(l.cfg.Vault, kind, recording, of, state, whole, l.cfg.Now())
	if err != nil {
		return fmt.Errorf("list %s: %w", of, err)
	}
	if err := l.entries.Append(ctx, entry); err != nil {
		return err
	}
	l.listed[key] = true
	return nil
}
