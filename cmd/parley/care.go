package main

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"parley/recorder/sweep"
	"parley/signaling/feed"
	"parley/storage/erasure"
	"parley/storage/holding"
	"parley/storage/meta"
	"parley/storage/notary"
	"parley/storage/offsite"
)

const (
	// copyEvery is how often a node looks for objects without an off-site copy.
	copyEvery = 10 * time.Second
	// offsiteAlarm is how long copies fail before somebody is told.
	offsiteAlarm = time.Hour
)

// openCare makes what looks after stored objects: the sweep that finds rot, and
// the copies from which it is repaired.
func (n *node) openCare(ctx context.Context) error {
	n.checker = sweep.New(sweep.Config{
		Meta: n.stores.meta, First: n.stores.objects, Second: n.stores.offsite,
		Pass: time.Duration(n.cfg.SweepDays) * 24 * time.Hour, Rate: n.cfg.SweepRate,
		OnRot: n.rotFound, Now: time.Now, Log: n.log.With().Str("component", "sweep").Logger(),
	})
	if err := n.openLocks(ctx); err != nil || n.stores.offsite == nil {
		return err
	}
	log := n.log.With().Str("component", "offsite").Logger()
	n.copier = offsite.New(offsite.Config{
		Meta: n.stores.meta, Checks: n.stores.meta, First: n.stores.objects, Second: n.stores.offsite, Every: copyEvery,
		Lists: []string{erasure.Prefix, holding.Prefix, notary.Prefix}, ListsEvery: keepEvery,
		OnRot: func(ctx context.Context, o meta.StoredObject, fault string) {
			if err := n.checker.Rotten(ctx, o, fault); err != nil {
				log.Error().Err(err).Str("recording_id", string(o.Recording)).Msg("rot was found and not written down")
			}
		},
		OnAway: n.metrics.OffsiteWaits, AwayAfter: offsiteAlarm, Now: time.Now, Log: log,
	})
	return nil
}

// care looks after stored objects until ctx ends.
func (n *node) care(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	if n.cfg.SweepDays > 0 {
		g.Go(func() error { return n.checker.Run(ctx) })
	}
	if n.copier != nil {
		g.Go(func() error { return n.copier.Run(ctx) })
	}
	g.Go(func() error { return n.locks.Run(ctx) })
	g.Go(func() error { return n.pipeline.Tidy(ctx) })
	g.Go(func() error { return n.holds.Run(ctx) })
	return g.Wait()
}

// rotFound tells platforms of an object that was not what was stored.
func (n *node) rotFound(r sweep.Rot) {
	n.Publish(meta.Event{
		Type: meta.EventRecordingRot, Call: r.Recording.CallID, Recording: r.Recording.ID,
		Member: r.Recording.MemberID, Expert: r.Recording.ExpertID,
		Body: feed.Body(rotBody{Part: r.Object.Part, Fault: r.Fault, Repaired: r.Repaired}),
	})
}

// rotBody is the body of a recording.rot event.
type rotBody struct {
	Part     string `json:"part"`
	Fault    string `json:"fault"`
	Repaired bool   `json:"repaired"`
}

func (n *node) offsiteStats() (offsite.Stats, bool) {
	if n.copier == nil {
		return offsite.Stats{}, false
	}
	return n.copier.Stats(), true
}

func (n *node) sweepStats() sweep.Stats { return n.checker.Stats() }

// lastProof is when a drill last succeeded, also one that ran beside the server.
func (n *node) lastProof() time.Time {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	last, err := n.stores.meta.LastDrill(ctx)
	if err != nil && !errors.Is(err, meta.ErrNotExist) {
		n.log.Warn().Err(err).Msg("the last drill is not known")
	}
	if err != nil {
		return time.Time{}
	}
	return last.At
}
