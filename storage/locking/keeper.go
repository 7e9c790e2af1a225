package locking

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"parley/storage/blob"
	"parley/storage/id"
	"parley/storage/meta"
)

// Metadata is what a keeper reads and writes.
type Metadata interface {
	meta.Locks
	Recording(ctx context.Context, r id.RecordingID) (meta.Recording, error)
}

// Place is a store whose locks are kept.
type Place struct {
	// Name is one of meta's Store constants.
	Name  string
	Store blob.Store
}

// Config holds the parts of a [Keeper].
type Config struct {
	Meta   Metadata
	Places []Place
	// Until, unless nil, says until when the objects of a recording are retained.
	Until func(meta.Recording) time.Time
	// Every is the time between two looks at what is due.
	Every time.Duration
	Now   func() time.Time
	Log   zerolog.Logger
}

// Stats tell how far the stores are behind.
type Stats struct {
	// Waiting counts the objects of which a store could not be told at the last
	// look.
	Waiting int
	// Since is for how long that has been so without a break; zero if none wait.
	Since time.Time
}

// Keeper tells stores what to keep. Its methods are safe for concurrent use.
type Keeper struct {
	cfg  Config
	wake chan struct{}

	mu    sync.Mutex // guards what follows
	locks map[string]bool
	stats Stats
}

// New returns a keeper that does nothing before [Keeper.Run].
func New(cfg Config) *Keeper {
	return &Keeper{cfg: cfg, wake: make(chan struct{}, 1), locks: map[string]bool{}}
}

// Stats returns what the last look has found.
func (k *Keeper) Stats() Stats {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.stats
}

// Wake lets the next look be soon. It does not wait.
func (k *Keeper) Wake() {
	select {
	case k.wake <- struct{}{}:
	default: // it will be anyway
	}
}

// Pauses after a look at which something failed.
const (
	firstPause = time.Second
	lastPause  = time.Minute
)

// Run tells stores until ctx ends. It returns nil.
func (k *Keeper) Run(ctx context.Context) error {
	pause := firstPause
	for {
		err := k.Pass(ctx)
		wait := k.cfg.Every
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			pause = firstPause
		default:
			wait = pause/2 + rand.N(pause/2)
			pause = min(2*pause, lastPause)
			k.cfg.Log.Error().Err(err).Dur("retry_in", wait).Int("objects", k.Stats().Waiting).
				Msg("a store does not keep yet what it should")
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-k.wake:
			timer.Stop()
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
	}
}

// Pass tells each store what is due, and returns all that failed.
func (k *Keeper) Pass(ctx context.Context) error {
	var faults []error
	waiting := 0
	for _, p := range k.cfg.Places {
		n, err := k.tell(ctx, p)
		waiting += n
		if err != nil {
			faults = append(faults, fmt.Errorf("locks of the %s store: %w", p.Name, err))
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stats.Waiting = waiting
	switch {
	case waiting == 0:
		k.stats.Since = time.Time{}
	case k.stats.Since.IsZero():
		k.stats.Since = k.cfg.Now()
	}
	return errors.Join(faults...)
}

// tell tells one store, and returns of how many objects it could not.
func (k *Keeper) tell(ctx context.Context, p Place) (waiting int, err error) {
	locker, can := blob.As[blob.Locker](p.Store)
	if !can {
		return 0, nil
	}
	query := meta.LockQuery{Store: p.Name, Retain: k.cfg.Until != nil}
	if can, err = k.canLock(ctx, p.Name, locker); err != nil {
		due, dueErr := k.cfg.Meta.LocksDue(ctx, query)
		return len(due), errors.Join(err, dueErr)
	}
	if !can {
		return 0, nil
	}
	var faults blob.Faults
	for {
		query.Except = faults.Keys()
		due, err := k.cfg.Meta.LocksDue(ctx, query)
		if err != nil || len(due) == 0 {
			return faults.Len(), errors.Join(faults.Err(), err)
		}
		for _, d := range due {
			if faults.Add(d.Key, k.lock(ctx, p.Name, locker, d)); faults.Enough() {
				return len(due), faults.Err()
			}
		}
	}
}

// canLock asks once, for that is decided when a bucket is made.
func (k *Keeper) canLock(ctx context.Context, place string, locker blob.Locker) (bool, error) {
	k.mu.Lock()
	can, known := k.locks[place]
	k.mu.Unlock()
	if known {
		return can, nil
	}
	can, err := locker.CanLock(ctx)
	if err == nil {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.locks[place] = can
	}
	return can, err
}

// lockTimeout bounds what is done for one object.
const lockTimeout = time.Minute

// lock brings one object to what it should be, and notes it. A hold may be placed
// or released meanwhile, and another node may act on that first, so it counts only
// when nothing has changed since.
func (k *Keeper) lock(ctx context.Context, place string, locker blob.Locker, d meta.LockDue) error {
	ctx, cancel := context.WithTimeout(ctx, lockTimeout)
	defer cancel()
	held, err := k.cfg.Meta.Held(ctx, d.Recording)
	for was := !held; err == nil && held != was; {
		if err = setHold(ctx, locker, d.Key, held); err == nil {
			was = held
			held, err = k.cfg.Meta.Held(ctx, d.Recording)
		}
	}
	var until *time.Time
	if err == nil && k.cfg.Until != nil && !d.Retained {
		until, err = k.retain(ctx, locker, d)
	}
	if err != nil {
		return err
	}
	return k.cfg.Meta.PutLock(ctx, place, d.Key, held, until)
}

func setHold(ctx context.Context, locker blob.Locker, key string, held bool) error {
	if held {
		return locker.Hold(ctx, key)
	}
	return locker.Release(ctx, key)
}

func (k *Keeper) retain(ctx context.Context, locker blob.Locker, d meta.LockDue) (*time.Time, error) {
	rec, err := k.cfg.Meta.Recording(ctx, d.Recording)
	if err != nil {
		return nil, err
	}
	until := k.cfg.Until(rec)
	if until.After(k.cfg.Now()) { // stores refuse what is over
		err = locker.Retain(ctx, d.Key, until)
	}
	return &until, err
}
