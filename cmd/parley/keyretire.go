package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"parley/storage/envelope"
	"parley/storage/rotation"
)

type keyRetire struct {
	keyFlags
	ID string `arg:"" help:"The key, as parley key list shows it."`
}

// Run implements the command. It may be cut off anywhere and run again: what can
// be opened at the beginning can be opened at each step.
func (c keyRetire) Run(ctx context.Context, s streams) error {
	return c.with(ctx, func(k *keyring) error {
		if !k.has(c.ID) {
			return fmt.Errorf("there is no master key %s here: `parley key list` shows them; an escrow's key is taken out of --escrow-recipient", c.ID)
		}
		rest := k.Without(c.ID)
		if len(rest.Recipients()) == 0 {
			return fmt.Errorf("%s is the only master key that seals: make another one first with `parley key new`, then run `parley key rotate`", c.ID)
		}
		if err := k.refuseAlone(ctx, rest, c.ID); err != nil {
			return err
		}
		return k.retire(ctx, s, rest, c)
	})
}

// refuseAlone opens everything without the key.
func (k *keyring) refuseAlone(ctx context.Context, rest *envelope.Master, id string) error {
	_, err := rotation.Check(ctx, k.store, rest)
	var failed rotation.Failures
	if errors.As(err, &failed) {
		return fmt.Errorf("master key %s is needed still; run `parley key rotate` first. Without it %w", id, err)
	}
	return err
}

// retire stops sealing to the key, seals anew what is sealed to it, makes sure
// that all opens without it, and only then takes it out of the file.
func (k *keyring) retire(ctx context.Context, s streams, rest *envelope.Master, c keyRetire) error {
	path := filepath.Join(c.Data, masterFile)
	inFile := k.where(c.ID) == path
	if inFile {
		if err := envelope.StopSealing(path, c.ID); err != nil {
			return err
		}
	}
	p, err := k.reseal(ctx, s, rest)
	if err != nil {
		return err
	}
	if err := k.refuseAlone(ctx, rest, c.ID); err != nil {
		return err
	}
	if inFile {
		if err := envelope.MoveMasterKey(path, c.ID, filepath.Join(c.Data, retiredFile)); err != nil {
			return err
		}
	}
	if err := k.audit(ctx, "key.retired", map[string]string{"key": c.ID}); err != nil {
		return err
	}
	if inFile {
		_, err = fmt.Fprintf(s.out, "Retired %s; %d were sealed anew without it. It is in %s now, and opens backups made before: remove it there when they are gone.\n",
			c.ID, p.Resealed, filepath.Join(c.Data, retiredFile))
	} else {
		_, err = fmt.Fprintf(s.out, "Nothing is sealed to %s any more. Take it out of the server's configuration (%s) now, restart it, and run `parley key rotate`: "+
			"until then the server seals to it, too.\n", c.ID, k.where(c.ID))
	}
	return err
}
