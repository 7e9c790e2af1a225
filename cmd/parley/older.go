package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/signaling/api"
	"parley/storage/chain"
	"parley/storage/meta"
	"parley/storage/meta/sqlmeta"
	"parley/storage/notary"
)

// Kinds of entries of the audit chain about the database.
const (
	// kindRestored: a backup was restored.
	kindRestored = "metadata.restored"
	// kindAccepted: the operator has accepted an older database.
	kindAccepted = "metadata.accepted"
)

// refuseOlder ends the start on a database that was put back to an older day
// by other means than `parley restore`: what was erased since would be back. By
// itself such a database looks whole; the heads kept in the data folder tell.
func (n *node) refuseOlder(ctx context.Context) error {
	missing, err := notary.Behind(ctx, n.stores.meta, headFile(n.cfg.Data))
	if err != nil || missing == nil {
		return err
	}
	explained, err := restoredSince(ctx, n.stores.meta, missing.At)
	if err != nil || explained {
		return err
	}
	if !n.cfg.AcceptOlderDatabase {
		return fmt.Errorf("the database is older than its data folder: it lacks what was there at %s. "+
			"Restore the newest backup with `parley restore`, or start once with --accept-older-database, which erases again what was erased since and holds again what was held",
			missing.At.Format(time.RFC3339))
	}
	master, err := retiredMaster(n.stores.master, n.cfg.Data)
	if err != nil {
		return err
	}
	var did restored
	if err := n.stores.again(ctx, n.stores.meta, master, &did); err != nil {
		return err
	}
	n.log.Warn().Time("had_entries_of", missing.At).Int("erased_again", did.Erased).Int("held_again", did.Held).Strs("broken", did.Broken).
		Msg("the database is older than its data folder and was accepted")
	body := map[string]any{"missing_head": missing.Seq, "of": missing.At, "erased": did.Erased, "held": did.Held, "released": did.Released, "asked": did.Asked}
	_, err = n.stores.meta.AppendChain(ctx, api.AuditChain, kindAccepted, subjectMetadata, "operator", body, time.Now())
	return err
}

// restoredSince tells whether a backup was restored, or an older database was
// accepted, after a time: by this node or by another one.
func restoredSince(ctx context.Context, store meta.Chains, at time.Time) (bool, error) {
	for after := uint64(0); ; {
		entries, err := store.ChainEntries(ctx, api.AuditChain, subjectMetadata, after, meta.MaxLimit)
		if err != nil || len(entries) == 0 {
			return false, err
		}
		for _, e := range entries {
			if e.At.After(at) {
				return true, nil
			}
			after = e.Seq
		}
	}
}

// brokenChain says where a chain is broken, and nothing if it is whole.
func brokenChain(ctx context.Context, store *sqlmeta.Store, name string) ([]string, error) {
	err := store.VerifyChain(ctx, name)
	var broken *chain.BrokenError
	if errors.As(err, &broken) {
		return []string{broken.Error()}, nil
	}
	return nil, err
}
