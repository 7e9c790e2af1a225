package destruction

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"parley/storage/blob"
	"parley/storage/chain"
	"parley/storage/erasure"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/signing"
)

// ErrNotFinished is returned for a recording that is still being made. Its erasure
// waits.
var ErrNotFinished = errors.New("destruction: the recording is not finished yet")

// Kind is the kind of the audit entry that is written before anything is
// destroyed.
const Kind = "erasure.begin"

// Metadata is what destruction reads and writes of it.
type Metadata interface {
	Recording(ctx context.Context, r id.RecordingID) (meta.Recording, error)
	Objects(ctx context.Context, r id.RecordingID) ([]meta.StoredObject, error)
	Erasure(ctx context.Context, e id.ErasureID) (meta.Erasure, error)
	BeginErasure(ctx context.Context, e id.ErasureID) error
	FinishErasure(ctx context.Context, e id.ErasureID, parts []string, certificate string, at time.Time) error
	Envelope(ctx context.Context, r id.RecordingID, part string) ([]byte, error)
	DestroyEnvelope(ctx context.Context, r id.RecordingID, part string, at time.Time) error
	ChainEntries(ctx context.Context, name, subject string, after uint64, limit int) ([]chain.Entry, error)
	AppendChain(ctx context.Context, name, kind, subject, actor string, body any, at time.Time) (chain.Entry, error)
}

// Local removes what a recording's part has left outside of the object store:
// journal and spool.
type Local interface {
	RemoveLocal(ctx context.Context, r id.RecordingID, part string) error
}

// Config holds the parts of a Destroyer.
type Config struct {
	Meta Metadata
	// List is the list of erasures; *erasure.Log is one.
	List erasure.List
	// Objects is the store; Replicas are those that have copies under the same
	// keys. A lock of theirs does not keep what is erased.
	Objects  blob.Store
	Replicas []blob.Store
	Local    Local
	// Key signs certificates, in the name of the Operator.
	Key      *signing.Key
	Operator string
	// AuditChain is the chain in which each erasure is written down first.
	AuditChain string
	Now        func() time.Time
}

// Destroyer carries out erasures.
type Destroyer struct{ cfg Config }

// New returns a Destroyer.
func New(cfg Config) *Destroyer { return &Destroyer{cfg} }

// CarryOut carries out an erasure that was approved, or goes on with one that was
// begun, and returns it as it is then; one that is done is returned as it is.
// Errors match meta.ErrHeld or ErrNotFinished if it has to wait, meta.ErrConflict
// if it was not approved, and are else what went wrong: repeat it.
func (d *Destroyer) CarryOut(ctx context.Context, which id.ErasureID) (meta.Erasure, error) {
	e, err := d.cfg.Meta.Erasure(ctx, which)
	if err != nil || e.State == meta.ErasureDone {
		return e, err
	}
	rec, err := d.cfg.Meta.Recording(ctx, e.Recording)
	if err != nil {
		return e, err
	}
	if !rec.State.Finished() {
		return e, fmt.Errorf("%w: %s is %s", ErrNotFinished, rec.ID, rec.State)
	}
	if err := d.destroy(ctx, e, rec); err != nil {
		// Somebody who carried out the same one may have been faster.
		if errors.Is(err, meta.ErrConflict) {
			if now, again := d.cfg.Meta.Erasure(ctx, which); again == nil && now.State == meta.ErasureDone {
				return now, nil
			}
		}
		return e, fmt.Errorf("erase %s of %s: %w", e.Part, e.Recording, err)
	}
	return d.cfg.Meta.Erasure(ctx, which)
}

func (d *Destroyer) destroy(ctx context.Context, e meta.Erasure, rec meta.Recording) error {
	if err := d.cfg.Meta.BeginErasure(ctx, e.ID); err != nil {
		return err
	}
	if err := d.writeDown(ctx, e); err != nil {
		return err
	}
	parts, err := d.destroyKeys(ctx, e.Part, rec)
	if err != nil {
		return err
	}
	objects, err := d.deleteObjects(ctx, rec.ID, parts)
	if err != nil {
		return err
	}
	for _, part := range parts {
		if err := d.cfg.Local.RemoveLocal(ctx, rec.ID, part); err != nil {
			return err
		}
	}
	at := d.cfg.Now()
	c := newCertificate(e, parts, objects, at)
	c.Replicas, c.Operator = len(d.cfg.Replicas), d.cfg.Operator
	certificate, err := sign(d.cfg.Key, c)
	if err != nil {
		return err
	}
	return d.cfg.Meta.FinishErasure(ctx, e.ID, parts, certificate, at)
}

// writeDown puts an erasure into the audit log, once: one that was begun before may
// be there already.
func (d *Destroyer) writeDown(ctx context.Context, e meta.Erasure) error {
	if e.State == meta.ErasureBegun {
		if written, err := d.written(ctx, e); written || err != nil {
			return err
		}
	}
	actor := string(e.DecidedBy)
	if actor == "" {
		actor = string(e.RequestedBy)
	}
	body := begun{e.ID, e.Part, e.Basis}
	_, err := d.cfg.Meta.AppendChain(ctx, d.cfg.AuditChain, Kind, string(e.Recording), actor, body, d.cfg.Now())
	return err
}

// begun is the body of the audit entry.
type begun struct {
	Erasure id.ErasureID `json:"erasure"`
	Part    string       `json:"part"`
	Basis   string       `json:"basis"`
}

// written tells whether the audit log has an erasure.
func (d *Destroyer) written(ctx context.Context, e meta.Erasure) (bool, error) {
	for after := uint64(0); ; {
		page, err := d.cfg.Meta.ChainEntries(ctx, d.cfg.AuditChain, string(e.Recording), after, meta.MaxLimit)
		if err != nil || len(page) == 0 {
			return false, err
		}
		for _, entry := range page {
			var body begun
			if entry.Kind == Kind && json.Unmarshal(entry.Body, &body) == nil && body.Erasure == e.ID {
				return true, nil
			}
			after = entry.Seq
		}
	}
}

// partsOf are the parts whose keys go: with the last voice also what belongs to
// the call, for nothing is left to describe.
func partsOf(part string, erased [2]bool) []string {
	voices := [2]string{id.PartMember, id.PartExpert}
	leg := slices.Index(voices[:], part)
	if leg < 0 || erased[1-leg] {
		return id.Parts()
	}
	return []string{part}
}

// destroyKeys destroys the keys of a part and returns the parts that are gone. Where
// the other voice was erased at the same time, whoever is later erases the rest.
func (d *Destroyer) destroyKeys(ctx context.Context, part string, rec meta.Recording) ([]string, error) {
	for {
		parts := partsOf(part, rec.Erased)
		var voices []erasure.Voice
		for _, p := range parts {
			_, err := d.cfg.Meta.Envelope(ctx, rec.ID, p)
			if errors.Is(err, meta.ErrNotExist) {
				continue // it was destroyed before, and so it is on the list
			}
			if err != nil {
				return nil, err
			}
			voices = append(voices, erasure.Voice{Recording: rec.ID, Part: p})
		}
		if len(voices) > 0 {
			if err := erasure.Erase(ctx, d.cfg.List, d.cfg.Meta, d.cfg.Now(), voices...); err != nil {
				return nil, err
			}
		}
		now, err := d.cfg.Meta.Recording(ctx, rec.ID)
		if err != nil || len(partsOf(part, now.Erased)) == len(parts) {
			return parts, err
		}
		rec = now
	}
}

// deleteObjects deletes the sealed objects of some parts, and returns them.
func (d *Destroyer) deleteObjects(ctx context.Context, rec id.RecordingID, parts []string) (gone []meta.StoredObject, err error) {
	objects, err := d.cfg.Meta.Objects(ctx, rec)
	if err != nil {
		return nil, err
	}
	for _, o := range objects {
		if !slices.Contains(parts, o.Part) {
			continue
		}
		for _, from := range append([]blob.Store{d.cfg.Objects}, d.cfg.Replicas...) {
			if err := blob.Erase(ctx, from, o.Key); err != nil && !errors.Is(err, blob.ErrNotExist) {
				return nil, fmt.Errorf("delete object %s: %w", o.Key, err)
			}
		}
		gone = append(gone, o)
	}
	return gone, nil
}
