package main

import (
	"context"
	"errors"
	"time"

	"parley/cmd/internal/config"
	"parley/recorder/accesscopy"
	"parley/recorder/disclosure"
	"parley/signaling/api"
	"parley/storage/blob"
	"parley/storage/destruction"
	"parley/storage/erasure"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/retention"
	"parley/storage/signing"
)

// sweepPace is the pause after each recording that a sweep changes: calls come
// first.
const sweepPace = 10 * time.Millisecond

// openRights makes what erases, and what sees to it that it is done in time.
func (n *node) openRights(ctx context.Context, signer *signing.Key) (err error) {
	if n.pseudonyms, err = n.stores.secret(ctx, "pseudonyms"); err != nil {
		return err
	}
	if n.cursors, err = n.stores.secret(ctx, "cursors"); err != nil {
		return err
	}
	if n.veil, err = n.stores.secret(ctx, "veil"); err != nil {
		return err
	}
	n.destroyer = destruction.New(destruction.Config{
		Meta: n.store(), List: erasure.NewLog(n.stores.objects), Objects: n.stores.objects,
		Replicas: n.replicas(), Local: n.pipeline, Key: signer, Operator: n.cfg.Operator, AuditChain: api.AuditChain, Now: time.Now,
	})
	n.sweeper = retention.New(retention.Config{
		Meta: n.store(), Eraser: n.destroyer, Policy: n.retentionPolicy(), AuditChain: api.AuditChain, TraceDays: n.cfg.TraceDays,
		Every: n.cfg.SweepInterval, Pace: sweepPace, Now: time.Now, Log: n.log.With().Str("component", "retention").Logger(),
	})
	return nil
}

// replicas are the other stores that have copies.
func (n *node) replicas() []blob.Store {
	if n.stores.offsite == nil {
		return nil
	}
	return []blob.Store{n.stores.offsite}
}

// retentionPolicy is the promise to people, as it is now.
func (n *node) retentionPolicy() retention.Policy { return retentionPolicy(n.cfg.Retention, n.consent) }

// retentionPolicy is the promise to people: the shortest time of the purposes for
// which recordings are made, and never more than the policy and any place allow.
func retentionPolicy(c config.Retention, setup consentSetup) retention.Policy {
	days := c.RetentionDays
	for _, purpose := range setup.policy.Purposes {
		if class, ok := c.RetentionClass[purpose]; ok {
			days = min(days, class)
		}
	}
	return retention.Policy{Days: setup.retentionDays(days), TrashDays: c.TrashDays}
}

// eraseWithdrawn erases all of a recording whose consent was taken back. While a
// legal hold stands it fails with meta.ErrHeld.
func (n *node) eraseWithdrawn(ctx context.Context, r id.RecordingID) error {
	now := time.Now()
	e := meta.Erasure{
		ID: id.NewErasure(now), Recording: r, Part: id.PartCall, Basis: meta.BasisWithdrawal,
		RequestedBy: retention.Actor, RequestedAt: now, State: meta.ErasureApproved, DecidedBy: retention.Actor, DecidedAt: &now,
	}
	err := n.stores.meta.InsertErasure(ctx, e)
	if errors.Is(err, meta.ErrConflict) { // it was tried before
		e, err = n.openErasure(ctx, r)
	}
	if err == nil {
		_, err = n.destroyer.CarryOut(ctx, e.ID)
	}
	return err
}

// openErasure is the erasure of a whole recording that was not refused.
func (n *node) openErasure(ctx context.Context, r id.RecordingID) (meta.Erasure, error) {
	states := []meta.ErasureState{meta.ErasureRequested, meta.ErasureApproved, meta.ErasureBegun, meta.ErasureDone}
	list, err := n.stores.meta.Erasures(ctx, meta.ErasureFilter{Recording: r, States: states})
	for _, e := range list {
		if e.Part == id.PartCall {
			return e, err
		}
	}
	return meta.Erasure{}, errors.Join(err, meta.ErrNotExist)
}

// access is what the operator allows, for the API.
func (n *node) access() api.Access {
	c := n.cfg.Rights
	return api.Access{
		SelfErasure: c.Erasure == "self", NamesForQA: c.QANames || n.cfg.Demo, QANeedsAssignment: c.QANeedsAssignment,
		PeoplePlay: [2]bool{c.PeoplePlay == "both" || c.PeoplePlay == "member", c.PeoplePlay == "both" || c.PeoplePlay == "expert"},
		PlayAfter:  c.PlayAfter, RatedFrom: n.cfg.RateFrom, PseudonymKey: n.pseudonyms,
	}
}

// copies makes people's copies of what is kept about them.
func (s *stores) copies(signer *signing.Key, operator, sound string) *accesscopy.Builder {
	return &accesscopy.Builder{
		Store: s.meta, Library: s.library(signer.Public()), Vault: s.master, Keys: signer.Public(), Operator: operator, Whole: sound == "both", Now: time.Now,
	}
}

// bundles makes what is disclosed to authorities.
func (s *stores) bundles(signer *signing.Key, operator string) *disclosure.Maker {
	return &disclosure.Maker{Store: s.meta, Library: s.library(signer.Public()), Key: signer, Operator: operator, Now: time.Now}
}
