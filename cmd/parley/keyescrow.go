package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"parley/storage/envelope"
	"parley/storage/rotation"
)

// keyEscrow proves in two steps that the private half, which is elsewhere, opens
// what is sealed here; or in one, where it may be brought to this machine.
type keyEscrow struct {
	keyFlags
	Out      string `help:"Write a test for the escrow's holder to this file; it must not exist." type:"path"`
	Answer   string `help:"The words that the holder read in the file."`
	Identity string `help:"File with the escrow's private half, to open everything here with it alone." type:"existingfile"`
}

// Run implements the command.
func (c keyEscrow) Run(ctx context.Context, s streams) error {
	return c.with(ctx, func(k *keyring) error {
		if len(k.Escrow()) == 0 {
			return errors.New("no escrow is configured: name its public half with --escrow-recipient")
		}
		if err := k.refuseUnescrowed(ctx); err != nil {
			return err
		}
		switch {
		case c.Identity != "":
			return c.openAll(ctx, s, k)
		case c.Answer != "":
			return c.compare(ctx, s, k)
		case c.Out != "":
			return c.challenge(s, k)
		}
		return errors.New("choose --out FILE to make a test, --answer WORDS to end it, or --identity FILE")
	})
}

// refuseUnescrowed finds what is not sealed to each escrow.
func (k *keyring) refuseUnescrowed(ctx context.Context) error {
	uses, err := rotation.Count(ctx, k.store)
	if err != nil {
		return err
	}
	for _, r := range k.Escrow() {
		if n := uses.Total - uses.ByKey[r.ID()].Sealed; n > 0 {
			return fmt.Errorf("%d of %d key envelopes and secrets are not sealed to the escrow's key %s: run `parley key rotate` first", n, uses.Total, r.ID())
		}
	}
	return nil
}

// openAll opens everything with the escrow's key alone.
func (c keyEscrow) openAll(ctx context.Context, s streams, k *keyring) error {
	file, err := envelope.ReadMasterFile(c.Identity)
	if err != nil {
		return err
	}
	alone, err := envelope.NewMaster(nil, file)
	if err != nil {
		return err
	}
	n, err := rotation.Check(ctx, k.store, alone)
	if err != nil {
		return fmt.Errorf("with the escrow's key alone: %w", err)
	}
	if err := k.audit(ctx, "key.escrow_tested", map[string]any{"how": "opened", "opened": n}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "The escrow's key alone opens all %d key envelopes and secrets.\n", n)
	return err
}

func (c keyEscrow) expected() string { return filepath.Join(c.Data, "escrow-test.sha256") }

// challenge seals words to the escrow's keys only, and keeps their hash.
func (c keyEscrow) challenge(s streams, k *keyring) error {
	words := strings.ToLower(rand.Text())
	sealed, err := envelope.NewSealer(k.Escrow()...).SealNote([]byte("Tell the operator: " + words + "\n"))
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(sealed)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(words))
	if err := os.WriteFile(c.expected(), []byte(hex.EncodeToString(sum[:])), 0o600); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "Carry %s to where the escrow's key is, run there `age -d -i ESCROW.key %s`, and end the test here with --answer.\n",
		c.Out, filepath.Base(c.Out))
	return err
}

// compare ends the test.
func (c keyEscrow) compare(ctx context.Context, s streams, k *keyring) error {
	want, err := os.ReadFile(c.expected())
	if err != nil {
		return fmt.Errorf("no test is under way: begin one with --out FILE: %w", err)
	}
	sum := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(c.Answer))))
	if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), want) != 1 {
		return errors.New("these are not the words of the test: the escrow's key has NOT been proven")
	}
	if err := k.audit(ctx, "key.escrow_tested", map[string]any{"how": "answered"}); err != nil {
		return err
	}
	if err := os.Remove(c.expected()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, "The escrow's key opens what is sealed to it, and everything here is.")
	return err
}
