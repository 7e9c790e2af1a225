package offsite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"parley/storage/blob"
	"parley/storage/meta"
)

// Config holds the parts of a [Copier].
type Config struct {
	Meta   meta.Copies
	Checks meta.Checks
	// First has the objects, Second gets the copies.
	First, Second blob.Store
	// Lists are prefixes of objects that are in no recording, such as the list of
	// erasures: each object is written once and never changed. They are looked at
	// every ListsEvery.
	Lists      []string
	ListsEvery time.Duration
	// Every is how often the queue is looked at when nothing waits.
	Every time.Duration
	// OnRot, which may be nil, is told of an object that the first store has no
	// more or has changed.
	OnRot func(ctx context.Context, o meta.StoredObject, fault string)
	// OnAway, which may be nil, is told once when the copies have failed for as
	// long as AwayAfter.
	OnAway    func()
	AwayAfter time.Duration
	Now       func() time.Time
	Log       zerolog.Logger
}

// Stats tell how far the copies are.
type Stats struct {
	// Waiting counts the objects that have no copy yet.
	Waiting int
	// Oldest is since when the first of them waits; zero if none does.
	Oldest time.Time
	// Copied and Removed count since the start.
	Copied, Removed uint64
	// Failing counts the objects on which the last pass has failed.
	Failing int
}

// Copier copies objects and removes copies. Its methods are safe for concurrent
// use.
type Copier struct {
	cfg   Config
	lists lists // of the one pass that runs

	mu    sync.Mutex // guards stats
	stats Stats
}

// New returns a copier that does nothing before [Copier.Run].
func New(cfg Config) *Copier { return &Copier{cfg: cfg} }

// Stats returns what the last look at the queue has found.
func (c *Copier) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}

// lastPause bounds how rarely a store that is away is asked again.
const lastPause = time.Minute

// Run copies until ctx ends. It returns nil.
func (c *Copier) Run(ctx context.Context) error {
	pause, failing, told := time.Second, time.Time{}, false
	for {
		err := c.Pass(ctx)
		wait := c.cfg.Every
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			pause, failing, told = time.Second, time.Time{}, false
		default:
			if failing.IsZero() {
				failing = c.cfg.Now()
			}
			wait = pause/2 + rand.N(pause/2)
			pause = min(2*pause, lastPause)
			c.cfg.Log.Warn().Err(err).Dur("retry_in", wait).Msg("off-site copies wait")
			if !told && c.cfg.OnAway != nil && c.cfg.Now().Sub(failing) >= c.cfg.AwayAfter {
				told = true
				c.cfg.OnAway()
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
	}
}

// Pass removes and copies until nothing is left to do. It goes on after a fault of
// one object, returns all of them, and gives up early only on a store that is away.
// One pass runs at a time.
func (c *Copier) Pass(ctx context.Context) error {
	var removing, copying, listing blob.Faults
	err := c.removeAll(ctx, &removing)
	if err == nil && !removing.Enough() {
		err = c.copyAll(ctx, &copying)
	}
	if err == nil && !copying.Enough() {
		err = c.copyLists(ctx, &listing)
	}
	c.mu.Lock()
	c.stats.Failing = removing.Len() + copying.Len() + listing.Len()
	c.mu.Unlock()
	return errors.Join(removing.Err(), copying.Err(), listing.Err(), err, c.count(ctx))
}

func (c *Copier) count(ctx context.Context) error {
	q, err := c.cfg.Meta.CopyQueue(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Waiting, c.stats.Oldest = q.Waiting, time.Time{}
	if q.Oldest != nil {
		c.stats.Oldest = *q.Oldest
	}
	return nil
}

func (c *Copier) removeAll(ctx context.Context, faults *blob.Faults) error {
	for {
		keys, err := c.cfg.Meta.CopiesToRemove(ctx, faults.Keys(), 0)
		if err != nil || len(keys) == 0 {
			return err
		}
		for _, key := range keys {
			if faults.Add(key, c.remove(ctx, key)); faults.Enough() || ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
}

func (c *Copier) remove(ctx context.Context, key string) error {
	if err := blob.Erase(ctx, c.cfg.Second, key); err != nil && !errors.Is(err, blob.ErrNotExist) {
		return fmt.Errorf("remove off-site copy: %w", err)
	}
	if err := c.cfg.Meta.ForgetCopy(ctx, key); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Removed++
	return nil
}

func (c *Copier) copyAll(ctx context.Context, faults *blob.Faults) error {
	for {
		due, err := c.cfg.Meta.CopiesDue(ctx, faults.Keys(), 0)
		if err != nil || len(due) == 0 {
			return err
		}
		for _, o := range due {
			if faults.Add(o.Key, c.copy(ctx, o)); faults.Enough() || ctx.Err() != nil {
				return ctx.Err()
			}
		}
		if err := c.count(ctx); err != nil {
			return err
		}
	}
}

// copyTimeout bounds one object's way to the second store and back.
const copyTimeout = 10 * time.Minute

// copy copies one object. That it may be there is noted before it can be.
func (c *Copier) copy(ctx context.Context, o meta.StoredObject) error {
	ctx, cancel := context.WithTimeout(ctx, copyTimeout)
	defer cancel()
	if err := c.cfg.Meta.BeginCopy(ctx, o.Key, c.cfg.Now()); err != nil {
		return err
	}
	err := Copy(ctx, c.cfg.First, c.cfg.Second, o)
	var rot *RotError
	if errors.As(err, &rot) {
		return c.rotten(ctx, o, rot.Fault)
	}
	if err != nil {
		return err
	}
	if err := c.cfg.Meta.FinishCopy(ctx, o.Key, c.cfg.Now()); err != nil {
		return err
	}
	c.mu.Lock()
	c.stats.Copied++
	c.mu.Unlock()
	return nil
}

// rotten takes an object out of the queue that cannot be copied. One that was
// erased meanwhile is gone with good reason.
func (c *Copier) rotten(ctx context.Context, o meta.StoredObject, fault string) error {
	if err := c.cfg.Checks.PutCheck(ctx, o.Key, c.cfg.Now(), fault); err != nil {
		return err
	}
	if c.cfg.OnRot != nil {
		c.cfg.OnRot(ctx, o, fault)
	}
	return nil
}
