package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/storage/blob"
	"parley/storage/holding"
	"parley/storage/id"
	"parley/storage/locking"
	"parley/storage/meta"
	"parley/storage/retention"
)

const (
	// keepEvery is how often it is looked whether the stores and the list outside
	// of the database have every hold, though nobody has said so.
	keepEvery = time.Minute
	// listTimeout is how long who places or releases a hold waits for the list.
	listTimeout = 5 * time.Second
)

// openLocks makes what keeps holds outside of the database: in the object stores
// themselves and on a list.
func (n *node) openLocks(ctx context.Context) error {
	places := []locking.Place{{Name: meta.StoreMain, Store: n.stores.objects}}
	if n.stores.offsite != nil {
		places = append(places, locking.Place{Name: meta.StoreOffsite, Store: n.stores.offsite})
	}
	var until func(meta.Recording) time.Time
	if n.cfg.ObjectLock == "governance" {
		if err := refuseWithoutLock(ctx, places[0].Store); err != nil {
			return err
		}
		until = n.keptUntil
	}
	n.locks = locking.New(locking.Config{
		Meta: n.stores.meta, Places: places, Until: until, Every: keepEvery, Now: time.Now,
		Log: n.log.With().Str("component", "locks").Logger(),
	})
	n.holds = holding.New(holding.Config{
		Objects: n.stores.objects, Meta: n.stores.meta, Vault: n.stores.master, Every: keepEvery, Now: time.Now,
		Log: n.log.With().Str("component", "holds").Logger(),
	})
	return nil
}

// refuseWithoutLock ends the start where the operator wants what the bucket cannot
// do. A store that is away is asked later.
func refuseWithoutLock(ctx context.Context, store blob.Store) error {
	locker, can := blob.As[blob.Locker](store)
	var err error
	if can {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		can, err = locker.CanLock(ctx)
	}
	if blob.IsTransient(err) {
		return nil
	}
	if err == nil && !can {
		err = errors.New("the bucket has none: it is set when a bucket is made (--s3-lock)")
	}
	if err != nil {
		return fmt.Errorf("--object-lock governance needs a bucket with Object Lock: %w", err)
	}
	return nil
}

// keptUntil is when the time of a recording is over.
func (n *node) keptUntil(r meta.Recording) time.Time {
	return retention.Decide(n.retentionPolicy(), r, time.Now()).DueAt
}

// heldChanged puts on the list what has changed, and lets the stores be told. It
// is no failure of the act itself if that takes longer.
func (n *node) heldChanged(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), listTimeout)
	defer cancel()
	n.locks.Wake()
	if err := n.holds.Sync(ctx); err != nil {
		n.log.Error().Err(err).Msg("a hold or an erasure is not on the list outside of the database yet")
		n.holds.Wake()
	}
}

// PlaceHold implements [meta.Holds].
func (w witnessed) PlaceHold(ctx context.Context, h meta.Hold) error {
	err := w.Store.PlaceHold(ctx, h)
	if err == nil {
		w.held(ctx)
	}
	return err
}

// ReleaseHold implements [meta.Holds].
func (w witnessed) ReleaseHold(ctx context.Context, hold id.HoldID, by id.PersonID, reason string, at time.Time) error {
	err := w.Store.ReleaseHold(ctx, hold, by, reason, at)
	if err == nil {
		w.held(ctx)
	}
	return err
}

// InsertErasure implements [meta.Erasures]. One that waits must not be lost by a
// restore; one that is carried out at once is on the list of erasures then.
func (w witnessed) InsertErasure(ctx context.Context, e meta.Erasure) error {
	if err := w.Store.InsertErasure(ctx, e); err != nil {
		return err
	}
	return w.waits(ctx, e.Recording, e.State == meta.ErasureRequested)
}

// DecideErasure implements [meta.Erasures].
func (w witnessed) DecideErasure(ctx context.Context, erasure id.ErasureID, to meta.ErasureState, by id.PersonID, note string, at time.Time) error {
	if err := w.Store.DecideErasure(ctx, erasure, to, by, note, at); err != nil {
		return err
	}
	e, err := w.Erasure(ctx, erasure)
	if err != nil {
		return err
	}
	return w.waits(ctx, e.Recording, to == meta.ErasureRefused)
}

// waits puts on the list what has to wait: because it does, or for a hold.
func (w witnessed) waits(ctx context.Context, recording id.RecordingID, does bool) error {
	if !does {
		held, err := w.Held(ctx, recording)
		if err != nil || !held {
			return err
		}
	}
	w.held(ctx)
	return nil
}
