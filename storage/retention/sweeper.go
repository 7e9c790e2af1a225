package retention

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"parley/storage/chain"
	"parley/storage/destruction"
	"parley/storage/id"
	"parley/storage/meta"
)

// Actor is who acts when nobody does: the rule.
const Actor id.PersonID = "retention"

// Metadata is what a sweeper reads and writes.
type Metadata interface {
	Recordings(ctx context.Context, f meta.RecordingFilter) ([]meta.Recording, error)
	SetTrashed(ctx context.Context, r id.RecordingID, at *time.Time) error
	InsertErasure(ctx context.Context, e meta.Erasure) error
	Erasures(ctx context.Context, f meta.ErasureFilter) ([]meta.Erasure, error)
	DecideErasure(ctx context.Context, e id.ErasureID, to meta.ErasureState, by id.PersonID, note string, at time.Time) error
	TextsDue(ctx context.Context, before time.Time, limit int) ([]id.CallID, error)
	DeleteTexts(ctx context.Context, c id.CallID) error
	DeleteTracesBefore(ctx context.Context, at time.Time) error
	AppendChain(ctx context.Context, name, kind, subject, actor string, body any, at time.Time) (chain.Entry, error)
}

// Eraser carries out erasures; *destruction.Destroyer is one.
type Eraser interface {
	CarryOut(ctx context.Context, e id.ErasureID) (meta.Erasure, error)
}

// Config holds the parts of a Sweeper.
type Config struct {
	Meta   Metadata
	Eraser Eraser
	Policy Policy
	// AuditChain is where each act is written down before it is done.
	AuditChain string
	// TraceDays are the days for which traces of calls are kept.
	TraceDays int
	// Every is the time between two sweeps, Pace the pause after each
	// recording on which something was done: calls come first.
	Every, Pace time.Duration
	Now         func() time.Time
	Log         zerolog.Logger
}

// Sweeper applies the rule. Several nodes may run one each.
type Sweeper struct{ cfg Config }

// New returns a Sweeper.
func New(cfg Config) *Sweeper { return &Sweeper{cfg} }

// Run sweeps until ctx ends, and returns nil then. What fails is tried again with
// the next sweep.
func (s *Sweeper) Run(ctx context.Context) error {
	for {
		if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.cfg.Log.Error().Err(err).Msg("retention: not everything was done that is due")
		}
		if !s.wait(ctx, s.cfg.Every) {
			return nil
		}
	}
}

func (s *Sweeper) wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Sweep applies the rule to every recording once, and carries out the erasures
// that may be. It goes on after a fault and returns all of them.
func (s *Sweeper) Sweep(ctx context.Context) error {
	var faults []error
	err := Plan(ctx, s.cfg.Meta, s.cfg.Policy, s.cfg.Now(), func(r meta.Recording, d Decision) error {
		if err := s.act(ctx, r, d); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", r.ID, err))
		}
		if d.Do != Keep && !s.wait(ctx, s.cfg.Pace) {
			return ctx.Err()
		}
		return nil
	})
	return errors.Join(append(faults, err, s.carryOut(ctx), s.texts(ctx), s.traces(ctx))...)
}

// texts deletes what was written in calls of which no recording is kept, when the
// time is over for which one would have been. Other texts go with their voices.
func (s *Sweeper) texts(ctx context.Context) error {
	for {
		now := s.cfg.Now()
		due, err := s.cfg.Meta.TextsDue(ctx, now.AddDate(0, 0, -s.cfg.Policy.Days), meta.MaxLimit)
		if err != nil || len(due) == 0 {
			return err
		}
		for _, call := range due {
			body := map[string]string{"why": fmt.Sprintf("written %d days ago or before", s.cfg.Policy.Days)}
			_, err := s.cfg.Meta.AppendChain(ctx, s.cfg.AuditChain, "retention.texts", string(call), string(Actor), body, now)
			if err == nil {
				err = s.cfg.Meta.DeleteTexts(ctx, call)
			}
			if err != nil {
				return fmt.Errorf("delete texts of %s: %w", call, err)
			}
			if !s.wait(ctx, s.cfg.Pace) {
				return ctx.Err()
			}
		}
	}
}

// traces deletes what calls were compared by.
func (s *Sweeper) traces(ctx context.Context) error {
	return s.cfg.Meta.DeleteTracesBefore(ctx, s.cfg.Now().AddDate(0, 0, -s.cfg.TraceDays))
}

// Recordings lists recordings.
type Recordings interface {
	Recordings(ctx context.Context, f meta.RecordingFilter) ([]meta.Recording, error)
}

// Plan calls see with what the rule says of every recording, the newest first; it
// does nothing else.
func Plan(ctx context.Context, m Recordings, p Policy, now time.Time, see func(meta.Recording, Decision) error) error {
	f := meta.RecordingFilter{Limit: meta.MaxLimit}
	for {
		page, err := m.Recordings(ctx, f)
		if err != nil {
			return err
		}
		for _, r := range page {
			if err := see(r, Decide(p, r, now)); err != nil {
				return err
			}
		}
		if len(page) < f.Limit {
			return nil
		}
		f.Before = page[len(page)-1].ID
	}
}

// act does what the rule says, after it was written down.
func (s *Sweeper) act(ctx context.Context, r meta.Recording, d Decision) error {
	kind := map[Action]string{Trash: "retention.trash", Restore: "retention.restore", Destroy: "retention.expire"}[d.Do]
	if kind == "" {
		return nil
	}
	if d.Do == Destroy {
		if decided, err := s.decided(ctx, r.ID); decided || err != nil {
			return err
		}
	}
	now := s.cfg.Now()
	if _, err := s.cfg.Meta.AppendChain(ctx, s.cfg.AuditChain, kind, string(r.ID), string(Actor), map[string]string{"why": d.Why}, now); err != nil {
		return err
	}
	switch d.Do {
	case Trash:
		return s.cfg.Meta.SetTrashed(ctx, r.ID, &now)
	case Restore:
		return s.cfg.Meta.SetTrashed(ctx, r.ID, nil)
	}
	err := s.cfg.Meta.InsertErasure(ctx, meta.Erasure{
		ID: id.NewErasure(now), Recording: r.ID, Part: id.PartCall, Basis: meta.BasisRetention, RequestedBy: Actor, RequestedAt: now,
		State: meta.ErasureApproved, DecidedBy: Actor, DecidedAt: &now, Note: d.Why,
	})
	if errors.Is(err, meta.ErrConflict) {
		return s.approve(ctx, r.ID)
	}
	return err
}

// decided tells whether the destruction of a whole recording was decided before
// and is under way.
func (s *Sweeper) decided(ctx context.Context, r id.RecordingID) (bool, error) {
	list, err := s.cfg.Meta.Erasures(ctx, meta.ErasureFilter{
		Recording: r, States: []meta.ErasureState{meta.ErasureApproved, meta.ErasureBegun, meta.ErasureDone},
	})
	return slices.ContainsFunc(list, func(e meta.Erasure) bool { return e.Part == id.PartCall }), err
}

// approve finds the erasure of a whole recording that somebody has asked for
// already: the end of its time decides it.
func (s *Sweeper) approve(ctx context.Context, r id.RecordingID) error {
	list, err := s.cfg.Meta.Erasures(ctx, meta.ErasureFilter{Recording: r, States: []meta.ErasureState{meta.ErasureRequested}})
	for _, e := range list {
		if e.Part == id.PartCall {
			err = errors.Join(err, s.cfg.Meta.DecideErasure(ctx, e.ID, meta.ErasureApproved, Actor, "its time is over", s.cfg.Now()))
		}
	}
	return err
}

// carryOut carries out what was approved, and what an ended process has begun.
func (s *Sweeper) carryOut(ctx context.Context) error {
	var faults []error
	f := meta.ErasureFilter{States: []meta.ErasureState{meta.ErasureApproved, meta.ErasureBegun}, Limit: meta.MaxLimit}
	for {
		page, err := s.cfg.Meta.Erasures(ctx, f)
		if err != nil {
			return errors.Join(append(faults, err)...)
		}
		for _, e := range page {
			_, err := s.cfg.Eraser.CarryOut(ctx, e.ID)
			if err != nil && !errors.Is(err, meta.ErrHeld) && !errors.Is(err, destruction.ErrNotFinished) {
				faults = append(faults, err)
			}
			if err == nil && !s.wait(ctx, s.cfg.Pace) {
				return errors.Join(append(faults, ctx.Err())...)
			}
		}
		if len(page) < f.Limit {
			return errors.Join(faults...)
		}
		f.After = page[len(page)-1].ID
	}
}
