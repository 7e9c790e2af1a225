package holding

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/storage/chain"
	"parley/storage/chainlog"
	"parley/storage/id"
	"parley/storage/meta"
)

// Store is what holds and erasures are put into again.
type Store interface {
	PlaceHold(ctx context.Context, h meta.Hold) error
	ReleaseHold(ctx context.Context, hold id.HoldID, by id.PersonID, reason string, at time.Time) error
	Holds(ctx context.Context, recording id.RecordingID) ([]meta.Hold, error)
	InsertErasure(ctx context.Context, e meta.Erasure) error
	Erasure(ctx context.Context, e id.ErasureID) (meta.Erasure, error)
	DecideErasure(ctx context.Context, e id.ErasureID, to meta.ErasureState, by id.PersonID, note string, at time.Time) error
}

// Replayed counts what was put in again.
type Replayed struct {
	// Placed and Released count holds, Erasures those that wait or were refused.
	Placed, Released, Erasures int
	// Unread counts erasures that no key here opens: they have to be asked for
	// again.
	Unread int
}

// Actor is who places a hold whose words cannot be opened.
const Actor id.PersonID = "restore"

// Replay puts in again what the list in an object store says and the database,
// which is older, does not. Recordings that it does not know are passed over: they
// are newer. What was erased must have been erased again before. It may be
// repeated.
func Replay(ctx context.Context, objects chainlog.Objects, vault Vault, store Store) (Replayed, error) {
	r := replayer{vault: vault, store: store}
	for e, err := range chainlog.New(objects, listName).All(ctx) {
		if err != nil {
			return r.did, err
		}
		if err := r.entry(ctx, e); err != nil && !errors.Is(err, meta.ErrNotExist) {
			return r.did, fmt.Errorf("put entry %d of the list of holds in again: %w", e.Seq, err)
		}
	}
	return r.did, nil
}

type replayer struct {
	vault Vault
	store Store
	did   Replayed
}

func (r *replayer) entry(ctx context.Context, e chain.Entry) error {
	b, err := decode(e)
	if err != nil {
		return err
	}
	if e.Kind == kindErasure {
		return r.erasure(ctx, b)
	}
	return r.hold(ctx, e, b)
}

func (r *replayer) hold(ctx context.Context, e chain.Entry, b body) error {
	known, released, err := r.known(ctx, id.RecordingID(e.Subject), id.HoldID(b.ID))
	switch {
	case err != nil || known && (released || b.State == holdPlaced):
		return err
	case !known && b.State == holdReleased:
		return r.place(ctx, e, b) // it is history; the release follows at once
	case known:
		return r.release(ctx, e, b)
	}
	return r.place(ctx, e, b)
}

func (r *replayer) known(ctx context.Context, recording id.RecordingID, hold id.HoldID) (known, released bool, err error) {
	list, err := r.store.Holds(ctx, recording)
	for _, h := range list {
		if h.ID == hold {
			return true, h.ReleasedAt != nil, err
		}
	}
	return false, false, err
}

// place places a hold, as it was, and releases it if it was released.
func (r *replayer) place(ctx context.Context, e chain.Entry, b body) error {
	h := r.words(e, b)
	released := h.ReleasedAt != nil
	h.ReleasedAt, h.ReleasedBy, h.ReleaseReason = nil, "", ""
	err := r.store.PlaceHold(ctx, h)
	if errors.Is(err, meta.ErrConflict) {
		return nil // nothing is left to hold: what was erased was erased again
	}
	if err != nil {
		return err
	}
	r.did.Placed++
	if released {
		return r.release(ctx, e, b)
	}
	return nil
}

func (r *replayer) release(ctx context.Context, e chain.Entry, b body) error {
	h := r.words(e, b)
	if h.ReleasedAt == nil {
		h.ReleasedAt, h.ReleasedBy, h.ReleaseReason = &e.At, Actor, unknownWords
	}
	err := r.store.ReleaseHold(ctx, h.ID, h.ReleasedBy, h.ReleaseReason, *h.ReleasedAt)
	if err == nil {
		r.did.Released++
	}
	return err
}

// unknownWords stand for what no key opens.
const unknownWords = "not known: sealed to a master key that is not here"

// words is a hold as its entry has it. Where that cannot be opened, what is not
// sealed must do: a hold is not lost for that.
func (r *replayer) words(e chain.Entry, b body) (h meta.Hold) {
	if b.open(r.vault, &h) == nil && string(h.ID) == b.ID && string(h.Recording) == e.Subject {
		return h
	}
	return meta.Hold{
		ID: id.HoldID(b.ID), Recording: id.RecordingID(e.Subject), Case: unknownWords, Reason: unknownWords,
		ReviewAt: e.At, By: Actor, At: e.At,
	}
}

// erasure puts in what somebody has asked for, and what was decided about it. One
// that cannot be opened has to be asked for again; it is counted.
func (r *replayer) erasure(ctx context.Context, b body) error {
	now, err := r.store.Erasure(ctx, id.ErasureID(b.ID))
	missing := errors.Is(err, meta.ErrNotExist)
	refused := b.State == string(meta.ErasureRefused)
	switch {
	case err != nil && !missing:
		return err
	case missing && refused, !missing && (now.State != meta.ErasureRequested || b.State == string(meta.ErasureRequested)):
		return nil
	}
	var e meta.Erasure
	if b.open(r.vault, &e) != nil || string(e.ID) != b.ID {
		r.did.Unread++
		return nil
	}
	if missing {
		err = r.store.InsertErasure(ctx, e)
	} else {
		err = r.store.DecideErasure(ctx, e.ID, e.State, e.DecidedBy, e.Note, *e.DecidedAt)
	}
	if errors.Is(err, meta.ErrConflict) {
		return nil // there is another one of the same voice
	}
	if err == nil {
		r.did.Erasures++
	}
	return err
}
