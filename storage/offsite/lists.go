package offsite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/storage/blob"
	"parley/storage/meta"
)

// lists is what is known of the objects that are in no recording.
type lists struct {
	looked time.Time
	// there are the keys that the second store has; nil before it was asked.
	there map[string]bool
}

// copyLists copies what is new of the lists, when it is time to.
func (c *Copier) copyLists(ctx context.Context, faults *blob.Faults) error {
	now := c.cfg.Now()
	if len(c.cfg.Lists) == 0 || now.Sub(c.lists.looked) < c.cfg.ListsEvery && !c.lists.looked.IsZero() {
		return nil
	}
	if err := c.listThere(ctx); err != nil {
		return err
	}
	for _, prefix := range c.cfg.Lists {
		for info, err := range c.cfg.First.List(ctx, prefix) {
			if err != nil {
				return fmt.Errorf("copy %s off site: %w", prefix, err)
			}
			if c.lists.there[info.Key] {
				continue
			}
			if faults.Add(info.Key, c.copyEntry(ctx, info)); faults.Enough() || ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	if faults.Len() == 0 {
		c.lists.looked = now
	}
	return nil
}

// listThere learns once what the second store has already.
func (c *Copier) listThere(ctx context.Context) error {
	if c.lists.there != nil {
		return nil
	}
	there := map[string]bool{}
	for _, prefix := range c.cfg.Lists {
		for info, err := range c.cfg.Second.List(ctx, prefix) {
			if err != nil {
				return fmt.Errorf("look for off-site copies of %s: %w", prefix, err)
			}
			there[info.Key] = true
		}
	}
	c.lists.there = there
	return nil
}

// copyEntry copies one object, of which nobody but the store knows the hash.
func (c *Copier) copyEntry(ctx context.Context, info blob.Info) error {
	ctx, cancel := context.WithTimeout(ctx, copyTimeout)
	defer cancel()
	sum, err := blob.Sum(ctx, c.cfg.First, info.Key)
	if err == nil {
		err = Copy(ctx, c.cfg.First, c.cfg.Second, meta.StoredObject{Key: info.Key, Size: info.Size, SHA256: sum})
	}
	var rot *RotError
	if errors.As(err, &rot) {
		err = fmt.Errorf("it has changed while it was copied: %w", err)
	}
	if err != nil {
		return err
	}
	c.lists.there[info.Key] = true
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Copied++
	return nil
}
